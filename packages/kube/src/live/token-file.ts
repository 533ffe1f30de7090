import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { load } from "js-yaml";
import { RedoubtError } from "../diagnostic.ts";
import { listAt, stringAt } from "../read.ts";

/**
 * The `tokenFile` of a user of these kubeconfigs (client-go's AuthInfo), which the client library does not know; relative to the file
 * that names it. The first file that has the user counts. Files that cannot be read are the library's to report.
 */
export function tokenFileOf(files: readonly string[], user: string | undefined): string | undefined {
  for (const file of files) {
    const entry = listAt(parsed(file), ["users"]).find((one) => stringAt(one, ["name"]) === user);
    if (entry === undefined) continue;
    const path = stringAt(entry, ["user", "tokenFile"]);
    return path === undefined || path === "" ? undefined : resolve(dirname(file), path);
  }
  return undefined;
}

function parsed(file: string): unknown {
  try {
    return load(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * The token that the file holds now: whoever rotates it replaces the file.
 *
 * @throws RedoubtError `KUBE_CONFIG`
 */
export async function readTokenFile(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RedoubtError("KUBE_CONFIG", `the kubeconfig's tokenFile could not be read: ${reason}`, { cause });
  }
}

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RegoSource } from "@redoubt/admission";
import { type JsonObject, RedoubtError, readYamlObjects } from "@redoubt/kube";
import { readTextFile } from "../actions/read-text-file.ts";

/** What files of policies hold: objects in the order of the files, and modules of Rego. */
export interface AdmissionFiles {
  readonly objects: readonly JsonObject[];
  readonly rego: readonly RegoSource[];
}

const OBJECTS = /\.(?:ya?ml|json)$/;

/** The files below the paths, in order; a path of a file is taken whatever its name. Throws `CONFIG_READ`. */
export function filesBelow(paths: readonly string[], flag: string): readonly string[] {
  return paths.flatMap((path) => {
    try {
      if (!statSync(path).isDirectory()) return [path];
      return readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
        .sort();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new RedoubtError("CONFIG_READ", `${flag} ${path} cannot be read: ${reason}`, { cause });
    }
  });
}

/** Reads policies, constraints, and what is judged. Throws `CONFIG_READ` or `CONFIG_POLICY`. */
export async function readAdmissionFiles(paths: readonly string[], flag: string): Promise<AdmissionFiles> {
  const objects: JsonObject[] = [];
  const rego: RegoSource[] = [];
  for (const file of filesBelow(paths, flag)) {
    if (file.endsWith(".rego")) {
      if (!file.endsWith("_test.rego")) rego.push({ file, text: await readTextFile(file, flag) });
      continue;
    }
    if (!OBJECTS.test(file) && !paths.includes(file)) continue;
    objects.push(...objectsIn(await readTextFile(file, flag), `${flag} ${file}`));
  }
  return { objects, rego };
}

/** The objects of a text, Lists opened. Throws `CONFIG_POLICY`. */
export function objectsIn(text: string, place: string): readonly JsonObject[] {
  const read = readYamlObjects(text);
  if (read.kind === "error") throw new RedoubtError("CONFIG_POLICY", `${place}: ${read.message}`);
  return read.objects.flatMap(itemsOf);
}

/** A List is its items. */
function itemsOf(object: JsonObject): readonly JsonObject[] {
  const { kind, items } = object;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) return [object];
  return items.filter((item): item is JsonObject => typeof item === "object" && item !== null && !Array.isArray(item));
}

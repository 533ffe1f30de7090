import { readFile } from "node:fs/promises";
import { RedoubtError } from "@redoubt/kube";

/** The text of a configuration file named by a flag. Throws `CONFIG_READ`. */
export async function readTextFile(file: string, flag: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    throw new RedoubtError("CONFIG_READ", `${flag} ${file} cannot be read: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOENT") return "it does not exist";
  if (code === "EISDIR") return "it is a folder";
  if (code === "EACCES") return "permission denied";
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return "it is not UTF-8 text";
  return cause instanceof Error ? cause.message : String(cause);
}

import { writeFile } from "node:fs/promises";
import { RedoubtError } from "@redoubt/kube";
import type { Host } from "./host.ts";

/** Writes to a file, or to standard output when `file` is undefined. Throws `OUTPUT_WRITE` when the file cannot be written. */
export async function writeOutput(host: Host, file: string | undefined, text: string): Promise<void> {
  if (file === undefined) {
    host.stdout.write(text);
    return;
  }
  try {
    await writeFile(file, text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RedoubtError("OUTPUT_WRITE", `${file} cannot be written: ${reason}`, { cause });
  }
}

import { writeFile } from "node:fs/promises";
import { RedoubtError } from "@redoubt/kube";
import type { Host } from "./host.ts";

/** Writes to a file, or to standard output when `file` is undefined. Throws `OUTPUT_WRITE` when the file cannot be written. */
export async function writeOutput(
  host: Host,
  file: string | undefined,
  text: string | Iterable<string>,
): Promise<void> {
  if (file === undefined) {
    for (const piece of typeof text === "string" ? [text] : text) {
      host.stdout.write(piece);
      await host.stdout.drained?.();
    }
    return;
  }
  try {
    await writeFile(file, text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RedoubtError("OUTPUT_WRITE", `--output-file ${file} cannot be written: ${reason}`, { cause });
  }
}

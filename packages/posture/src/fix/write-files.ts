import { randomBytes } from "node:crypto";
import { chmod, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A file whose text changed. Both texts are without a byte order mark. */
export interface FixedFile {
  readonly file: string;
  readonly oldText: string;
  readonly newText: string;
  /** Whether the file begins with a byte order mark, which stays. */
  readonly byteOrderMark: boolean;
}

export type WriteResult =
  | { readonly kind: "written"; readonly file: string }
  /** The file is as it was. */
  | { readonly kind: "failed"; readonly file: string; readonly message: string };

/**
 * Writes fixed files, each whole or not at all: the new text goes to a temporary file beside the old one, takes over its mode and then
 * its name. A symbolic link stays one. A file that changed since it was read is left alone.
 */
export async function writeFixedFiles(files: readonly FixedFile[]): Promise<WriteResult[]> {
  const results: WriteResult[] = [];
  for (const file of files) {
    try {
      results.push(await writeFixedFile(file));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      results.push({ kind: "failed", file: file.file, message: `${file.file} could not be written: ${message}` });
    }
  }
  return results;
}

async function writeFixedFile({ file, oldText, newText, byteOrderMark }: FixedFile): Promise<WriteResult> {
  const mark = byteOrderMark ? "\uFEFF" : "";
  const target = await realpath(file);
  const { mode } = await stat(target);
  if ((await readFile(target, "utf8")) !== mark + oldText) {
    return { kind: "failed", file, message: `${file} has changed since it was read: run the fix again` };
  }
  const temporary = join(dirname(target), `.redoubt-${randomBytes(6).toString("hex")}.tmp`);
  try {
    const handle = await open(temporary, "wx", mode & 0o777);
    try {
      await handle.writeFile(mark + newText, "utf8");
      await handle.sync();
    } finally {
      await handle.close();
    }
    await chmod(temporary, mode & 0o7777); // the process's umask may have taken bits away
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return { kind: "written", file };
}

import { readFile, readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** A line of an NDJSON file: its place, and its value or why it has none. */
export type CaseLine =
  | { readonly place: string; readonly value: unknown }
  | { readonly place: string; readonly error: string };

/** Files of a folder and the folders in it whose name ends in `extension`, as paths relative to it, in a stable order. */
export async function filesIn(directory: string, extension: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** Every line of every `.ndjson` file of a folder. A line that is not JSON is given as an error. */
export async function* ndjsonLines(directory: string): AsyncGenerator<CaseLine> {
  for (const file of await filesIn(directory, ".ndjson")) {
    const lines = (await readFile(join(directory, file), "utf8")).split("\n");
    for (const [index, line] of lines.entries()) {
      if (line.trim() === "") continue;
      const place = `${file}:${index + 1}`;
      try {
        const value: unknown = JSON.parse(line);
        yield { place, value };
      } catch (error) {
        yield { place, error: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
      }
    }
  }
}

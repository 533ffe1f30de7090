import { readFile, readdir, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { NamedFile } from "../bundle/archive.ts";
import { LoadError } from "../bundle/load-error.ts";
import type { PlacedFile } from "../bundle/load-files.ts";
import { Glob } from "../builtins/glob.ts";
import { BuiltinError } from "../builtins/errors.ts";

/** No policy or document that a person keeps is larger. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

export interface FoundFiles {
  readonly files: readonly PlacedFile[];
  readonly errors: readonly LoadError[];
}

export interface ReadOptions {
  /** Patterns of files and folders to leave out: of their names, or with a `/` of their paths. */
  readonly ignore?: readonly string[];
  /** Whether of what is in folders only policies are read. Default: false. */
  readonly policiesOnly?: boolean;
}

/**
 * Reads files, and all files in folders, as OPA's `--data` names them: `a.b:PATH` puts data under `data.a.b`, and what is in a folder
 * inside a folder is put under the inner one's name. A file named twice is read once. What cannot be read is an error, and the
 * rest is read.
 */
export async function readDataPaths(
  paths: readonly string[],
  { ignore = [], policiesOnly = false }: ReadOptions = {},
): Promise<FoundFiles> {
  const files: PlacedFile[] = [];
  const errors: LoadError[] = [];
  const isIgnored = ignoring(ignore);
  const seen = new Set<string>();

  const visit = async (
    path: string,
    place: readonly string[],
    depth: number,
    above: readonly string[],
  ): Promise<void> => {
    if (isIgnored(path)) return;
    try {
      const info = await stat(path);
      if (info.isFile()) {
        if (policiesOnly && depth > 0 && !path.endsWith(".rego")) return;
        const key = JSON.stringify([place, relative("", path)]);
        if (seen.has(key)) return;
        seen.add(key);
        files.push({ path, place, bytes: await readBytes(path, info.size), named: depth === 0 });
      } else if (info.isDirectory()) {
        const real = await realpath(path);
        if (above.includes(real)) throw new LoadError("LOAD_UNREADABLE", path, "leads back to a folder that it is in");
        for (const name of (await readdir(path)).sort()) {
          const child = join(path, name);
          const isFolder = await isDirectory(child);
          await visit(child, isFolder ? [...place, name] : place, depth + 1, [...above, real]);
        }
      } else if (depth === 0) {
        throw new LoadError("LOAD_UNREADABLE", path, "is neither a file nor a folder");
      }
    } catch (error) {
      errors.push(unreadable(path, error));
    }
  };

  for (const named of paths) {
    const { place, path } = splitPlace(named);
    await visit(path, place, 0, []);
  }
  return { files, errors };
}

/** The files of a folder that is a bundle, each by its path inside it. Throws a `LoadError`. */
export async function readBundleFolder(
  folder: string,
  { ignore = [] }: ReadOptions = {},
): Promise<readonly NamedFile[]> {
  const files: NamedFile[] = [];
  const isIgnored = ignoring(ignore);
  const visit = async (path: string): Promise<void> => {
    for (const entry of (await readdir(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = join(path, entry.name);
      if (isIgnored(child)) continue;
      if (entry.isDirectory()) await visit(child);
      // Links may lead out of the bundle.
      if (!entry.isFile()) continue;
      const { size } = await stat(child);
      files.push({ path: relative(folder, child).split(sep).join("/"), bytes: await readBytes(child, size) });
    }
  };
  try {
    await visit(folder);
  } catch (error) {
    throw unreadable(folder, error);
  }
  return files;
}

/** A whole file. Throws a `LoadError`. */
export async function readWholeFile(path: string): Promise<Uint8Array> {
  try {
    const info = await stat(path);
    if (!info.isFile() && info.isDirectory()) throw new LoadError("LOAD_UNREADABLE", path, "is a folder");
    return await readBytes(path, info.size);
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function readBytes(path: string, size: number): Promise<Uint8Array> {
  if (size > MAX_FILE_BYTES) {
    throw new LoadError("LOAD_TOO_LARGE", path, `is larger than ${MAX_FILE_BYTES} bytes`);
  }
  return readFile(path);
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // What it is comes to light, as an error, when it is read.
    return false;
  }
}

/** `a.b:PATH`; a URL has a colon of its own. */
function splitPlace(named: string): { readonly place: readonly string[]; readonly path: string } {
  const path = named.startsWith("file://") ? named.slice("file://".length) : named;
  const colon = path.indexOf(":");
  if (colon <= 0 || path.startsWith("://", colon)) return { place: [], path };
  return { place: path.slice(0, colon).split("."), path: path.slice(colon + 1) };
}

function ignoring(patterns: readonly string[]): (path: string) => boolean {
  const globs = patterns.map((pattern) => ({ ofPath: pattern.includes("/"), glob: globOf(pattern) }));
  return (path) => {
    const slashed = path.split(sep).join("/");
    const base = slashed.slice(slashed.lastIndexOf("/") + 1);
    return globs.some(({ ofPath, glob }) => glob.matches(ofPath ? slashed : base));
  };
}

function globOf(pattern: string): Glob {
  try {
    return new Glob(pattern, ["/"]);
  } catch (error) {
    if (!(error instanceof BuiltinError)) throw error;
    throw new LoadError("LOAD_UNREADABLE", "", `"${pattern}" is not a pattern of files: ${error.message}`);
  }
}

function unreadable(path: string, error: unknown): LoadError {
  if (error instanceof LoadError) return error;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const reason =
    code === "ENOENT"
      ? "does not exist"
      : code === "EACCES"
        ? "may not be read"
        : code === "ELOOP"
          ? "is a link that leads nowhere"
          : `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  return new LoadError("LOAD_UNREADABLE", path, reason, { cause: error });
}

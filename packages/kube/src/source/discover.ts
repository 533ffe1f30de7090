import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Diagnostic } from "../diagnostic.ts";
import { kustomizationFile, kustomizationReferences } from "./kustomization.ts";
import { describeFileError } from "./read-file.ts";
import { isReadInFolders } from "./recognise.ts";

/** Something to read: a file as it is, or a folder that a tool renders. */
export interface Input {
  readonly type: "file" | "chart" | "kustomization";
  readonly path: string;
}

export interface Discovery {
  readonly inputs: readonly Input[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Folders that hold copies and metadata of tools, never a user's manifests. */
const SKIPPED = new Set([".git", ".hg", ".svn", ".terraform", "node_modules"]);

/**
 * Finds what the paths name, in lexical order. A file is taken whatever its name. Of a folder, as `kubectl -f` does, its `.yaml`, `.yml`
 * and `.json` files (its subfolders too when `recursive`), and pipelines, policies, scripts and image recipes known by name. A folder with a
 * Chart.yaml is a chart, one with a kustomization.yaml a kustomization: their files are not read as they are. A kustomization that
 * another one of the same walk builds on is not built by itself. Links to folders are followed, each folder once.
 */
export function discover(paths: readonly string[], recursive: boolean): Discovery {
  const walk = new Walk(recursive);
  for (const path of paths) walk.start(path);
  return walk.finish();
}

class Walk {
  readonly #recursive: boolean;
  readonly #inputs: Input[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  /** What the kustomizations found so far refer to, as absolute paths. */
  readonly #referenced = new Set<string>();
  readonly #asked = new Set<string>();

  constructor(recursive: boolean) {
    this.#recursive = recursive;
  }

  start(path: string): void {
    this.#asked.add(resolve(path));
    try {
      if (!statSync(path).isDirectory()) {
        this.#inputs.push({ type: "file", path });
        return;
      }
    } catch (error) {
      this.#diagnostics.push(describeFileError(error, path));
      return;
    }
    const before = this.#inputs.length + this.#diagnostics.length;
    if (!this.#folder(path)) return;
    if (this.#inputs.length + this.#diagnostics.length === before)
      this.#diagnostics.push({
        code: "KUBE_EMPTY_FOLDER",
        severity: "error",
        message: `${path} holds no manifests`,
        file: path,
        ...(this.#recursive ? {} : { hint: "use -R to read its subfolders" }),
      });
  }

  finish(): Discovery {
    const inputs = this.#inputs.filter(({ path }) => {
      const absolute = resolve(path);
      return this.#asked.has(absolute) || !this.#referenced.has(absolute);
    });
    return { inputs, diagnostics: this.#diagnostics };
  }

  /** False when the folder has been walked before. */
  #folder(path: string): boolean {
    let entries: Dirent[];
    try {
      const real = realpathSync(path);
      if (this.#seen.has(real)) return false;
      this.#seen.add(real);
      entries = readdirSync(path, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      this.#diagnostics.push(describeFileError(error, path));
      return true;
    }
    if (entries.some(({ name }) => name === "Chart.yaml")) {
      this.#inputs.push({ type: "chart", path });
      return true;
    }
    const kustomization = kustomizationFile(entries.map(({ name }) => name));
    if (kustomization !== undefined) {
      this.#inputs.push({ type: "kustomization", path });
      for (const reference of kustomizationReferences(path, kustomization)) this.#referenced.add(reference);
    }
    for (const entry of entries) this.#entry(path, entry, kustomization !== undefined);
    return true;
  }

  #entry(folder: string, entry: Dirent, isRendered: boolean): void {
    const path = join(folder, entry.name);
    let isFolder = entry.isDirectory();
    if (entry.isSymbolicLink()) {
      try {
        isFolder = statSync(path).isDirectory();
      } catch (error) {
        if (isReadInFolders(path) || this.#recursive) this.#diagnostics.push(describeFileError(error, path));
        return;
      }
    }
    if (isFolder) this.#subfolder(path);
    else if (!isRendered && isReadInFolders(path)) this.#inputs.push({ type: "file", path });
  }

  #subfolder(path: string): void {
    const name = basename(path);
    if (SKIPPED.has(name)) return;
    if (this.#recursive) this.#folder(path);
    else if (name === ".github") this.#workflows(join(path, "workflows"));
    else if (isReadInFolders(path))
      this.#diagnostics.push({
        code: "KUBE_NOT_A_FILE",
        severity: "error",
        message: `${path} is a folder`,
        file: path,
        hint: "use -R to read its subfolders",
      });
  }

  /** Workflows belong to the folder that `.github` is in, so they are read without -R too. */
  #workflows(path: string): void {
    try {
      for (const name of readdirSync(path).toSorted()) {
        const file = join(path, name);
        if (isReadInFolders(file) && statSync(file).isFile()) this.#inputs.push({ type: "file", path: file });
      }
    } catch {
      // No workflows: nothing is missing.
    }
  }
}

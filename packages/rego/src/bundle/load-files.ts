import type { Module, RegoVersion } from "../syntax/ast.ts";
import type { LanguageCapabilities } from "../syntax/features.ts";
import { parseModule } from "../syntax/parse-module.ts";
import type { PlainObject, Value } from "../values/value.ts";
import { decodeText, readJsonDocument, readYamlDocument } from "./data-text.ts";
import { type DataPath, Documents, formatDataPath, hasValueAt } from "./documents.ts";
import { LoadError, type LoadFault, type Loaded, loaded } from "./load-error.ts";
import { readBundleArchive } from "./read-bundle.ts";

/** A file of policy or data, and where under `data` its content is to stand. */
export interface PlacedFile {
  /** What errors call it. */
  readonly path: string;
  readonly place: DataPath;
  readonly bytes: Uint8Array;
  /** Whether it was named itself, rather than found in a folder, where files of other types are left out. */
  readonly named: boolean;
}

export interface LoadOptions {
  /** Default: `v1`. */
  readonly version?: RegoVersion | "v0v1";
  readonly capabilities?: LanguageCapabilities;
}

/** Policies and base documents. */
export interface LoadedFiles {
  readonly modules: readonly Module[];
  readonly data: PlainObject;
}

type Content =
  | { readonly module: Module }
  | { readonly documents: readonly Value[]; readonly modules: readonly Module[] };

/**
 * Policies (`.rego`), data (`.json`, `.yaml`, `.yml`) and bundles (`.tar.gz`, their signatures unread) as OPA's `--data` takes them:
 * what two files give must not overlap. All that is wrong is reported.
 */
export async function loadFiles(files: readonly PlacedFile[], options: LoadOptions = {}): Promise<Loaded<LoadedFiles>> {
  const documents = new Documents();
  const modules: Module[] = [];
  const errors: LoadFault[] = [];
  const placed: { readonly path: string; readonly place: DataPath; readonly value: Value }[] = [];
  for (const file of files) {
    try {
      const content = await readContent(file, options, errors);
      if (content === undefined) continue;
      if ("module" in content) {
        modules.push(content.module);
        continue;
      }
      modules.push(...content.modules);
      for (const value of content.documents) {
        const conflict = documents.put(file.place, value);
        if (conflict === undefined) placed.push({ path: file.path, place: file.place, value });
        else errors.push(conflictError(file, conflict, placed));
      }
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      errors.push(error);
    }
  }
  return loaded(errors, () => ({ modules, data: documents.value }));
}

function conflictError(
  { path }: PlacedFile,
  conflict: DataPath | "not an object",
  placed: readonly { readonly path: string; readonly place: DataPath; readonly value: Value }[],
): LoadError {
  if (conflict === "not an object") {
    return new LoadError("LOAD_DATA_NOT_OBJECT", path, "holds no object; what stands at the top of data must be one");
  }
  const other = placed.find(
    ({ place, value }) =>
      place.every((part, index) => index >= conflict.length || part === conflict[index]) &&
      hasValueAt(value, conflict.slice(place.length)),
  );
  const where = other === undefined ? "another file" : other.path;
  return new LoadError("LOAD_DATA_CONFLICT", path, `${formatDataPath(conflict)} is given by ${where}, too`);
}

async function readContent(file: PlacedFile, options: LoadOptions, errors: LoadFault[]): Promise<Content | undefined> {
  const { path, bytes, named } = file;
  if (path.endsWith(".rego")) return readPolicy(file, options, errors);
  if (path.endsWith(".json")) return documentOf(readJsonDocument(decodeText(bytes, path), path));
  if (/\.ya?ml$/.test(path)) return documentOf(readYamlDocument(decodeText(bytes, path), path));
  if (path.endsWith(".tar.gz")) {
    const { version = "v1", capabilities } = options;
    const bundle = await readBundleArchive(bytes, {
      name: path,
      version: version === "v0v1" ? "v0" : version,
      skipVerification: true,
      ...(capabilities === undefined ? {} : { capabilities }),
    });
    errors.push(...bundle.errors);
    return bundle.value && { documents: [bundle.value.data], modules: bundle.value.modules };
  }
  return named ? guess(file, options) : undefined;
}

function documentOf(value: Value): Content {
  return { documents: [value], modules: [] };
}

function readPolicy({ path, bytes }: PlacedFile, options: LoadOptions, errors: LoadFault[]): Content | undefined {
  const parsed = parseModule(decodeText(bytes, path), { ...options, file: path });
  if (parsed.module !== undefined) return { module: parsed.module };
  errors.push(...parsed.errors);
  return undefined;
}

/** A file whose name does not tell what it is, and that somebody named all the same. */
function guess(file: PlacedFile, options: LoadOptions): Content {
  const { path, bytes } = file;
  const policy = readPolicy(file, options, []);
  if (policy !== undefined) return policy;
  const text = decodeText(bytes, path);
  for (const read of [readJsonDocument, readYamlDocument]) {
    try {
      return documentOf(read(text, path));
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
    }
  }
  throw new LoadError("LOAD_UNKNOWN_TYPE", path, "is neither Rego, JSON nor YAML");
}

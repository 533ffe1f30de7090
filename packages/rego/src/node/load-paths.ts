import { stat } from "node:fs/promises";
import { overlayBundles } from "../bundle/activate.ts";
import { decodeText, readJsonDocument, readYamlDocument } from "../bundle/data-text.ts";
import { formatDataPath } from "../bundle/documents.ts";
import { LoadError, type LoadFault, type Loaded, loaded } from "../bundle/load-error.ts";
import { type LoadOptions, type LoadedFiles, loadFiles } from "../bundle/load-files.ts";
import { type Bundle, type BundleOptions, readBundle, readBundleArchive } from "../bundle/read-bundle.ts";
import { nodeCrypto } from "../node-crypto.ts";
import type { Value } from "../values/value.ts";
import { type ReadOptions, readBundleFolder, readDataPaths, readWholeFile } from "./read-files.ts";

/** Loads policies and data from files and folders, as OPA's `--data` does. All that is wrong is reported. */
export async function loadPaths(
  paths: readonly string[],
  options: LoadOptions & ReadOptions = {},
): Promise<Loaded<LoadedFiles>> {
  const { files, errors } = await readDataPaths(paths, options);
  const content = await loadFiles(files, options);
  const faults: readonly LoadFault[] = [...errors, ...content.errors];
  return loaded(faults, () => content.value ?? { modules: [], data: {} });
}

/** What is to be evaluated together. */
export interface PolicyPaths {
  /** As OPA's `--data` takes them. */
  readonly data: readonly string[];
  /** As OPA's `--bundle` takes them. */
  readonly bundles: readonly string[];
}

/** Loads files and bundles that are to be evaluated together: what bundles own takes the place of data of files there. */
export async function loadPolicies(
  { data, bundles }: PolicyPaths,
  options: Omit<BundleOptions, "name" | "crypto"> & ReadOptions = {},
): Promise<Loaded<LoadedFiles>> {
  const files = await loadPaths(data, options);
  const faults: LoadFault[] = [...files.errors];
  const read: Bundle[] = [];
  for (const path of bundles) {
    const { value, errors } = await loadBundle(path, options);
    faults.push(...errors);
    if (value !== undefined) read.push(value);
  }
  const base = files.value ?? { modules: [], data: {} };
  const documents = overlayBundles(base.data, read);
  faults.push(...documents.errors);
  return loaded(faults, () => ({
    modules: [...base.modules, ...read.flatMap(({ modules }) => modules)],
    data: documents.value ?? {},
  }));
}

/** Loads a bundle from its archive or folder, as OPA's `--bundle` does. */
export async function loadBundle(
  path: string,
  options: Omit<BundleOptions, "name" | "crypto"> & ReadOptions = {},
): Promise<Loaded<Bundle>> {
  const named: BundleOptions = { ...options, name: path, crypto: nodeCrypto };
  try {
    if (await isFolder(path)) return readBundle(await readBundleFolder(path, options), named);
    return await readBundleArchive(await readWholeFile(path), named);
  } catch (error) {
    if (error instanceof LoadError) return { value: undefined, errors: [error] };
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Whatever stands in the way is told when it is read as a file.
    return false;
  }
}

/**
 * Loads JSON schemas as OPA's `--schema` does: a file is the schema of the input, the files of a folder are `schema.` and their path
 * without its ending.
 */
export async function loadSchemas(path: string): Promise<Loaded<ReadonlyMap<string, Value>>> {
  const schemas = new Map<string, Value>();
  try {
    if (await isFolder(path)) {
      for (const file of await readBundleFolder(path)) {
        const parts = file.path.replace(/\.[^./]*$/, "").split("/");
        schemas.set(formatDataPath(parts).replace(/^data/, "schema"), readSchema(file.bytes, `${path}/${file.path}`));
      }
    } else {
      schemas.set("schema", readSchema(await readWholeFile(path), path));
    }
  } catch (error) {
    if (error instanceof LoadError) return { value: undefined, errors: [error] };
    throw error;
  }
  return { value: schemas, errors: [] };
}

function readSchema(bytes: Uint8Array, file: string): Value {
  const text = decodeText(bytes, file);
  return /\.ya?ml$/.test(file) ? readYamlDocument(text, file) : readJsonDocument(text, file);
}

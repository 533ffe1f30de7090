import { stat } from "node:fs/promises";
import { LoadError, type LoadFault, type Loaded, loaded } from "../bundle/load-error.ts";
import { type LoadOptions, type LoadedFiles, loadFiles } from "../bundle/load-files.ts";
import { type Bundle, type BundleOptions, readBundle, readBundleArchive } from "../bundle/read-bundle.ts";
import { nodeCrypto } from "../node-crypto.ts";
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

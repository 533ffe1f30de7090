export { overlayBundles } from "./activate.ts";
export { type ArchiveLimits, type NamedFile, readArchive } from "./archive.ts";
export { decodeText, readJsonDocument, readYamlDocument } from "./data-text.ts";
export type { DataPath } from "./documents.ts";
export { LoadError, type LoadErrorCode, type LoadFault, type Loaded, formatLoadFault } from "./load-error.ts";
export { type LoadOptions, type LoadedFiles, type PlacedFile, loadFiles } from "./load-files.ts";
export type { Manifest } from "./manifest.ts";
export { type Bundle, type BundleOptions, readBundle, readBundleArchive } from "./read-bundle.ts";
export type { BundleKey, VerificationOptions } from "./signatures.ts";

import { BuiltinError } from "../builtins/errors.ts";
import { Glob } from "../builtins/glob.ts";
import type { CryptoHost } from "../builtins/host.ts";
import type { Module, RegoVersion } from "../syntax/ast.ts";
import type { LanguageCapabilities } from "../syntax/features.ts";
import { parseModule } from "../syntax/parse-module.ts";
import type { PlainObject, Value } from "../values/value.ts";
import { type ArchiveLimits, DEFAULT_LIMITS, type NamedFile, readArchive } from "./archive.ts";
import { decodeText, readJsonDocument, readYamlDocument } from "./data-text.ts";
import { Documents, formatDataPath } from "./documents.ts";
import { LoadError, type LoadFault, type Loaded, loaded } from "./load-error.ts";
import { type Manifest, NO_MANIFEST, checkRoots, readManifest, versionOfFile } from "./manifest.ts";
import { type SignedFiles, type VerificationOptions, checkSignedFile, verifySignatures } from "./signatures.ts";

export interface BundleOptions {
  /** What errors, and the names of its modules, call the bundle. */
  readonly name: string;
  /** The language of policies of which the manifest does not tell it. Default: `v1`. */
  readonly version?: RegoVersion;
  readonly capabilities?: LanguageCapabilities;
  /** Keys to verify the signature with. With them a bundle must be signed; without, one that is signed is refused. */
  readonly verification?: VerificationOptions;
  /** Whether to leave a signature unread. Default: false. */
  readonly skipVerification?: boolean;
  /** Needed to verify. */
  readonly crypto?: CryptoHost;
  readonly limits?: ArchiveLimits;
}

/** Policies and data that belong together. */
export interface Bundle {
  readonly name: string;
  readonly manifest: Manifest;
  readonly modules: readonly Module[];
  readonly data: PlainObject;
  /** Whether a signature was verified. */
  readonly verified: boolean;
}

/** Reads a bundle from its archive (`.tar.gz`). Never throws for what is in it. */
export async function readBundleArchive(bytes: Uint8Array, options: BundleOptions): Promise<Loaded<Bundle>> {
  try {
    return readBundle(await readArchive(bytes, options.name, options.limits ?? DEFAULT_LIMITS), options);
  } catch (error) {
    if (error instanceof LoadError) return { value: undefined, errors: [error] };
    throw error;
  }
}

/**
 * Reads a bundle from its files: policies (`.rego`), data (`data.json`, `data.yaml`, each at the place that its folder names),
 * `.manifest` and `.signatures.json`; others are left out. Never throws for what is in them.
 */
export function readBundle(files: readonly NamedFile[], options: BundleOptions): Loaded<Bundle> {
  try {
    return new BundleReader(options).read(files);
  } catch (error) {
    if (error instanceof LoadError) return { value: undefined, errors: [error] };
    throw error;
  }
}

interface BundleFile {
  /** Without a leading slash. */
  readonly path: string;
  readonly folder: readonly string[];
  readonly base: string;
  readonly bytes: Uint8Array;
}

const SIGNATURES = ".signatures.json";
const MANIFEST = ".manifest";

class BundleReader {
  readonly #options: BundleOptions;
  readonly #documents = new Documents();

  constructor(options: BundleOptions) {
    this.#options = options;
  }

  read(named: readonly NamedFile[]): Loaded<Bundle> {
    const { name } = this.#options;
    const files = named.map((file) => this.#place(file));
    this.#rejectUnsupported(files);
    const signatures = this.#only(files, SIGNATURES);
    const content = files.filter((file) => file !== signatures && file.base !== SIGNATURES);
    const values = new Map(content.map((file) => [file, this.#documentOf(file)] as const));
    const verified = this.#verify(signatures, values);

    const manifestFile = this.#only(content, MANIFEST);
    const manifestValue = manifestFile && values.get(manifestFile);
    const manifest = manifestValue === undefined ? NO_MANIFEST : readManifest(manifestValue, name);
    const { modules, errors } = this.#parse(content, manifest);
    for (const file of content) {
      const value = values.get(file);
      if (value !== undefined && file !== manifestFile) this.#put(file, value);
    }
    checkRoots(manifest, modules, this.#documents.value, name);
    return loaded(errors, () => ({ name, manifest, modules, data: this.#documents.value, verified }));
  }

  /** A file's path in parts. Names come from whoever made the archive, and become keys of data. */
  #place({ path, bytes }: NamedFile): BundleFile {
    const parts = path.split("/").filter((part) => part !== "" && part !== ".");
    // oxlint-disable-next-line no-control-regex -- what no name needs
    if (parts.length === 0 || parts.includes("..") || /[\u0000-\u001f\\]/.test(path)) {
      throw new LoadError("BUNDLE_NAME", this.#options.name, `${JSON.stringify(path)} cannot be the name of a file`);
    }
    return { path: parts.join("/"), folder: parts.slice(0, -1), base: parts.at(-1) ?? "", bytes };
  }

  #rejectUnsupported(files: readonly BundleFile[]): void {
    const { name } = this.#options;
    const seen = new Set<string>();
    for (const { path, base } of files) {
      if (seen.has(path)) throw new LoadError("BUNDLE_NAME", name, `holds ${path} twice`);
      seen.add(path);
      if (base === "patch.json") {
        throw new LoadError(
          "BUNDLE_UNSUPPORTED",
          name,
          `is a delta bundle (${path}), which changes data that only a server has; give the snapshot bundle`,
        );
      }
      if (base.endsWith(".manifest.pb")) {
        throw new LoadError(
          "BUNDLE_UNSUPPORTED",
          name,
          `${path}: only JSON manifests are read; build it without protobuf`,
        );
      }
    }
  }

  #only(files: readonly BundleFile[], base: string): BundleFile | undefined {
    const [first, second] = files.filter((file) => file.base === base);
    if (first === undefined || second === undefined) return first;
    throw new LoadError("BUNDLE_MANIFEST", this.#options.name, `holds both ${first.path} and ${second.path}`);
  }

  /** The value of a file that is a document. */
  #documentOf({ base, path, bytes }: BundleFile): Value | undefined {
    const file = this.#nameOf(path);
    if (base === "data.json" || base === MANIFEST) return readJsonDocument(decodeText(bytes, file), file);
    if (base === "data.yaml" || base === "data.yml") return readYamlDocument(decodeText(bytes, file), file);
    return undefined;
  }

  #nameOf(path: string): string {
    const { name } = this.#options;
    return name === "" ? path : `${name.replace(/\/+$/, "")}/${path}`;
  }

  /** Whether there was a signature to verify. */
  #verify(signatures: BundleFile | undefined, values: ReadonlyMap<BundleFile, Value | undefined>): boolean {
    const { name, verification, skipVerification = false, crypto } = this.#options;
    if (skipVerification) return false;
    const refuse = (message: string): LoadError => new LoadError("BUNDLE_SIGNATURE", name, message);
    if (signatures === undefined) {
      if (verification === undefined) return false;
      throw refuse(`is not signed: it holds no ${SIGNATURES}`);
    }
    if (verification === undefined) {
      throw refuse("is signed, and no key was given to verify it; give one, or skip the verification");
    }
    if (crypto === undefined) throw refuse("cannot be verified: no cryptography was given");
    const file = this.#nameOf(signatures.path);
    const document = readJsonDocument(decodeText(signatures.bytes, file), file);
    this.#checkFiles(verifySignatures(document, verification, crypto, name), values, verification, crypto);
    return true;
  }

  #checkFiles(
    signed: SignedFiles,
    values: ReadonlyMap<BundleFile, Value | undefined>,
    { exclude = [] }: VerificationOptions,
    crypto: CryptoHost,
  ): void {
    const { name } = this.#options;
    const excluded = exclude.map((pattern) => excludeGlob(pattern, name));
    const missing = new Set(signed.keys());
    for (const [{ path, bytes }, document] of values) {
      // What was signed as a folder has the folder's name before that of each file.
      const signedPath = signed.has(path) ? path : this.#nameOf(path);
      missing.delete(signedPath);
      if (excluded.some((glob) => glob.matches(path))) continue;
      checkSignedFile(signed.has(signedPath) ? signedPath : path, { bytes, document }, signed, crypto, name);
    }
    const [first] = missing;
    if (first !== undefined) {
      throw new LoadError("BUNDLE_SIGNATURE", name, `the signature covers ${first}, which is not in the bundle`);
    }
  }

  #parse(
    files: readonly BundleFile[],
    manifest: Manifest,
  ): { readonly modules: readonly Module[]; readonly errors: readonly LoadFault[] } {
    const { version = "v1", capabilities } = this.#options;
    const modules: Module[] = [];
    const errors: LoadFault[] = [];
    for (const { path, base, bytes } of files) {
      if (!base.endsWith(".rego")) continue;
      const file = this.#nameOf(path);
      const parsed = parseModule(decodeText(bytes, file), {
        file,
        version: versionOfFile(manifest, path) ?? version,
        ...(capabilities === undefined ? {} : { capabilities }),
      });
      if (parsed.module === undefined) errors.push(...parsed.errors);
      else modules.push(parsed.module);
    }
    return { modules, errors };
  }

  #put({ path, folder }: BundleFile, value: Value): void {
    const file = this.#nameOf(path);
    const conflict = this.#documents.put(folder, value);
    if (conflict === "not an object") {
      throw new LoadError("LOAD_DATA_NOT_OBJECT", file, "holds no object; what stands at the top of data must be one");
    }
    if (conflict !== undefined) {
      throw new LoadError("LOAD_DATA_CONFLICT", file, `${formatDataPath(conflict)} is given by another file, too`);
    }
  }
}

function excludeGlob(pattern: string, bundle: string): Glob {
  try {
    return new Glob(pattern, ["/"]);
  } catch (error) {
    if (!(error instanceof BuiltinError)) throw error;
    throw new LoadError("BUNDLE_SIGNATURE", bundle, `"${pattern}" is not a pattern of files: ${error.message}`);
  }
}

import { BuiltinError } from "../builtins/errors.ts";
import { Glob } from "../builtins/glob.ts";
import type { Module, RegoVersion } from "../syntax/ast.ts";
import { isArray, isPlainObject } from "../values/kinds.ts";
import { type PlainObject, type Value, ownValue } from "../values/value.ts";
import type { DataPath } from "./documents.ts";
import { LoadError } from "./load-error.ts";

/** What a bundle says of itself in `.manifest`. */
export interface Manifest {
  readonly revision: string;
  /** The parts of `data` that the bundle owns: paths with `/`, none inside another. `[""]` is all of it. */
  readonly roots: readonly string[];
  /** The language of its policies, where it says so. */
  readonly regoVersion: RegoVersion | undefined;
  /** The language of some of its files, by glob patterns of their paths. */
  readonly fileRegoVersions: readonly { readonly pattern: string; readonly version: RegoVersion }[];
  readonly metadata: PlainObject;
}

export const NO_MANIFEST: Manifest = {
  revision: "",
  roots: [""],
  regoVersion: undefined,
  fileRegoVersions: [],
  metadata: {},
};

/** Reads a manifest. Throws a `LoadError` for one that makes no sense, or asks for what does not exist here. */
export function readManifest(document: Value, bundle: string): Manifest {
  const wrong = (message: string): LoadError => new LoadError("BUNDLE_MANIFEST", bundle, `.manifest: ${message}`);
  if (!isPlainObject(document)) throw wrong("is not an object");
  const wasm = ownValue(document, "wasm") ?? null;
  if (isArray(wasm) && wasm.length > 0) {
    throw new LoadError(
      "BUNDLE_UNSUPPORTED",
      bundle,
      "its manifest names WebAssembly policies; only Rego is evaluated",
    );
  }
  const revision = ownValue(document, "revision") ?? "";
  if (typeof revision !== "string") throw wrong("revision is not a string");
  const metadata = ownValue(document, "metadata") ?? {};
  if (!isPlainObject(metadata)) throw wrong("metadata is not an object");
  return {
    revision,
    roots: readRoots(ownValue(document, "roots") ?? null, wrong),
    regoVersion: readVersion(ownValue(document, "rego_version") ?? null, "rego_version", wrong),
    fileRegoVersions: readFileVersions(ownValue(document, "file_rego_versions") ?? null, wrong),
    metadata,
  };
}

type Wrong = (message: string) => LoadError;

function readRoots(value: Value, wrong: Wrong): readonly string[] {
  if (value === null) return [""];
  if (!isArray(value)) throw wrong("roots is not a list");
  const roots = value.map((root) => {
    if (typeof root !== "string") throw wrong("roots holds what is not a string");
    return root.replaceAll(/^\/+|\/+$/g, "");
  });
  const overlap = findOverlap(roots);
  if (overlap !== undefined) throw wrong(`the roots "${overlap[0]}" and "${overlap[1]}" overlap`);
  return roots;
}

function readVersion(value: Value, name: string, wrong: Wrong): RegoVersion | undefined {
  if (value === null) return undefined;
  if (value === 0) return "v0";
  if (value === 1) return "v1";
  if (value === 2) return "v2";
  throw wrong(`${name} is 0, 1 or 2`);
}

function readFileVersions(value: Value, wrong: Wrong): Manifest["fileRegoVersions"] {
  if (value === null) return [];
  if (!isPlainObject(value)) throw wrong("file_rego_versions is not an object");
  return Object.keys(value)
    .sort()
    .flatMap((pattern) => {
      const version = readVersion(ownValue(value, pattern) ?? null, `file_rego_versions of "${pattern}"`, wrong);
      try {
        globOf(pattern);
      } catch (error) {
        if (!(error instanceof BuiltinError)) throw error;
        throw wrong(`file_rego_versions: "${pattern}" is not a pattern: ${error.message}`);
      }
      return version === undefined ? [] : [{ pattern, version }];
    });
}

function globOf(pattern: string): Glob {
  return new Glob(`/${pattern.replace(/^\/+/, "")}`, ["/"]);
}

/** The language of a file of the bundle: that of its pattern, else of the manifest, else undefined. The path starts anywhere. */
export function versionOfFile({ regoVersion, fileRegoVersions }: Manifest, path: string): RegoVersion | undefined {
  const absolute = `/${path.replace(/^\/+/, "")}`;
  return fileRegoVersions.find(({ pattern }) => globOf(pattern).matches(absolute))?.version ?? regoVersion;
}

// Roots

function partsOf(root: string): DataPath {
  return root === "" ? [] : root.split("/");
}

function contains(root: DataPath, path: DataPath): boolean {
  return root.every((part, index) => part === path[index]);
}

/** The first two roots of which one is inside the other. */
export function findOverlap(roots: readonly string[]): readonly [string, string] | undefined {
  // Sorted by parts, a root comes right before what is inside it.
  const sorted = roots
    .map((root) => ({ root, key: partsOf(root).join("\0") }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const [index, { root, key }] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next !== undefined && (key === "" || next.key === key || next.key.startsWith(`${key}\0`))) {
      return [root, next.root];
    }
  }
  return undefined;
}

/** Throws a `LoadError` for a module or value that stands in no root of the manifest. */
export function checkRoots({ roots }: Manifest, modules: readonly Module[], data: PlainObject, bundle: string): void {
  const split = roots.map(partsOf);
  const refuse = (what: string): never => {
    const list = roots.map((root) => `"${root}"`).join(", ");
    throw new LoadError("BUNDLE_ROOTS", bundle, `the manifest's roots (${list}) do not cover ${what}`);
  };
  for (const module of modules) {
    const { path } = module.package.path;
    const parts = path.flatMap((part) => (part.type === "string" ? [part.value] : []));
    if (!split.some((root) => contains(root, parts))) {
      refuse(`package ${parts.join(".")} of ${module.location.source.file}`);
    }
  }
  const waiting: (readonly [DataPath, Value])[] = [[[], data]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [path, value] = next;
    if (split.some((root) => contains(root, path))) continue;
    if (!isPlainObject(value) || !split.some((root) => contains(path, root))) refuse(`data at /${path.join("/")}`);
    else for (const key of Object.keys(value)) waiting.push([[...path, key], ownValue(value, key) ?? null]);
  }
}

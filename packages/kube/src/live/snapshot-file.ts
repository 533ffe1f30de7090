/** A snapshot as a file, to be scanned later: docs/snapshot.md. */
import { jsonText, parseJson } from "../exact-json.ts";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { Diagnostic } from "../diagnostic.ts";
import { RedoubtError } from "../diagnostic.ts";
import { type JsonObject, isJsonObject } from "../json.ts";
import type { KubeObject } from "../object.ts";
import { listAt, objectAt, stringAt } from "../read.ts";
import { decodeKind } from "../schema/decode.ts";
import { knownKind } from "../schema/kinds.ts";
import { ClusterSnapshot, type SnapshotGap } from "../snapshot.ts";
import { liveObject } from "./live-object.ts";
import { withoutSecretValues } from "./secret-redaction.ts";

export const SNAPSHOT_API_VERSION = "redoubt.dev/v1";
export const SNAPSHOT_KIND = "Snapshot";

/** Where and when a snapshot was taken. */
export interface SnapshotOrigin {
  /** The kubeconfig context. */
  readonly context: string;
  /** RFC 3339. */
  readonly takenAt: string;
  /** Of Redoubt. */
  readonly version: string;
}

export interface ReadSnapshot {
  readonly snapshot: ClusterSnapshot;
  readonly origin: SnapshotOrigin;
}

const FAILURES = ["forbidden", "unauthorized", "timeout", "unreachable", "server-error", "malformed"] as const;
const MAX_BYTES = 2 ** 30;

/** The text of a snapshot file, in pieces: one object a line. Values of Secrets are never in it. */
export function* writeSnapshot(snapshot: ClusterSnapshot, origin: SnapshotOrigin): Generator<string, void, undefined> {
  const diagnostics = snapshot.diagnostics.map(({ code, severity, message, hint }) => ({
    code,
    severity,
    message,
    hint,
  }));
  const { context, takenAt, version } = origin;
  yield `{"apiVersion":"${SNAPSHOT_API_VERSION}","kind":"${SNAPSHOT_KIND}",\n`;
  yield `"metadata":${JSON.stringify({ context, takenAt, tool: { name: "redoubt", version } })},\n`;
  yield `"gaps":${JSON.stringify(snapshot.gaps)},\n"diagnostics":${JSON.stringify(diagnostics)},\n"items":[`;
  const evidence = snapshot.evidence.map(({ object }) => object);
  const own = new Set<KubeObject<object>>(snapshot.objects);
  let separator = "\n";
  for (const object of [...snapshot.objects, ...evidence.filter((each) => !own.has(each))]) {
    if (object.origin.kind !== "cluster") continue;
    yield `${separator}${jsonText(storedValue(object))}`;
    separator = ",\n";
  }
  yield "\n]}\n";
}

function storedValue({ group, kind, value }: KubeObject<object>): object {
  return group === "" && kind === "Secret" && isJsonObject(value) ? withoutSecretValues(value) : value;
}

/**
 * The snapshot that `writeSnapshot` wrote.
 *
 * @throws RedoubtError `SNAPSHOT_INVALID`
 */
export function parseSnapshot(text: string, file: string): ReadSnapshot {
  let document: unknown;
  try {
    document = parseJson(text);
  } catch (cause) {
    throw invalid(file, "it is not JSON", cause);
  }
  const apiVersion = stringAt(document, ["apiVersion"]);
  if (!isJsonObject(document) || stringAt(document, ["kind"]) !== SNAPSHOT_KIND) {
    throw invalid(file, "it was not written by redoubt snapshot");
  }
  if (apiVersion !== SNAPSHOT_API_VERSION) {
    throw invalid(file, `its version is ${apiVersion ?? "not given"}, this Redoubt reads ${SNAPSHOT_API_VERSION}`);
  }
  if (!Array.isArray(document["items"])) throw invalid(file, "it has no items: perhaps it was cut off");
  const context = stringAt(document, ["metadata", "context"]) ?? "";
  const diagnostics = listAt(document, ["diagnostics"]).flatMap(readDiagnostic);
  const objects: KubeObject<object>[] = [];
  for (const item of document["items"]) {
    if (!isJsonObject(item)) throw invalid(file, "an item is no object");
    const object = readObject(item, context);
    if (object === undefined) throw invalid(file, "an item has no apiVersion, or no kind");
    if ("problem" in object) diagnostics.push(object.problem);
    else objects.push(object.object);
  }
  return {
    snapshot: new ClusterSnapshot({
      source: "cluster",
      objects,
      diagnostics,
      gaps: listAt(document, ["gaps"]).flatMap(readGap),
    }),
    origin: {
      context,
      takenAt: stringAt(document, ["metadata", "takenAt"]) ?? "",
      version: stringAt(document, ["metadata", "tool", "version"]) ?? "",
    },
  };
}

/** Reads a snapshot file, compressed or not. Throws `SNAPSHOT_INVALID`, `CONFIG_READ`. */
export async function readSnapshotFile(path: string): Promise<ReadSnapshot> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RedoubtError("CONFIG_READ", `--snapshot ${path} cannot be read: ${reason}`, { cause });
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = await promisify(gunzip)(bytes, { maxOutputLength: MAX_BYTES });
    } catch (cause) {
      throw invalid(path, "it cannot be decompressed", cause);
    }
  }
  return parseSnapshot(bytes.toString("utf8"), path);
}

/** Writes a snapshot file that only its owner can read; compressed when the name ends with `.gz`. Throws `OUTPUT_WRITE`. */
export async function writeSnapshotFile(
  path: string,
  snapshot: ClusterSnapshot,
  origin: SnapshotOrigin,
): Promise<void> {
  const text = [...writeSnapshot(snapshot, origin)].join("");
  try {
    await writeFile(path, path.endsWith(".gz") ? await promisify(gzip)(text) : text, { mode: 0o600 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RedoubtError("OUTPUT_WRITE", `${path} cannot be written: ${reason}`, { cause });
  }
}

type ReadObject = { readonly object: KubeObject<object> } | { readonly problem: Diagnostic };

function readObject(value: JsonObject, context: string): ReadObject | undefined {
  const apiVersion = stringAt(value, ["apiVersion"]);
  const kind = stringAt(value, ["kind"]);
  if (apiVersion === undefined || kind === undefined) return undefined;
  const [version = "", group = ""] = apiVersion.split("/").toReversed();
  const known = knownKind(group, version, kind);
  const problems = known === undefined ? [] : decodeKind(value, known.known, false);
  const refused = problems.find(({ severity }) => severity === "error");
  const object = liveObject(value, apiVersion, kind, refused === undefined ? known?.known : undefined, context);
  if (refused === undefined) return { object };
  const message = `${kind} ${object.namespace}/${object.name} in the snapshot: ${refused.message}`;
  return { problem: { code: refused.code, severity: "error", message } };
}

function readGap(value: unknown): SnapshotGap | [] {
  const failure = FAILURES.find((name) => name === stringAt(value, ["failure"]));
  const kind = stringAt(value, ["kind"]);
  if (failure === undefined || kind === undefined) return [];
  const namespace = stringAt(value, ["namespace"]);
  return {
    group: stringAt(value, ["group"]) ?? "",
    kind,
    resource: stringAt(value, ["resource"]) ?? "",
    ...(namespace === undefined ? {} : { namespace }),
    failure,
    message: stringAt(value, ["message"]) ?? "",
  };
}

function readDiagnostic(value: unknown): Diagnostic | [] {
  if (objectAt(value, []) === undefined) return [];
  const hint = stringAt(value, ["hint"]);
  return {
    code: stringAt(value, ["code"]) ?? "",
    severity: stringAt(value, ["severity"]) === "warning" ? "warning" : "error",
    message: stringAt(value, ["message"]) ?? "",
    ...(hint === undefined ? {} : { hint }),
  };
}

function invalid(file: string, reason: string, cause?: unknown): RedoubtError {
  return new RedoubtError("SNAPSHOT_INVALID", `${file} is no snapshot: ${reason}`, { cause });
}

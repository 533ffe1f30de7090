/** How far an audit is, kept in a ConfigMap, so that the next leader goes on with it. */
import { gunzipSync, gzipSync } from "node:zlib";
import { type ApiConnection, type JsonObject, isJsonObject, objectAt, stringAt } from "@redoubt/kube";
import { readObject, writeObject } from "../cluster/api-objects.ts";
import type { AuditProgress } from "./audit-run.ts";

export interface CheckpointPlace {
  readonly namespace: string;
  readonly name: string;
}

const KEY = "progress.json.gz";
/** A ConfigMap may have 1 MiB, in base64. What does not fit is not kept: the audit then begins anew. */
const LARGEST = 700 * 1024;
const LARGEST_UNPACKED = 64 * 1024 * 1024;

/** @throws what the connection throws. */
export async function readCheckpoint(
  connection: ApiConnection,
  { namespace, name }: CheckpointPlace,
  signal: AbortSignal,
): Promise<AuditProgress | undefined> {
  const object = await readObject(connection, `/api/v1/namespaces/${namespace}/configmaps/${name}`, signal);
  const packed = stringAt(object, ["binaryData", KEY]);
  return packed === undefined ? undefined : unpack(packed);
}

/** @throws what the connection throws. */
export async function writeCheckpoint(
  connection: ApiConnection,
  { namespace, name }: CheckpointPlace,
  progress: AuditProgress | undefined,
  signal: AbortSignal,
): Promise<void> {
  const packed = progress === undefined ? undefined : pack(progress);
  const binaryData: JsonObject = { [KEY]: packed ?? null };
  const collection = `/api/v1/namespaces/${namespace}/configmaps`;
  const written = await writeObject(connection, "PATCH", `${collection}/${name}`, { binaryData }, signal);
  if (written.kind !== "missing" || packed === undefined) return;
  const metadata = { name, namespace, labels: { "app.kubernetes.io/managed-by": "redoubt" } };
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata, binaryData };
  await writeObject(connection, "POST", collection, object, signal);
}

function pack(progress: AuditProgress): string | undefined {
  const packed = gzipSync(JSON.stringify(progress));
  return packed.length > LARGEST ? undefined : packed.toString("base64");
}

/** Someone may have edited it: what is no progress is none. */
function unpack(packed: string): AuditProgress | undefined {
  try {
    const text = gunzipSync(Buffer.from(packed, "base64"), { maxOutputLength: LARGEST_UNPACKED }).toString("utf8");
    const value: AuditProgress = JSON.parse(text);
    return isProgress(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isProgress(value: unknown): boolean {
  const isTally = (tally: unknown): boolean =>
    isJsonObject(tally) &&
    typeof tally["objects"] === "number" &&
    Array.isArray(tally["policies"]) &&
    Array.isArray(tally["namespaces"]);
  if (!isJsonObject(value) || !Array.isArray(value["finished"]) || !Array.isArray(value["unread"])) return false;
  const current = objectAt(value, ["current"]);
  return (
    isTally(value["tally"]) &&
    typeof value["policies"] === "string" &&
    typeof value["startedAt"] === "string" &&
    (current === undefined || (isTally(current["tally"]) && typeof current["next"] === "string"))
  );
}

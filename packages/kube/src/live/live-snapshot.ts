import type { Diagnostic } from "../diagnostic.ts";
import { type JsonObject, isJsonObject } from "../json.ts";
import type { KubeObject } from "../object.ts";
import { decodeKind } from "../schema/decode.ts";
import { knownKind } from "../schema/kinds.ts";
import { ClusterSnapshot, type SnapshotGap } from "../snapshot.ts";
import type { ApiConnection } from "./connection.ts";
import { type ServedResource, discover } from "./discovery.ts";
import { gapDiagnostics } from "./gap-diagnostics.ts";
import { type ListResult, listResource } from "./list-pages.ts";
import { liveObject } from "./live-object.ts";
import { withoutSecretValues } from "./secret-redaction.ts";
import { BUILT_IN_RESOURCES, isScanned } from "./scanned-resources.ts";

export interface LiveOptions {
  /** Only these namespaces (and cluster-scoped objects); all when absent. */
  readonly namespaces?: readonly string[];
  readonly excludeNamespaces?: readonly string[];
  /** Read Secrets with their values. Without it only their metadata and type leave the cluster. */
  readonly secretValues?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LiveProgress) => void;
}

export interface LiveProgress {
  readonly done: number;
  readonly total: number;
  readonly resource: string;
  readonly objects: number;
}

const AT_ONCE = 6;

/**
 * Reads every kind that matters from a cluster, a few kinds at a time, in pages. What could not be read is among the snapshot's gaps,
 * and the rest goes on. Rejects when discovery itself fails (`KUBE_API_UNREACHABLE`, `KUBE_API_TIMEOUT`) or `signal` is aborted.
 */
export async function loadLiveSnapshot(connection: ApiConnection, options: LiveOptions = {}): Promise<ClusterSnapshot> {
  const { wanted, failed } = await scannedResources(connection, options.signal);
  const diagnostics: Diagnostic[] = failed.map((groupVersion) => ({
    code: "KUBE_DISCOVERY",
    severity: "error",
    message: `the API server could not say what ${groupVersion} serves`,
    hint: "an aggregated API is down (`kubectl get apiservices` names it), or the account may not ask",
  }));
  const objects: KubeObject<object>[] = [];
  const gaps: SnapshotGap[] = [];
  let done = 0;
  await eachAtOnce(AT_ONCE, wanted, async (resource) => {
    for (const namespace of scopesOf(resource, options)) {
      const result = await listResource(connection, resource, {
        ...(namespace === undefined ? {} : { namespace }),
        ...(isSecret(resource) && options.secretValues !== true ? { columns: { Type: "type" } } : {}),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      if (result.ok) addItems(result.items, resource, connection, options, objects, diagnostics);
      else addGap(result, resource, namespace, gaps);
    }
    done += 1;
    options.onProgress?.({ done, total: wanted.length, resource: resource.resource, objects: objects.length });
  });
  diagnostics.push(...gapDiagnostics(gaps), ...missingNamespaces(options.namespaces ?? [], objects, gaps));
  return new ClusterSnapshot({ source: "cluster", objects: inOrder(objects), diagnostics, gaps });
}

/**
 * The kinds that a scan of this cluster reads. Of what the API server does not tell (it refused, or a group is down), the kinds that
 * every cluster has: asking for them says what is missing.
 */
export async function scannedResources(
  connection: ApiConnection,
  signal?: AbortSignal,
): Promise<{ readonly wanted: readonly ServedResource[]; readonly failed: readonly string[] }> {
  const { resources, failed } = await discover(connection, signal);
  const served = new Set(resources.map(({ group }) => group));
  const untold = BUILT_IN_RESOURCES.filter(({ group, version }) =>
    failed.includes(group === "" ? version : "/apis") ? !served.has(group) : false,
  );
  return { wanted: [...resources.filter(isScanned), ...untold], failed };
}

/** A name that was asked for and is none must not look like a namespace in which all is well. */
function missingNamespaces(
  wanted: readonly string[],
  objects: readonly KubeObject<object>[],
  gaps: readonly SnapshotGap[],
): readonly Diagnostic[] {
  if (gaps.some(({ group, kind }) => group === "" && kind === "Namespace")) return [];
  const there = new Set(objects.flatMap(({ known, name }) => (known === "Namespace" ? [name] : [])));
  return wanted
    .filter((name) => !there.has(name))
    .map((name) => ({
      code: "KUBE_NO_NAMESPACE",
      severity: "error",
      message: `the cluster has no namespace "${name}"`,
      hint: "check the name, and the context",
    }));
}

function isSecret({ group, resource }: ServedResource): boolean {
  return group === "" && resource === "secrets";
}

function scopesOf(resource: ServedResource, options: LiveOptions): readonly (string | undefined)[] {
  return resource.namespaced && options.namespaces !== undefined ? options.namespaces : [undefined];
}

function addItems(
  items: readonly unknown[],
  resource: ServedResource,
  connection: ApiConnection,
  options: LiveOptions,
  objects: KubeObject<object>[],
  diagnostics: Diagnostic[],
): void {
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
  const known = knownKind(resource.group, resource.version, resource.kind);
  for (const item of items) {
    if (!isJsonObject(item)) continue;
    const completedItem = completed(item, apiVersion, resource.kind);
    const value =
      isSecret(resource) && options.secretValues !== true ? withoutSecretValues(completedItem) : completedItem;
    const problems = known === undefined ? [] : decodeKind(value, known.known, false);
    const refused = problems.find(({ severity }) => severity === "error");
    const object = liveObject(
      value,
      apiVersion,
      resource.kind,
      refused === undefined ? known?.known : undefined,
      connection.context,
    );
    if (options.excludeNamespaces?.includes(object.namespace) === true) continue;
    if (refused === undefined) objects.push(object);
    else {
      diagnostics.push({
        code: refused.code,
        severity: "error",
        message: `${resource.kind} ${object.namespace}/${object.name} as the API server gave it: ${refused.message}`,
      });
    }
  }
}

/** Items of lists come without their type; managed fields are many and say nothing about posture. */
function completed(item: JsonObject, apiVersion: string, kind: string): JsonObject {
  const metadata = item["metadata"];
  if (isJsonObject(metadata)) delete metadata["managedFields"];
  return { ...item, apiVersion, kind };
}

function addGap(
  result: Extract<ListResult, { ok: false }>,
  resource: ServedResource,
  namespace: string | undefined,
  gaps: SnapshotGap[],
): void {
  // Gone since discovery (a CustomResourceDefinition that was deleted): there is nothing to read.
  if (result.failure === "missing-api") return;
  const { group, kind } = resource;
  const gap = { group, kind, resource: resource.resource, failure: result.failure, message: result.message };
  gaps.push(namespace === undefined ? gap : { ...gap, namespace });
}

/** Lists arrive in any order; reports must not depend on it. */
function inOrder(objects: readonly KubeObject<object>[]): readonly KubeObject<object>[] {
  return objects
    .map((object) => ({ object, key: `${object.group}/${object.kind}/${object.namespace}/${object.name}` }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ object }) => object);
}

/** Runs `work` over all items, at most `limit` at once; the first failure ends it. */
async function eachAtOnce<T>(limit: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}

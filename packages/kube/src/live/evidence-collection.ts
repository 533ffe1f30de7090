import { randomUUID } from "node:crypto";
import { isJsonObject } from "../json.ts";
import { listAt, objectAt, stringAt } from "../read.ts";
import type { ApiAnswer, ApiConnection } from "./connection.ts";
import { appearsInLog, logLength } from "./evidence-audit-log.ts";
import { type EtcdOptions, type SecretName, readStoredSecret } from "./evidence-etcd.ts";
import { parseMetrics } from "./evidence-metrics.ts";
import { parseFlagsPage, parseStatusVersion } from "./evidence-zpages.ts";
import { type ClusterEvidence, type EvidenceData, type EvidenceGap, toEvidence } from "./evidence.ts";

export interface EvidenceOptions {
  /** Also read each kubelet's /configz. It takes the right to `get` `nodes/proxy`, which is close to root on every node: opt-in. */
  readonly kubeletConfiguration?: boolean;
  /** Look into etcd how a Secret is stored: the newest Secret that can be listed, unless one is named. */
  readonly etcd?: EtcdOptions & { readonly secret?: SecretName };
  /** Path of the API server's audit log on this machine: a marked request must come out of it. */
  readonly auditLog?: string;
  /** How long to wait for it. Default: five seconds. */
  readonly auditWaitMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (step: string) => void;
  readonly now?: () => Date;
}

const KUBELETS_AT_ONCE = 6;
const API_SERVER = "kube-apiserver";

/**
 * What a cluster's components show of themselves. What could not be read is among the answer as `gap`, with what would make it
 * readable; only an abort rejects.
 */
export async function collectEvidence(
  connection: ApiConnection,
  options: EvidenceOptions = {},
): Promise<readonly ClusterEvidence[]> {
  const collector = new EvidenceCollector(connection, options);
  const steps: readonly (readonly [string, () => Promise<void>])[] = [
    ["server version", () => collector.serverVersion()],
    ["anonymous access", () => collector.anonymousAccess()],
    ["flags", () => collector.flags()],
    ["kubelet configuration", () => collector.kubelets()],
    ["etcd", () => collector.storedSecret()],
    ["audit log", () => collector.auditProbe()],
    // Last, so that the requests before it show in its counters.
    ["metrics", () => collector.metrics()],
  ];
  for (const [name, step] of steps) {
    options.onProgress?.(name);
    options.signal?.throwIfAborted();
    await step();
  }
  return collector.evidence;
}

type Missing = Pick<EvidenceGap, "missing" | "component" | "node">;

class EvidenceCollector {
  readonly evidence: ClusterEvidence[] = [];
  readonly #connection: ApiConnection;
  readonly #options: EvidenceOptions;

  constructor(connection: ApiConnection, options: EvidenceOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  async serverVersion(): Promise<void> {
    const answer = await this.#get("/version", { missing: "server-version" });
    if (answer === undefined) return;
    const version = stringAt(parsed(answer.text), ["gitVersion"]);
    if (version === undefined) this.#malformed("/version", { missing: "server-version" });
    else this.#add({ type: "server-version", version }, "/version");
  }

  async anonymousAccess(): Promise<void> {
    const path = "/api";
    const missing: Missing = { missing: "anonymous-probe" };
    const answer = await this.#attempt(missing, () =>
      this.#connection.get(path, { anonymous: true, ...this.#withSignal() }),
    );
    if (answer === undefined) return;
    this.#add({ type: "anonymous-probe", path, status: answer.status }, `an anonymous request to ${path}`);
  }

  async flags(): Promise<void> {
    const missing: Missing = { missing: "flags", component: API_SERVER };
    const answer = await this.#get("/flagz", missing, "text/plain");
    if (answer === undefined) return;
    const page = parseFlagsPage(answer.text);
    if (page === undefined) return this.#malformed("/flagz", missing);
    const status = await this.#connection
      .get("/statusz", { accept: "text/plain", ...this.#withSignal() })
      .catch(() => undefined);
    const version = status?.status === 200 ? parseStatusVersion(status.text) : undefined;
    const { component, flags } = page;
    this.#add(
      { type: "flags", component, ...(version === undefined ? {} : { version }), flags, effective: true },
      "/flagz",
    );
  }

  async metrics(): Promise<void> {
    const answer = await this.#get("/metrics", { missing: "metrics", component: API_SERVER }, "text/plain");
    if (answer === undefined) return;
    const samples = parseMetrics(answer.text);
    if (samples.length === 0) this.#malformed("/metrics", { missing: "metrics", component: API_SERVER });
    else this.#add({ type: "metrics", component: API_SERVER, samples }, "/metrics");
  }

  async kubelets(): Promise<void> {
    if (this.#options.kubeletConfiguration !== true) return;
    const answer = await this.#get("/api/v1/nodes?limit=5000", { missing: "kubelet-configuration" });
    if (answer === undefined) return;
    const names = listAt(parsed(answer.text), ["items"]).flatMap((node) => stringAt(node, ["metadata", "name"]) ?? []);
    const queue = names.values();
    const worker = async (): Promise<void> => {
      for (const name of queue) await this.#kubelet(name);
    };
    await Promise.all(Array.from({ length: KUBELETS_AT_ONCE }, worker));
  }

  async #kubelet(node: string): Promise<void> {
    const path = `/api/v1/nodes/${encodeURIComponent(node)}/proxy/configz`;
    const missing: Missing = { missing: "kubelet-configuration", node };
    const answer = await this.#get(path, missing);
    if (answer === undefined) return;
    const found = objectAt(parsed(answer.text), ["kubeletconfig"]);
    if (found === undefined) return this.#malformed(path, missing);
    // Its headers may hold credentials.
    const { staticPodURLHeader: _, ...configuration } = found;
    this.#add({ type: "kubelet-configuration", node, configuration }, `/configz of node ${node}`);
  }

  async storedSecret(): Promise<void> {
    const { etcd, signal } = this.#options;
    if (etcd === undefined) return;
    const missing: Missing = { missing: "stored-secret" };
    const secret = etcd.secret ?? (await this.#anySecret());
    if (secret === undefined) return;
    const answer = await this.#attempt(missing, () => readStoredSecret(etcd, secret, signal));
    if (answer === undefined) return;
    if (answer.kind === "stored") this.#add(answer.evidence, `etcd at ${etcd.endpoint}`);
    else if (answer.kind === "absent")
      this.#gap(
        missing,
        "malformed",
        `etcd holds no ${answer.key}`,
        "the API server's --etcd-prefix, or another Secret",
      );
    else this.#gap(missing, "forbidden", answer.message, "a client certificate that etcd accepts");
  }

  /** The newest one: what was written last shows how Secrets are written now. */
  async #anySecret(): Promise<SecretName | undefined> {
    const missing: Missing = { missing: "stored-secret" };
    const answer = await this.#get(
      "/api/v1/secrets?limit=500",
      missing,
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
    );
    if (answer === undefined) return undefined;
    const [newest] = listAt(parsed(answer.text), ["items"])
      .map((item) => ({
        name: stringAt(item, ["metadata", "name"]) ?? "",
        namespace: stringAt(item, ["metadata", "namespace"]) ?? "",
        created: stringAt(item, ["metadata", "creationTimestamp"]) ?? "",
      }))
      .sort((a, b) => (a.created < b.created ? 1 : -1));
    if (newest === undefined)
      this.#gap(
        missing,
        "not-served",
        "the cluster has no Secret to look at",
        "a Secret made for it, named with --etcd",
      );
    return newest;
  }

  async auditProbe(): Promise<void> {
    const { auditLog, auditWaitMs = 5000, signal } = this.#options;
    if (auditLog === undefined) return;
    const missing: Missing = { missing: "audit-probe" };
    const from = await this.#attempt(missing, () => logLength(auditLog));
    if (from === undefined) return;
    const mark = `redoubt-audit-probe-${randomUUID()}`;
    // Policies leave out much that reads, but hardly any leaves out Secrets. That it does not exist, or is forbidden, is logged too.
    const request = `/api/v1/namespaces/kube-system/secrets/${mark}`;
    const sent = await this.#attempt(missing, () => this.#connection.get(request, this.#withSignal()));
    if (sent === undefined) return;
    const found = await this.#attempt(missing, () => appearsInLog(auditLog, from, mark, auditWaitMs, signal));
    if (found !== undefined)
      this.#add({ type: "audit-probe", request: `GET ${request}`, log: auditLog, found }, `the audit log ${auditLog}`);
  }

  /** The answer when it is 200; else a gap says why not. */
  async #get(path: string, missing: Missing, accept = "application/json"): Promise<ApiAnswer | undefined> {
    const answer = await this.#attempt(missing, () => this.#connection.get(path, { accept, ...this.#withSignal() }));
    if (answer === undefined || answer.status === 200) return answer;
    const failure = answer.status === 403 ? "forbidden" : answer.status === 401 ? "unauthorized" : "not-served";
    const words = stringAt(parsed(answer.text), ["message"]) ?? `the API server answered ${answer.status}`;
    this.#gap(missing, failure, words, needsFor(path, failure));
    return undefined;
  }

  async #attempt<T>(missing: Missing, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      const message = error instanceof Error ? error.message : String(error);
      this.#gap(missing, "unreachable", message, "another scan when it answers, or the right address or path");
      return undefined;
    }
  }

  #malformed(path: string, missing: Missing): void {
    this.#gap(
      missing,
      "malformed",
      `the answer of ${path} is not what Kubernetes gives`,
      "a report of this as a fault",
    );
  }

  #gap(missing: Missing, failure: EvidenceGap["failure"], message: string, needs: string): void {
    this.#add({ type: "gap", ...missing, failure, message, needs }, this.#connection.server);
  }

  #add(data: EvidenceData, source: string): void {
    const time = (this.#options.now?.() ?? new Date()).toISOString();
    this.evidence.push(toEvidence(data, { source, time }, this.#connection.context));
  }

  #withSignal(): { readonly signal?: AbortSignal } {
    return this.#options.signal === undefined ? {} : { signal: this.#options.signal };
  }
}

function needsFor(path: string, failure: EvidenceGap["failure"]): string {
  if (failure === "unauthorized") return "valid credentials for the API server";
  if (failure === "forbidden") {
    if (path.includes("/proxy/")) return "the right to get nodes/proxy";
    if (path.startsWith("/api/v1/"))
      return `the right to list ${/^\/api\/v1\/([a-z]+)/.exec(path)?.[1] ?? ""} (redoubt rbac-for-scan prints what a scan needs)`;
    return `the right to get ${path} (nonResourceURLs; redoubt rbac-for-scan prints what a scan needs)`;
  }
  if (path === "/flagz" || path === "/statusz")
    return "Kubernetes 1.36 or newer, or the feature gates ComponentFlagz and ComponentStatusz";
  return `an API server that serves ${path}`;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

import { randomUUID } from "node:crypto";
import { isJsonObject } from "../json.ts";
import { listAt, objectAt, stringAt } from "../read.ts";
import type { ApiAnswer, ApiConnection } from "./connection.ts";
import { appearsInLog, logLength } from "./evidence-audit-log.ts";
import { appearsInSink, sinkName } from "./evidence-audit-sink.ts";
import { writeCanary } from "./evidence-canary.ts";
import {
  type EtcdAnswer,
  type EtcdOptions,
  type SecretName,
  readStoredSecret,
  readStoredSecrets,
} from "./evidence-etcd.ts";
import { parseMetrics } from "./evidence-metrics.ts";
import { parseFlagsPage, parseStatusVersion } from "./evidence-zpages.ts";
import { type ClusterEvidence, type EvidenceData, type EvidenceGap, toEvidence } from "./evidence.ts";

export interface EvidenceOptions {
  /** Also read each kubelet's /configz. It takes the right to `get` `nodes/proxy`, which is close to root on every node: opt-in. */
  readonly kubeletConfiguration?: boolean;
  /** Look into etcd how Secrets are stored: all of them, unless one is named. */
  readonly etcd?: EtcdOptions & {
    readonly secret?: SecretName;
    /** While they are looked at, there is a Secret of our own in this namespace; it is deleted afterwards. */
    readonly canaryNamespace?: string;
  };
  /** Path of the API server's audit log on this machine: a marked request must come out of it. */
  readonly auditLog?: string;
  /** Address that searches what collects audit events, with `{mark}` in it: a marked request must be found there. */
  readonly auditSink?: string;
  /** How long to wait for the marked request. Default: five seconds. */
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
    ["etcd", () => collector.storedSecrets()],
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

  async storedSecrets(): Promise<void> {
    const { etcd, signal } = this.#options;
    if (etcd === undefined) return;
    const { secret, canaryNamespace } = etcd;
    const look = (): Promise<void> =>
      this.#stored(() =>
        secret === undefined ? readStoredSecrets(etcd, signal) : readStoredSecret(etcd, secret, signal),
      );
    if (canaryNamespace === undefined) await look();
    else await this.#withCanary(canaryNamespace, look);
  }

  /** Does something while there is a Secret that was just written, and only for that. */
  async #withCanary(namespace: string, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#options;
    const missing: Missing = { missing: "stored-secret" };
    const canary = await this.#attempt(missing, () => writeCanary(this.#connection, namespace, signal));
    if (canary === undefined) return;
    if (canary.kind === "refused") {
      const needs = `the right to create and delete secrets in namespace ${namespace}, or no canary`;
      this.#gap(missing, canary.status === 403 ? "forbidden" : "not-served", canary.message, needs);
      return;
    }
    try {
      await work();
    } finally {
      const left = await canary.release();
      const needs = `kubectl delete secret -n ${namespace} ${canary.name}`;
      if (left !== undefined) this.#gap(missing, "unreachable", `the canary was not deleted: ${left}`, needs);
    }
  }

  async #stored(read: () => Promise<EtcdAnswer>): Promise<void> {
    const missing: Missing = { missing: "stored-secret" };
    const answer = await this.#attempt(missing, read);
    if (answer === undefined) return;
    const etcd = `etcd at ${answer.endpoint}`;
    if (answer.kind === "stored") for (const evidence of answer.found) this.#add(evidence, etcd);
    else if (answer.kind === "absent")
      this.#gap(
        missing,
        "not-served",
        `${etcd} holds nothing under ${answer.key}`,
        "a Secret in the cluster (--etcd-canary writes one), or the API server's own --etcd-prefix",
      );
    else this.#gap(missing, "forbidden", `${etcd}: ${answer.message}`, "a client certificate that etcd accepts");
  }

  async auditProbe(): Promise<void> {
    const { auditLog, auditSink, auditWaitMs = 5000, signal } = this.#options;
    if (auditLog === undefined && auditSink === undefined) return;
    const missing: Missing = { missing: "audit-probe" };
    const from = auditLog === undefined ? 0 : await this.#attempt(missing, () => logLength(auditLog));
    // A sink is asked for the first half of the mark and must answer with both.
    const question = `redoubt-audit-probe-${randomUUID()}`;
    const mark = `${question}-${randomUUID()}`;
    // Policies leave out much that reads, but hardly any leaves out Secrets. That it does not exist, or is forbidden, is logged too.
    const request = `/api/v1/namespaces/kube-system/secrets/${mark}`;
    const sent = await this.#attempt(missing, () => this.#connection.get(request, this.#withSignal()));
    if (sent === undefined) return;
    const look = async (log: string, source: string, found: () => Promise<boolean>): Promise<void> => {
      const seen = await this.#attempt(missing, found);
      if (seen !== undefined) this.#add({ type: "audit-probe", request: `GET ${request}`, log, found: seen }, source);
    };
    if (auditLog !== undefined && from !== undefined)
      await look(auditLog, `the audit log ${auditLog}`, () => appearsInLog(auditLog, from, mark, auditWaitMs, signal));
    if (auditSink === undefined) return;
    const name = sinkName(auditSink);
    await look(name, `the audit sink ${name}`, () => appearsInSink(auditSink, question, mark, auditWaitMs, signal));
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

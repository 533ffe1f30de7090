import { asJson } from "../exact-json.ts";
import { type JsonObject, type JsonValue, isJsonObject } from "../json.ts";
import type { KubeObject } from "../object.ts";
import { listAt, numberAt, objectAt, stringAt } from "../read.ts";
import { liveObject } from "./live-object.ts";

/** The group of documents that hold evidence; nothing in a cluster serves it. */
export const EVIDENCE_GROUP = "evidence.redoubt.dev";
const API_VERSION = `${EVIDENCE_GROUP}/v1`;

/** How a component of the control plane, or a kubelet, was started. */
export interface FlagsEvidence {
  readonly type: "flags";
  readonly component: string;
  readonly node?: string;
  /** As the component or its API server names it, `v1.34.4`. */
  readonly version?: string;
  /** By name without dashes. Flags without a value are left out. */
  readonly flags: Readonly<Record<string, string>>;
  /** Whether `flags` also holds what was not given, with its default: true of /flagz. */
  readonly effective: boolean;
}

/** One line of a Prometheus text. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of a component's /metrics that a control asks for. Counters start at zero when it starts: absence proves nothing. */
export interface MetricsEvidence {
  readonly type: "metrics";
  readonly component: string;
  readonly samples: readonly MetricSample[];
}

/** A kubelet's configuration as it runs, defaults included (its /configz). */
export interface KubeletConfigurationEvidence {
  readonly type: "kubelet-configuration";
  readonly node: string;
  readonly configuration: JsonObject;
}

export interface ServerVersionEvidence {
  readonly type: "server-version";
  readonly version: string;
}

/** A file or folder on a node: who may read it. Its content is not part of it. */
export interface NodeFileEvidence {
  readonly type: "node-file";
  readonly node: string;
  readonly path: string;
  readonly directory: boolean;
  /** Permission bits, as chmod(1) takes them: `600`. */
  readonly mode: number;
  /** Names where the node's own passwd and group files have them, else numbers. */
  readonly owner: string;
  readonly group: string;
}

/** How etcd holds Secrets: one that was looked at, or all that are stored alike. Never their bytes. */
export interface StoredSecretEvidence {
  readonly type: "stored-secret";
  /** The key in etcd, of one of them. */
  readonly key: string;
  /** `k8s:enc:secretbox:v1:key1:` and the like; undefined where the value is stored in plain text. */
  readonly transformer?: string;
  /** How many are stored this way; there only where every Secret in etcd was looked at. */
  readonly secrets?: number;
  /** etcd's revision at which the last of them was written: the highest one shows how Secrets are written now. */
  readonly revision?: number;
}

/** Whether a request that was marked for it came out of the audit log, or arrived in what collects its events. */
export interface AuditProbeEvidence {
  readonly type: "audit-probe";
  readonly request: string;
  /** The log's path, or the address of the sink that was searched. */
  readonly log: string;
  readonly found: boolean;
}

/** What the API server answered to a request without credentials. */
export interface AnonymousProbeEvidence {
  readonly type: "anonymous-probe";
  readonly path: string;
  readonly status: number;
}

/** Something that was asked for and could not be had. */
export interface EvidenceGap {
  readonly type: "gap";
  /** What it would have been. */
  readonly missing: Exclude<EvidenceData["type"], "gap">;
  readonly component?: string;
  readonly node?: string;
  readonly failure: "forbidden" | "unauthorized" | "not-served" | "unreachable" | "malformed";
  readonly message: string;
  /** What would make it readable: a right, a flag, a feature gate. */
  readonly needs: string;
}

/** What was seen, as plain data. */
export type EvidenceData =
  | FlagsEvidence
  | MetricsEvidence
  | KubeletConfigurationEvidence
  | ServerVersionEvidence
  | NodeFileEvidence
  | StoredSecretEvidence
  | AuditProbeEvidence
  | AnonymousProbeEvidence
  | EvidenceGap;

/** Where evidence comes from and when it was taken. */
export interface EvidenceOrigin {
  /** `/flagz`, `/metrics`, `command line on the node`: as messages name it. */
  readonly source: string;
  /** RFC 3339. */
  readonly time: string;
}

/**
 * Something seen of a running cluster that is no object of its API. `object` is the same as a document of group
 * `evidence.redoubt.dev`: what findings are about, what a saved snapshot holds, and what `evidenceFromObject` reads back.
 */
export type ClusterEvidence = EvidenceData & EvidenceOrigin & { readonly object: KubeObject<object> };

export type EvidenceOf<T extends EvidenceData["type"]> = Extract<ClusterEvidence, { readonly type: T }>;

const KINDS: Readonly<Record<EvidenceData["type"], string>> = {
  flags: "ComponentFlags",
  metrics: "ComponentMetrics",
  "kubelet-configuration": "KubeletConfigurationInUse",
  "server-version": "ServerVersion",
  "node-file": "NodeFile",
  "stored-secret": "StoredSecret",
  "audit-probe": "AuditProbe",
  "anonymous-probe": "AnonymousProbe",
  gap: "EvidenceGap",
};

/** Evidence that was just taken. `context` says of which cluster or node. */
export function toEvidence(data: EvidenceData, origin: EvidenceOrigin, context: string): ClusterEvidence {
  const { type, ...fields } = data;
  const value: JsonObject = {
    apiVersion: API_VERSION,
    kind: KINDS[type],
    metadata: { name: nameOf(data) },
    source: origin.source,
    time: origin.time,
    ...toJson(fields),
  };
  return { ...data, ...origin, object: liveObject(value, API_VERSION, KINDS[type], undefined, context) };
}

function nameOf(data: EvidenceData): string {
  switch (data.type) {
    case "flags":
      return data.node === undefined ? data.component : `${data.component}-${data.node}`;
    case "metrics":
      return data.component;
    case "kubelet-configuration":
      return data.node;
    case "server-version":
    case "anonymous-probe":
    case "audit-probe":
      return "kube-apiserver";
    case "node-file":
      return `${data.node}:${data.path}`;
    case "stored-secret":
      return data.key;
    default:
      return [data.missing, data.component, data.node].filter((part) => part !== undefined).join("-");
  }
}

/** Modes are written the way chmod takes them. */
function toJson(fields: object): JsonObject {
  const plain = asJson(fields);
  if (!isJsonObject(plain)) return {};
  if (typeof plain["mode"] === "number") plain["mode"] = plain["mode"].toString(8).padStart(3, "0");
  return plain;
}

/** The evidence that a document holds; undefined where it is none, or not well-formed. */
export function evidenceFromObject(object: KubeObject<object>): ClusterEvidence | undefined {
  if (object.group !== EVIDENCE_GROUP) return undefined;
  const data = readData(object.kind, object.value);
  if (data === undefined) return undefined;
  const source = stringAt(object.value, ["source"]) ?? "a saved snapshot";
  return { ...data, source, time: stringAt(object.value, ["time"]) ?? "", object };
}

function readData(kind: string, value: object): EvidenceData | undefined {
  const text = (key: string): string | undefined => stringAt(value, [key]);
  const component = text("component");
  const node = text("node");
  switch (kind) {
    case KINDS.flags: {
      if (component === undefined) return undefined;
      const version = text("version");
      return {
        type: "flags",
        component,
        ...(node === undefined ? {} : { node }),
        ...(version === undefined ? {} : { version }),
        flags: stringsOf(objectAt(value, ["flags"])),
        effective: flag(value, "effective"),
      };
    }
    case KINDS.metrics:
      if (component === undefined) return undefined;
      return { type: "metrics", component, samples: listAt(value, ["samples"]).flatMap(readSample) };
    case KINDS["kubelet-configuration"]: {
      const configuration = objectAt(value, ["configuration"]);
      if (node === undefined || configuration === undefined) return undefined;
      return { type: "kubelet-configuration", node, configuration };
    }
    case KINDS["server-version"]: {
      const version = text("version");
      return version === undefined ? undefined : { type: "server-version", version };
    }
    case KINDS["node-file"]:
      return readNodeFile(value);
    case KINDS["stored-secret"]: {
      const key = text("key");
      const transformer = text("transformer");
      const secrets = numberAt(value, ["secrets"]);
      const revision = numberAt(value, ["revision"]);
      if (key === undefined) return undefined;
      return {
        type: "stored-secret",
        key,
        ...(transformer === undefined ? {} : { transformer }),
        ...(secrets === undefined ? {} : { secrets }),
        ...(revision === undefined ? {} : { revision }),
      };
    }
    case KINDS["audit-probe"]:
      return {
        type: "audit-probe",
        request: text("request") ?? "",
        log: text("log") ?? "",
        found: flag(value, "found"),
      };
    case KINDS["anonymous-probe"]: {
      const status = numberAt(value, ["status"]);
      return status === undefined ? undefined : { type: "anonymous-probe", path: text("path") ?? "", status };
    }
    case KINDS.gap:
      return readGap(value, component, node);
    default:
      return undefined;
  }
}

function readSample(value: unknown): MetricSample | [] {
  const name = stringAt(value, ["name"]);
  const number = numberAt(value, ["value"]);
  if (name === undefined || number === undefined) return [];
  return { name, labels: stringsOf(objectAt(value, ["labels"])), value: number };
}

function readNodeFile(value: object): NodeFileEvidence | undefined {
  const path = stringAt(value, ["path"]);
  const mode = stringAt(value, ["mode"]) ?? "";
  if (path === undefined || !/^[0-7]{3,4}$/.test(mode)) return undefined;
  return {
    type: "node-file",
    node: stringAt(value, ["node"]) ?? "",
    path,
    directory: flag(value, "directory"),
    mode: Number.parseInt(mode, 8),
    owner: stringAt(value, ["owner"]) ?? "",
    group: stringAt(value, ["group"]) ?? "",
  };
}

const FAILURES = ["forbidden", "unauthorized", "not-served", "unreachable", "malformed"] as const;

function readGap(value: object, component: string | undefined, node: string | undefined): EvidenceGap | undefined {
  const missing = MISSING.find((type) => type === stringAt(value, ["missing"]));
  const failure = FAILURES.find((name) => name === stringAt(value, ["failure"]));
  if (missing === undefined || failure === undefined) return undefined;
  return {
    type: "gap",
    missing,
    ...(component === undefined ? {} : { component }),
    ...(node === undefined ? {} : { node }),
    failure,
    message: stringAt(value, ["message"]) ?? "",
    needs: stringAt(value, ["needs"]) ?? "",
  };
}

const MISSING = [
  "flags",
  "metrics",
  "kubelet-configuration",
  "server-version",
  "node-file",
  "stored-secret",
  "audit-probe",
  "anonymous-probe",
] as const;

function flag(value: object, key: string): boolean {
  return isJsonObject(value) && Object.hasOwn(value, key) && value[key] === true;
}

function stringsOf(value: JsonObject | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(isText));
}

function isText(entry: [string, JsonValue]): entry is [string, string] {
  return typeof entry[1] === "string";
}

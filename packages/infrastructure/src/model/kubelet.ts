import {
  type ClusterSnapshot,
  type EvidenceOf,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  type Path,
  isJsonObject,
  jsonText,
  snapshotModel,
  valueAt,
} from "@redoubt/kube";
import { parseFlagBoolean } from "./flag-boolean.ts";
import { evidenceOfType, readAt } from "./evidence.ts";

/** One kubelet's settings, by the best evidence there is of it. */
export interface Kubelet {
  readonly object: KubeObject<object>;
  /** What messages name as the source; empty where the object's own place says it. */
  readonly source: string;
  /** Where the configuration lies inside the object. */
  readonly base: Path;
  /** Whether the object is the file that an edit can change. */
  readonly editable: boolean;
  /** A flag that overrides the file, for what it decides: `--read-only-port=10255`. */
  readonly flagFor: (path: Path) => string | undefined;
  /** The value of a field, or its default; undefined where nobody knows. */
  readonly setting: (path: Path) => JsonValue | undefined;
}

/** A value as messages show it. */
export function settingText(value: JsonValue): string {
  return typeof value === "string" ? value : jsonText(value);
}

interface FieldFlag {
  readonly flag: string;
  readonly path: Path;
  readonly read: (value: string) => JsonValue;
}

const asBoolean = (value: string): JsonValue => parseFlagBoolean(value) ?? value;
const asNumber = (value: string): JsonValue => (Number.isNaN(Number(value)) ? value : Number(value));
const asText = (value: string): JsonValue => value;
const asList = (value: string): JsonValue => value.split(",").filter((item) => item !== "");

/** The kubelet's flags that do what a field of its file does, and win over it. */
const FIELD_FLAGS: readonly FieldFlag[] = [
  { flag: "anonymous-auth", path: ["authentication", "anonymous", "enabled"], read: asBoolean },
  { flag: "authentication-token-webhook", path: ["authentication", "webhook", "enabled"], read: asBoolean },
  { flag: "client-ca-file", path: ["authentication", "x509", "clientCAFile"], read: asText },
  { flag: "authorization-mode", path: ["authorization", "mode"], read: asText },
  { flag: "read-only-port", path: ["readOnlyPort"], read: asNumber },
  { flag: "streaming-connection-idle-timeout", path: ["streamingConnectionIdleTimeout"], read: asText },
  { flag: "make-iptables-util-chains", path: ["makeIPTablesUtilChains"], read: asBoolean },
  { flag: "event-qps", path: ["eventRecordQPS"], read: asNumber },
  { flag: "tls-cert-file", path: ["tlsCertFile"], read: asText },
  { flag: "tls-private-key-file", path: ["tlsPrivateKeyFile"], read: asText },
  { flag: "tls-cipher-suites", path: ["tlsCipherSuites"], read: asList },
  { flag: "rotate-certificates", path: ["rotateCertificates"], read: asBoolean },
  { flag: "rotate-server-certificates", path: ["serverTLSBootstrap"], read: asBoolean },
  { flag: "pod-max-pids", path: ["podPidsLimit"], read: asNumber },
  { flag: "seccomp-default", path: ["seccompDefault"], read: asBoolean },
];

/** What the file's schema says where a field is missing (kubelet.config.k8s.io/v1beta1 defaults), as far as a control asks. */
const FILE_DEFAULTS: JsonObject = {
  authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: "" } },
  authorization: { mode: "Webhook" },
  readOnlyPort: 0,
  streamingConnectionIdleTimeout: "4h0m0s",
  makeIPTablesUtilChains: true,
  eventRecordQPS: 50,
  tlsCertFile: "",
  tlsPrivateKeyFile: "",
  tlsCipherSuites: [],
  rotateCertificates: false,
  serverTLSBootstrap: false,
  podPidsLimit: -1,
  seccompDefault: false,
};

/** A kubelet that is started without --config keeps the defaults of before there were files. */
const FLAG_DEFAULTS: JsonObject = {
  ...FILE_DEFAULTS,
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false }, x509: { clientCAFile: "" } },
  authorization: { mode: "AlwaysAllow" },
  readOnlyPort: 10255,
};

/** Kubelets that were asked go before their command lines, and those before files. */
export const kubeletsOf: (snapshot: ClusterSnapshot) => readonly Kubelet[] = snapshotModel((snapshot) => {
  const files = snapshot.listUntyped("kubelet.config.k8s.io", "KubeletConfiguration");
  const asked = evidenceOfType(snapshot, "kubelet-configuration");
  const started = evidenceOfType(snapshot, "flags").filter(
    ({ component, node }) => component === "kubelet" && !asked.some((other) => other.node === node),
  );
  const used = new Set<KubeObject<object>>();
  const fromFlags = started.map((evidence) => {
    const file = files.find((object) => isConfigOf(object, evidence));
    if (file !== undefined) used.add(file);
    return startedKubelet(evidence, file);
  });
  return [
    ...asked.map((evidence) => view(evidence.object, readAt(evidence), ["configuration"], evidence.configuration)),
    ...fromFlags,
    ...files
      .filter((object) => !used.has(object))
      .map((object) => ({ ...view(object, "", [], object.value), editable: object.origin.kind === "file" })),
  ];
});

function view(object: KubeObject<object>, source: string, base: Path, configuration: object): Kubelet {
  const value = isJsonObject(configuration) ? configuration : {};
  return {
    object,
    source,
    base,
    editable: false,
    flagFor: () => undefined,
    setting: (path) => valueAt(value, path) ?? valueAt(FILE_DEFAULTS, path),
  };
}

function startedKubelet(evidence: EvidenceOf<"flags">, file: KubeObject<object> | undefined): Kubelet {
  const flagOf = (path: Path): FieldFlag | undefined =>
    FIELD_FLAGS.find((field) => field.path.join("/") === path.join("/") && Object.hasOwn(evidence.flags, field.flag));
  const value: JsonObject = file !== undefined && isJsonObject(file.value) ? file.value : {};
  // A file that is named but was not read leaves what flags do not say unknown.
  const defaults = file !== undefined ? FILE_DEFAULTS : Object.hasOwn(evidence.flags, "config") ? {} : FLAG_DEFAULTS;
  return {
    object: file ?? evidence.object,
    source: file === undefined ? readAt(evidence) : "",
    base: [],
    editable: file?.origin.kind === "file",
    flagFor(path) {
      const field = flagOf(path);
      return field === undefined ? undefined : `--${field.flag}=${evidence.flags[field.flag] ?? ""}`;
    },
    setting(path) {
      const field = flagOf(path);
      return field?.read(evidence.flags[field.flag] ?? "") ?? valueAt(value, path) ?? valueAt(defaults, path);
    },
  };
}

function isConfigOf({ origin }: KubeObject<object>, { flags }: EvidenceOf<"flags">): boolean {
  const path = flags["config"];
  return path !== undefined && path !== "" && origin.kind === "file" && origin.file.endsWith(path);
}

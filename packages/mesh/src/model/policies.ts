import {
  type ClusterSnapshot,
  type JsonObject,
  type KubeObject,
  type Path,
  isJsonObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
  snapshotModel,
} from "@redoubt/kube";

/** The namespace whose policies hold for the whole mesh, as Istio is installed by default. */
export const ROOT_NAMESPACE = "istio-system";

export type MtlsMode = "UNSET" | "DISABLE" | "PERMISSIVE" | "STRICT";

/** What every Istio security policy has. */
interface PolicyBase {
  readonly object: KubeObject<object>;
  readonly namespace: string;
  readonly name: string;
  /** The labels that a pod must carry; undefined when the policy has no selector and holds for its whole scope. */
  readonly selector: Readonly<Record<string, string>> | undefined;
  /** Gateways and waypoints that the policy is attached to: sidecars ignore it. */
  readonly attached: boolean;
}

export interface PeerAuthenticationView extends PolicyBase {
  readonly mode: MtlsMode;
  /** By container port, as written. */
  readonly portModes: ReadonlyMap<string, MtlsMode>;
}

/** One entry of `from`, `to` or `when`: the values of each field that has any. */
export interface MatchView {
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly path: Path;
}

export interface ConditionView {
  readonly key: string;
  readonly values: readonly string[];
  readonly notValues: readonly string[];
  readonly path: Path;
}

export interface AuthorizationRuleView {
  readonly from: readonly MatchView[];
  readonly to: readonly MatchView[];
  readonly when: readonly ConditionView[];
  readonly path: Path;
}

export interface AuthorizationPolicyView extends PolicyBase {
  /** As written; ALLOW when absent. */
  readonly action: string;
  /** Undefined when absent, which is not the same as a list with an empty rule. */
  readonly rules: readonly AuthorizationRuleView[] | undefined;
  readonly provider: string | undefined;
  /** Annotated istio.io/dry-run: evaluated and logged, never enforced. */
  readonly dryRun: boolean;
}

export interface RequestAuthenticationView extends PolicyBase {
  readonly issuers: readonly string[];
}

/** The security policies of a snapshot. */
export interface MeshPolicies {
  readonly peerAuthentications: readonly PeerAuthenticationView[];
  readonly authorizationPolicies: readonly AuthorizationPolicyView[];
  readonly requestAuthentications: readonly RequestAuthenticationView[];
}

const GROUP = "security.istio.io";

/** Reads the security policies of a snapshot; the result is kept for as long as the snapshot is. */
export const meshPolicies: (snapshot: ClusterSnapshot) => MeshPolicies = snapshotModel((snapshot) => ({
  peerAuthentications: snapshot.listUntyped(GROUP, "PeerAuthentication").map(peerAuthentication),
  authorizationPolicies: snapshot.listUntyped(GROUP, "AuthorizationPolicy").map(authorizationPolicy),
  requestAuthentications: snapshot.listUntyped(GROUP, "RequestAuthentication").map((object) => ({
    ...base(object),
    issuers: listAt(object.value, ["spec", "jwtRules"]).flatMap((rule) => stringAt(rule, ["issuer"]) ?? []),
  })),
}));

function base(object: KubeObject<object>): PolicyBase {
  const labels = objectAt(object.value, ["spec", "selector", "matchLabels"]) ?? {};
  const selector = stringEntries(labels);
  return {
    object,
    namespace: object.namespace,
    name: object.name,
    // An empty selector holds for the whole scope, as none does.
    selector: Object.keys(selector).length === 0 ? undefined : selector,
    attached:
      listAt(object.value, ["spec", "targetRefs"]).length > 0 ||
      objectAt(object.value, ["spec", "targetRef"]) !== undefined,
  };
}

function stringEntries(labels: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function peerAuthentication(object: KubeObject<object>): PeerAuthenticationView {
  const ports = objectAt(object.value, ["spec", "portLevelMtls"]) ?? {};
  return {
    ...base(object),
    mode: mtlsMode(stringAt(object.value, ["spec", "mtls", "mode"])),
    portModes: new Map(Object.entries(ports).map(([port, value]) => [port, mtlsMode(stringAt(value, ["mode"]))])),
  };
}

function mtlsMode(text: string | undefined): MtlsMode {
  return text === "STRICT" || text === "PERMISSIVE" || text === "DISABLE" ? text : "UNSET";
}

function authorizationPolicy(object: KubeObject<object>): AuthorizationPolicyView {
  const spec = objectAt(object.value, ["spec"]) ?? {};
  const rules = Array.isArray(spec["rules"]) ? listAt(spec, ["rules"]) : undefined;
  return {
    ...base(object),
    action: stringAt(spec, ["action"]) ?? "ALLOW",
    rules: rules?.map((rule, index) => authorizationRule(rule, ["spec", "rules", index])),
    provider: stringAt(spec, ["provider", "name"]),
    dryRun: object.annotations["istio.io/dry-run"] === "true",
  };
}

function authorizationRule(rule: unknown, path: Path): AuthorizationRuleView {
  const matches = (list: string, inner: string): readonly MatchView[] =>
    listAt(rule, [list]).map((item, index) => ({
      fields: matchFields(objectAt(item, [inner])),
      path: [...path, list, index, inner],
    }));
  return {
    from: matches("from", "source"),
    to: matches("to", "operation"),
    when: listAt(rule, ["when"]).map((item, index) => ({
      key: stringAt(item, ["key"]) ?? "",
      values: stringsAt(item, ["values"]),
      notValues: stringsAt(item, ["notValues"]),
      path: [...path, "when", index],
    })),
    path,
  };
}

function matchFields(value: JsonObject | undefined): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, readonly string[]>();
  if (!isJsonObject(value)) return fields;
  for (const key of Object.keys(value)) {
    const values = stringsAt(value, [key]);
    if (values.length > 0) fields.set(key, values);
  }
  return fields;
}

/** Where a live object says something else than the file it came from, in fields that matter to security. */
import {
  type JsonValue,
  type KubeObject,
  type Path,
  compareSecurityFields,
  isJsonObject,
  jsonText,
  objectAt,
  podSecurityFields,
  stringAt,
  toFieldPath,
  toWorkload,
  valueAt,
} from "@redoubt/kube";

/** One field that differs. `undefined`: it is not there. */
export interface FieldDrift {
  /** Inside the live object. */
  readonly path: Path;
  /** As messages name it. */
  readonly field: string;
  readonly inFile: JsonValue | undefined;
  readonly inCluster: JsonValue | undefined;
  /** Values that must not be shown. */
  readonly hidden: boolean;
}

/** Groups whose objects are policy throughout. */
const POLICY_GROUPS: ReadonlySet<string> = new Set([
  "admissionregistration.k8s.io",
  "security.istio.io",
  "networking.istio.io",
  "cilium.io",
  "projectcalico.org",
  "crd.projectcalico.org",
  "policy.networking.k8s.io",
  "kyverno.io",
  "templates.gatekeeper.sh",
  "constraints.gatekeeper.sh",
  "config.gatekeeper.sh",
  "external-secrets.io",
  "policy.sigstore.dev",
]);

/** Top-level fields that are compared, by kind. Of Secrets nothing is: their values are never looked at. */
const FIELDS: Readonly<Record<string, readonly Path[]>> = {
  "networking.k8s.io/NetworkPolicy": [["spec"]],
  "networking.k8s.io/Ingress": [["spec"]],
  ServiceAccount: [["automountServiceAccountToken"], ["imagePullSecrets"]],
  Service: [
    ["spec", "type"],
    ["spec", "externalIPs"],
    ["spec", "externalName"],
    ["spec", "selector"],
    ["spec", "loadBalancerSourceRanges"],
  ],
};

export function compareObjects(file: KubeObject<object>, live: KubeObject<object>): readonly FieldDrift[] {
  const [fromFile, fromCluster] = [toWorkload(file), toWorkload(live)];
  if (fromFile !== undefined && fromCluster !== undefined) {
    const pods = compareSecurityFields(
      podSecurityFields(fromFile.podMetadata, fromFile.podSpec),
      podSecurityFields(fromCluster.podMetadata, fromCluster.podSpec),
    ).map(({ left, right }): FieldDrift => {
      const path = [...fromCluster.templatePath, ...(right?.path ?? left?.path ?? [])];
      return {
        path,
        field: toFieldPath(path),
        inFile: left?.value,
        inCluster: right?.value,
        hidden: left?.hidden === true || right?.hidden === true,
      };
    });
    return [...pods, ...missing(file, live, [...fromCluster.templatePath, "metadata", "labels"])];
  }
  const kind = file.known ?? `${file.group}/${file.kind}`;
  if (kind === "Namespace") return namespaceLabels(file, live);
  if (file.group === "rbac.authorization.k8s.io") return compareRbac(file, live);
  if (kind === "networking.k8s.io/NetworkPolicy") return comparePolicies(file, live);
  const paths = FIELDS[kind] ?? (POLICY_GROUPS.has(file.group) ? ownFields(file) : []);
  return paths.flatMap((path) => missing(file, live, path));
}

function ownFields({ value }: KubeObject<object>): readonly Path[] {
  return Object.keys(value)
    .filter((key) => !["apiVersion", "kind", "metadata", "status"].includes(key))
    .map((key) => [key]);
}

/** What the file says and the cluster does not; what the cluster has beyond that is the server's defaults. Lists are compared whole. */
function missing(file: KubeObject<object>, live: KubeObject<object>, path: Path): readonly FieldDrift[] {
  return missingBelow(jsonAt(file.value, path), jsonAt(live.value, path), path);
}

function missingBelow(
  inFile: JsonValue | undefined,
  inCluster: JsonValue | undefined,
  path: Path,
): readonly FieldDrift[] {
  if (inFile === undefined || isUnset(inFile)) return [];
  if (isJsonObject(inFile) && isJsonObject(inCluster)) {
    return Object.entries(inFile).flatMap(([key, value]) =>
      missingBelow(value, Object.hasOwn(inCluster, key) ? inCluster[key] : undefined, [...path, key]),
    );
  }
  if (Array.isArray(inFile) && Array.isArray(inCluster) && inFile.length === inCluster.length) {
    return inFile.flatMap((item, index) => missingBelow(item, inCluster[index], [...path, index]));
  }
  // Go leaves false and 0 out when it writes an object.
  if ((inFile === false || inFile === 0) && inCluster === undefined) return [];
  if (inFile === inCluster) return [];
  return [{ path, field: toFieldPath(path), inFile, inCluster, hidden: false }];
}

function isUnset(value: JsonValue): boolean {
  if (value === null || value === "") return true;
  return Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
}

const NAMESPACE_LABEL = /^(?:pod-security\.kubernetes\.io\/|istio-injection$|istio\.io\/|admission\.gatekeeper\.sh\/)/;

/** Labels by which admission decides, in both directions. */
function namespaceLabels(file: KubeObject<object>, live: KubeObject<object>): readonly FieldDrift[] {
  const names = new Set([...Object.keys(file.labels), ...Object.keys(live.labels)]);
  return [...names]
    .filter((name) => NAMESPACE_LABEL.test(name))
    .toSorted()
    .flatMap((name) => exactly(file.labels[name], live.labels[name], ["metadata", "labels", name]));
}

function compareRbac(file: KubeObject<object>, live: KubeObject<object>): readonly FieldDrift[] {
  const both = (path: Path, read: (value: unknown) => JsonValue): readonly FieldDrift[] =>
    exactly(read(jsonAt(file.value, path)), read(jsonAt(live.value, path)), path);
  if (file.kind.endsWith("Binding")) {
    const subjects = (object: KubeObject<object>): JsonValue =>
      listOf(jsonAt(object.value, ["subjects"]))
        .map((subject) => subjectText(subject, object.namespace))
        .toSorted();
    return [
      ...both(["roleRef", "kind"], textOf),
      ...both(["roleRef", "name"], textOf),
      ...exactly(subjects(file), subjects(live), ["subjects"]),
    ];
  }
  // A controller writes the rules of an aggregated role.
  if (objectAt(file.value, ["aggregationRule"]) !== undefined) return missing(file, live, ["aggregationRule"]);
  return both(["rules"], (rules) => listOf(rules).map(ruleText).toSorted());
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function subjectText(subject: unknown, namespace: string): string {
  const kind = stringAt(subject, ["kind"]) ?? "";
  const name = stringAt(subject, ["name"]) ?? "";
  return kind === "ServiceAccount"
    ? `${kind} ${stringAt(subject, ["namespace"]) ?? namespace}/${name}`
    : `${kind} ${name}`;
}

function ruleText(rule: unknown): string {
  const fields = ["apiGroups", "resources", "nonResourceURLs", "resourceNames", "verbs"];
  return fields
    .flatMap((field) => {
      const values = listOf(valueOf(rule, field)).map(String).toSorted();
      return values.length === 0 ? [] : [`${field} ${values.map((value) => value || '""').join(",")}`];
    })
    .join("; ");
}

/** Absent rules and types mean something here: what the cluster has beyond the file counts too. */
function comparePolicies(file: KubeObject<object>, live: KubeObject<object>): readonly FieldDrift[] {
  return [
    ...exactly(policyTypes(file), policyTypes(live), ["spec", "policyTypes"]),
    ...exactly(podSelector(file), podSelector(live), ["spec", "podSelector"]),
    ...exactly(policyRules(file, "ingress"), policyRules(live, "ingress"), ["spec", "ingress"]),
    ...exactly(policyRules(file, "egress"), policyRules(live, "egress"), ["spec", "egress"]),
  ];
}

/** As the API server defaults them: Ingress, and Egress where there is an egress rule. */
function policyTypes({ value }: KubeObject<object>): JsonValue {
  const given = listOf(jsonAt(value, ["spec", "policyTypes"])).map(String);
  const byDefault = ["Ingress", ...(listOf(jsonAt(value, ["spec", "egress"])).length > 0 ? ["Egress"] : [])];
  return (given.length > 0 ? given : byDefault).toSorted();
}

function podSelector({ value }: KubeObject<object>): JsonValue {
  return jsonAt(value, ["spec", "podSelector"]) ?? {};
}

function policyRules({ value }: KubeObject<object>, direction: "ingress" | "egress"): JsonValue {
  return withProtocol(listOf(jsonAt(value, ["spec", direction])));
}

function withProtocol(rules: readonly JsonValue[]): JsonValue {
  return rules.map((rule) => {
    if (!isJsonObject(rule) || !Array.isArray(rule["ports"])) return rule;
    return { ...rule, ports: rule["ports"].map((port) => (isJsonObject(port) ? { protocol: "TCP", ...port } : port)) };
  });
}

function exactly(inFile: JsonValue | undefined, inCluster: JsonValue | undefined, path: Path): readonly FieldDrift[] {
  if (canonical(inFile) === canonical(inCluster)) return [];
  return [{ path, field: toFieldPath(path), inFile, inCluster, hidden: false }];
}

/** JSON with sorted keys and without what is unset, so that equal meaning is equal text. */
function canonical(value: JsonValue | undefined): string {
  return value === undefined ? "" : jsonText(ordered(value));
}

function ordered(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== null)
      .map(([key, child]): [string, JsonValue] => [key, ordered(child)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function listOf(value: unknown): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function valueOf(value: unknown, key: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function jsonAt(value: object, path: Path): JsonValue | undefined {
  return isJsonObject(value) ? valueAt(value, path) : undefined;
}

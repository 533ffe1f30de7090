import { type JsonObject, snapshotFromText } from "@redoubt/kube";
import * as fc from "fast-check";
import { type AccessIndex, indexAccess } from "../engine/access-index.ts";
import type { AccessRequest } from "../engine/authorizer.ts";
import { accessModel } from "../model/access.ts";

const API_VERSION = "rbac.authorization.k8s.io/v1";
const GROUPS = ["", "apps", "*"];
const RESOURCES = ["pods", "pods/log", "*/log", "*", "pods/*", "deployments"];
const VERBS = ["get", "create", "*"];
const NAMES = ["a", "b"];
const URLS = ["/healthz", "/healthz/*", "*", "/api*"];
const NAMESPACES = ["one", "two"];
const LABELS = ["blue", "red"];

const some = (values: readonly string[]): fc.Arbitrary<string[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
const resourceRule = fc.record({
  apiGroups: some(GROUPS),
  resources: some(RESOURCES),
  verbs: some(VERBS),
  resourceNames: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some(NAMES) }),
});
const urlRule = fc.record({ nonResourceURLs: some(URLS), verbs: some(VERBS) });
const subject = fc.oneof(
  fc.record({ kind: fc.constantFrom("User", "Group"), name: fc.constantFrom("u", "v", "system:serviceaccount:one:a") }),
  fc.record({
    kind: fc.constant("ServiceAccount"),
    name: fc.constantFrom("a", "b"),
    namespace: fc.constantFrom("one", "two"),
  }),
  fc.record({ kind: fc.constant("ServiceAccount"), name: fc.constantFrom("a", "b") }),
);
const roleNames = ["r", "s", "t"];

const clusterRole = fc.record({
  kind: fc.constant("ClusterRole"),
  metadata: fc.record({
    name: fc.constantFrom(...roleNames),
    labels: fc
      .uniqueArray(fc.constantFrom(...LABELS))
      .map((names) => Object.fromEntries(names.map((name) => [name, "true"]))),
  }),
  rules: fc.array(fc.oneof(resourceRule, urlRule), { maxLength: 3 }),
});
const aggregated = fc.record({
  kind: fc.constant("ClusterRole"),
  metadata: fc.record({ name: fc.constantFrom("s", "t"), labels: fc.constant({}) }),
  aggregationRule: fc
    .constantFrom(...LABELS)
    .map((label) => ({ clusterRoleSelectors: [{ matchLabels: { [label]: "true" } }] })),
});
const role = fc.record({
  kind: fc.constant("Role"),
  metadata: fc.record({ name: fc.constantFrom(...roleNames), namespace: fc.constantFrom(...NAMESPACES) }),
  rules: fc.array(resourceRule, { maxLength: 3 }),
});
const roleRef = (kinds: readonly string[]): fc.Arbitrary<object> =>
  fc.record({ kind: fc.constantFrom(...kinds), name: fc.constantFrom(...roleNames, "missing") });
const bindings = fc.oneof(
  fc.record({
    kind: fc.constant("ClusterRoleBinding"),
    metadata: fc.record({ name: fc.constantFrom("x", "y", "z") }),
    roleRef: roleRef(["ClusterRole"]),
    subjects: fc.array(subject, { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant("RoleBinding"),
    metadata: fc.record({ name: fc.constantFrom("x", "y", "z"), namespace: fc.constantFrom(...NAMESPACES) }),
    roleRef: roleRef(["Role", "ClusterRole"]),
    subjects: fc.array(subject, { maxLength: 3 }),
  }),
);

/** Clusters so small and names so few that rules and bindings meet one another. */
export const generatedAccess: fc.Arbitrary<{ readonly index: AccessIndex; readonly objects: readonly JsonObject[] }> =
  fc
    .uniqueArray(fc.oneof(clusterRole, aggregated, role, bindings), {
      maxLength: 14,
      selector: ({ kind, metadata }) => `${kind} ${"namespace" in metadata ? metadata.namespace : ""} ${metadata.name}`,
    })
    .map((values) => {
      const objects = values.map((value): JsonObject => ({
        apiVersion: API_VERSION,
        ...JSON.parse(JSON.stringify(value)),
      }));
      const text = objects.map((object) => JSON.stringify(object)).join("\n---\n");
      return { index: indexAccess(accessModel(snapshotFromText(text)), "files"), objects };
    });

export const generatedRequest: fc.Arbitrary<AccessRequest> = fc.oneof(
  fc.record({
    kind: fc.constant("resource" as const),
    verb: fc.constantFrom("get", "create", "delete"),
    group: fc.constantFrom("", "apps"),
    resource: fc.constantFrom("pods", "deployments"),
    subresource: fc.constantFrom("", "log"),
    namespace: fc.constantFrom("", ...NAMESPACES),
    name: fc.constantFrom("", "a", "c"),
  }),
  fc.record({
    kind: fc.constant("url" as const),
    verb: fc.constantFrom("get", "delete"),
    url: fc.constantFrom("/healthz", "/healthz/ready", "/apis", "/metrics"),
  }),
);

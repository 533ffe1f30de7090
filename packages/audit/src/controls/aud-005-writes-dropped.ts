import type { Control } from "@redoubt/control";
import { auditPoliciesOf } from "../model/given.ts";
import type { PolicyRule } from "../model/policy.ts";

const WRITES = ["create", "update", "patch", "delete", "deletecollection"];
/** Written all the time by the control plane, and holding nothing that an investigation asks for. */
const NOISE = new Set([
  "events",
  "events/status",
  "leases",
  "endpoints",
  "endpointslices",
  "nodes/status",
  "pods/status",
]);
const WIDE_GROUPS = ["system:authenticated", "system:unauthenticated", "system:masters", "system:serviceaccounts"];
const WIDE_USERS = new Set([
  "system:anonymous",
  "system:admin",
  "kubernetes-admin",
  "kubernetes-super-admin",
  "system:unsecured",
]);

export const writesNotDropped: Control = {
  id: "AUD-005",
  title: "No rule drops changes made by people or workloads",
  layer: "cluster",
  item: "audit-logging",
  severity: "high",
  references: [
    { framework: "CIS", version: "1.11", id: "3.2.2" },
    { framework: "NSA-CISA", version: "1.2", id: "Audit logging & threat detection" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
    { framework: "OWASP-K8S", version: "2025", id: "K10" },
  ],
  rationale:
    "Level None is for the control plane's own noise. On changes by people or by workloads it removes the record of what an intruder did.",
  remediation:
    "Limit the rule to read verbs, to a control-plane user, or to resources such as events and leases; record the rest at Metadata.",
  examples: {
    failing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  userGroups: ["system:serviceaccounts"]
- level: Metadata
`,
    passing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  users: ["system:kube-proxy"]
  verbs: [watch]
  resources:
  - resources: [endpoints, services]
- level: Metadata
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { object, policy } of auditPoliciesOf(snapshot)) {
      let dropped = false;
      for (const [index, rule] of policy.rules.entries()) {
        const verbs = droppedWrites(rule);
        if (verbs.length === 0) continue;
        dropped = true;
        report.fail(object, {
          message: `rule ${index + 1} drops ${rule.verbs.length === 0 ? "every change" : verbs.join(", ")} ${describeTarget(rule)} by ${describeWho(rule)}: level None`,
          path: ["rules", index, "level"],
        });
      }
      if (!dropped && policy.rules.length > 0) report.pass(object);
    }
  },
};

function droppedWrites(rule: PolicyRule): readonly string[] {
  if (rule.level !== "None" || rule.nonResourceURLs.length > 0 || isNarrow(rule) || isOnlyNoise(rule)) return [];
  return rule.verbs.length === 0 ? WRITES : WRITES.filter((verb) => rule.verbs.includes(verb));
}

/** Names control-plane users or groups only. */
function isNarrow({ users, userGroups }: PolicyRule): boolean {
  if (users.length + userGroups.length === 0) return false;
  const usersAreNarrow = users.length > 0 && users.every((user) => user.startsWith("system:") && !WIDE_USERS.has(user));
  const groupsAreNarrow =
    userGroups.length > 0 &&
    userGroups.every(
      (group) =>
        group.startsWith("system:") && !WIDE_GROUPS.some((wide) => group === wide || group.startsWith(`${wide}:`)),
    );
  return usersAreNarrow || groupsAreNarrow;
}

/** ConfigMaps that are named one by one are the locks of older leader elections. */
function isOnlyNoise({ resources }: PolicyRule): boolean {
  return (
    resources.length > 0 &&
    resources.every(
      (entry) =>
        entry.resources.length > 0 &&
        entry.resources.every((name) => isNoise(name) || (entry.resourceNames.length > 0 && name === "configmaps")),
    )
  );
}

function isNoise(resource: string): boolean {
  return NOISE.has(resource) || NOISE.has(resource.replace(/\/\*$/, ""));
}

function describeTarget({ resources, namespaces }: PolicyRule): string {
  const names = resources.flatMap((entry) =>
    entry.resources.length === 0 ? [`everything in group ${JSON.stringify(entry.group)}`] : entry.resources,
  );
  const where =
    namespaces.length === 0 ? "" : ` in ${namespaces.map((name) => (name === "" ? "cluster scope" : name)).join(", ")}`;
  return `${names.length === 0 ? "of any resource" : `of ${names.join(", ")}`}${where}`;
}

function describeWho({ users, userGroups }: PolicyRule): string {
  const who = [...users.map((user) => `user ${user}`), ...userGroups.map((group) => `group ${group}`)];
  return who.length === 0 ? "anyone" : who.join(", ");
}

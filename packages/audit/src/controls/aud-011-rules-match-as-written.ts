import type { Control } from "@redoubt/control";
import type { Path } from "@redoubt/kube";
import { auditPoliciesOf } from "../model/given.ts";
import type { PolicyRule } from "../model/policy.ts";
import { groupOfResource } from "../model/resource-groups.ts";

const RESOURCE_VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "proxy"];
const HTTP_METHODS = ["get", "post", "put", "patch", "delete", "head", "options", "connect", "trace"];

export const rulesMatchAsWritten: Control = {
  id: "AUD-011",
  title: "Audit rules use values that can match",
  layer: "cluster",
  item: "audit-logging",
  severity: "medium",
  references: [{ framework: "CIS", version: "1.11", id: "3.2.2" }],
  rationale:
    "Audit rules compare names exactly and know few wildcards. A value that can never match makes a rule that looks right and does nothing, and the next rule decides instead.",
  remediation:
    "Leave a list out to match everything; name users, groups and namespaces in full; give resources their API group.",
  examples: {
    failing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: RequestResponse
  verbs: ["*"]
  resources:
  - resources: [deployments]
- level: Metadata
`,
    passing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: RequestResponse
  resources:
  - group: apps
    resources: [deployments]
- level: Metadata
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { object, policy } of auditPoliciesOf(snapshot)) {
      const traps = policy.rules.flatMap((rule, index) => trapsOf(rule, index));
      if (traps.length === 0 && policy.rules.length > 0) report.pass(object);
      for (const trap of traps) report.fail(object, trap);
    }
  },
};

function trapsOf(rule: PolicyRule, index: number): readonly { path: Path; message: string }[] {
  const traps: { path: Path; message: string }[] = [];
  const at: Path = ["rules", index];
  rule.verbs.forEach((verb, position) => {
    const path = [...at, "verbs", position];
    const known = rule.nonResourceURLs.length > 0 ? HTTP_METHODS : [...RESOURCE_VERBS, ...HTTP_METHODS];
    if (verb === "*")
      traps.push({
        path,
        message: `verb "*" matches no request, verbs know no wildcard: leave verbs out of rule ${index + 1} to match all`,
      });
    else if (!known.includes(verb) && known.includes(verb.toLowerCase()))
      traps.push({
        path,
        message: `verb ${JSON.stringify(verb)} matches no request: verbs are lower-case, ${JSON.stringify(verb.toLowerCase())}`,
      });
  });
  for (const field of ["users", "userGroups", "namespaces"] as const)
    rule[field].forEach((name, position) => {
      if (name.includes("*"))
        traps.push({
          path: [...at, field, position],
          message: `${JSON.stringify(name)} matches nobody and nothing: ${field} are compared exactly, "*" is no wildcard`,
        });
    });
  rule.resources.forEach((entry, position) =>
    entry.resources.forEach((resource, place) => {
      const path = [...at, "resources", position, "resources", place];
      const group = groupOfResource(resource);
      if (resource === "*/*")
        traps.push({ path, message: '"*/*" matches nothing: "*" alone matches resources and subresources' });
      else if (entry.group === "" && group !== undefined)
        traps.push({
          path,
          message: `${resource} is in group ${group}; without \`group: ${group}\` this rule looks for it in the core group, where it is not`,
        });
      else if (resource !== resource.toLowerCase())
        traps.push({
          path,
          message: `${JSON.stringify(resource)} matches nothing: resources are lower-case plurals, such as "pods"`,
        });
    }),
  );
  return traps;
}

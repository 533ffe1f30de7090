import type { Control } from "@redoubt/control";
import { USER_FACING_AGGREGATES, rolesFedBy } from "../engine/aggregation.ts";
import { openedBy } from "../engine/dangerous-permissions.ts";
import { listed } from "../engine/holders.ts";
import { accessModel } from "../model/access.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";
import { type DangerousPermission, PERMISSIONS } from "../model/permissions.ts";

export const aggregatedExtras: Control = {
  id: "RBAC-031",
  title: "What is added to view, edit and admin",
  layer: "cluster",
  item: "rbac",
  severity: "high",
  references: [...cis("5.1.3"), nsa, attack("T1098.006"), owasp],
  rationale:
    "A ClusterRole labelled aggregate-to-view flows into the built-in view role, and from there into edit and admin: everyone who holds one of them gains it, although no binding changed.",
  remediation: "Give roles with more than reading harmless kinds a binding of their own instead of the label.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: more
  labels:
    rbac.authorization.k8s.io/aggregate-to-view: "true"
rules:
  - apiGroups: [""]
    resources: [secrets]
    verbs: [get, list]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: more
  labels:
    rbac.authorization.k8s.io/aggregate-to-view: "true"
rules:
  - apiGroups: [example.com]
    resources: [widgets]
    verbs: [get, list]
`,
  },
  fixable: false,
  check(snapshot, report) {
    const model = accessModel(snapshot);
    for (const role of model.roles) {
      const target = USER_FACING_AGGREGATES.find((name) => rolesFedBy(model, role).includes(name));
      if (target === undefined || role.bootstrap || role.name === target) continue;
      let failed = false;
      for (const [index, rule] of role.rules.entries()) {
        const extra = openedBy(rule, "ClusterRole")
          .filter((permission) => !ALREADY_IN[target].has(permission))
          .map(({ opens }) => opens);
        const writes = target === "view" ? (rule.verbs ?? []).filter((verb) => !READS.has(verb)) : [];
        if (extra.length === 0 && writes.length === 0) continue;
        failed = true;
        const gained = extra.length > 0 ? listed(extra) : `${listed(writes)} ${listed(rule.resources ?? [])}`;
        report.fail(role.object, {
          message: `ClusterRole ${role.name} is aggregated into the built-in role ${target}, so everyone who holds ${target} anywhere can ${gained} there.`,
          path: ["rules", index],
          severity: extra.length > 0 ? "high" : "medium",
        });
      }
      if (!failed) report.pass(role.object);
    }
  },
};

const READS: ReadonlySet<string> = new Set(["get", "list", "watch"]);

const EDIT: ReadonlySet<DangerousPermission> = new Set([
  PERMISSIONS.readSecrets,
  PERMISSIONS.writeSecrets,
  PERMISSIONS.runWorkloads,
  PERMISSIONS.execIntoPods,
  PERMISSIONS.reachPodPorts,
  PERMISSIONS.issueTokens,
]);

/** What the built-in roles hold without any addition. */
const ALREADY_IN: Readonly<Record<(typeof USER_FACING_AGGREGATES)[number], ReadonlySet<DangerousPermission>>> = {
  view: new Set(),
  edit: EDIT,
  admin: new Set([...EDIT, PERMISSIONS.writeRbac]),
};

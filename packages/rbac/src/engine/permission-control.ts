import type { Control } from "@redoubt/control";
import { accessModel } from "../model/access.ts";
import type { DangerousPermission } from "../model/permissions.ts";
import { describeTargets, effectiveReach, hitSeverity, permissionHit } from "./dangerous-permissions.ts";
import { describeGrants, grantsOf } from "./holders.ts";
import { capitalised } from "./sentence.ts";

/**
 * A control that reports every rule that gives a dangerous permission, with who holds it. Rules that reach it through
 * `resources: ["*"]` are the wildcard controls' to report, with all that they open; built-in roles are as the API
 * server made them. An aggregated ClusterRole's rules are reported where they come from.
 */
export function permissionControl(
  permission: DangerousPermission,
  metadata: Omit<Control, "check" | "fixable" | "item" | "layer" | "severity">,
): Control {
  return {
    ...metadata,
    layer: "cluster",
    item: "rbac",
    severity: permission.severity.cluster,
    fixable: false,
    check(snapshot, report) {
      const model = accessModel(snapshot);
      for (const role of model.roles) {
        if (role.bootstrap || role.aggregationRule !== undefined) continue;
        const grants = grantsOf(model, role);
        let judged = true;
        let failed = false;
        for (const [index, rule] of role.rules.entries()) {
          if (rule.resources?.includes("*") === true) {
            judged = false;
            continue;
          }
          const hit = permissionHit(rule, permission);
          if (hit === undefined) continue;
          // A Role cannot grant what is cluster-scoped: that the rule is dead is another control's finding.
          const hits = role.kind === "Role" ? hit.namespacedHits : hit.hits;
          if (hits.length === 0) continue;
          failed = true;
          const effective = effectiveReach(hit, grants) === "unbound" ? [] : grants;
          const namespaced =
            hit.namespacedHits.length === 0 ? undefined : describeTargets(hit.namespacedHits, hit.resourceNames);
          const who = describeGrants(effective, describeTargets(hits, hit.resourceNames), namespaced);
          report.fail(role.object, {
            message: `${capitalised(who)}: ${permission.consequence}.`,
            path: ["rules", index, "resources", hit.resourceIndex],
            severity: hitSeverity(permission, hit, grants),
          });
        }
        if (judged && !failed) report.pass(role.object);
      }
    },
  };
}

import type { Control, ControlReport, Severity } from "@redoubt/control";
import type { PolicyRule } from "@redoubt/kube";
import { type RoleView, accessModel } from "../model/access.ts";
import type { Reach } from "../model/permissions.ts";
import { openedBy } from "./dangerous-permissions.ts";
import { describeGrants, grantsOf, listed, reachOf } from "./holders.ts";
import { capitalised } from "./sentence.ts";
import { gravest } from "./severity.ts";

/** Whether a rule grants every verb on every resource; `apiGroups` may still be limited. */
export function isFullWildcard(rule: PolicyRule): boolean {
  return hasWildcard(rule.verbs) && hasWildcard(rule.resources);
}

export function hasWildcard(values: readonly string[] | undefined): boolean {
  return values?.includes("*") ?? false;
}

/** What is wrong with one rule that uses a wildcard. */
export interface WildcardVerdict {
  /** What its holders can do, as in "can ...". */
  readonly action: string;
  /** What follows from it. */
  readonly consequence: string;
  readonly severity: Severity;
  readonly field: "verbs" | "resources" | "apiGroups";
}

/** Judges every rule of every role that is not built in; a role without a failing rule passes. */
export function checkWildcards(
  judge: (rule: PolicyRule, reach: Reach, role: RoleView) => WildcardVerdict | undefined,
): Control["check"] {
  return (snapshot, report: ControlReport) => {
    const model = accessModel(snapshot);
    for (const role of model.roles) {
      if (role.bootstrap || role.aggregationRule !== undefined) continue;
      const grants = grantsOf(model, role);
      let failed = false;
      for (const [index, rule] of role.rules.entries()) {
        const verdict = judge(rule, reachOf(grants), role);
        if (verdict === undefined) continue;
        failed = true;
        const { action, consequence, severity, field } = verdict;
        report.fail(role.object, {
          message: `${capitalised(describeGrants(grants, action))}: ${consequence}.`,
          path: ["rules", index, field, rule[field]?.indexOf("*") ?? 0],
          severity,
        });
      }
      if (!failed) report.pass(role.object);
    }
  };
}

/** What a wildcard rule opens, in words, with the gravest severity of it. */
export function openings(
  rule: PolicyRule,
  role: RoleView,
  reach: Reach,
): { text: string; severity: Severity | undefined } {
  const opened = openedBy(rule, role.kind);
  return {
    text: listed(opened.map(({ opens }) => opens)),
    severity: gravest(opened.map(({ severity }) => severity[reach])),
  };
}

/** `every API group`, or the groups by name. */
export function describeGroups(groups: readonly string[] | undefined): string {
  if (hasWildcard(groups)) return "every API group";
  return `API group ${listed((groups ?? []).map((group) => (group === "" ? '""' : group)))}`;
}

import type { Control, ControlReport, Fix, Severity } from "@redoubt/control";
import type { ClusterSnapshot, PolicyRule } from "@redoubt/kube";
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
  /** What the wildcard stands for, where that is known exactly, and what is lost by writing it out. */
  readonly exactly?: { readonly values: readonly string[]; readonly caution: string };
}

/** Judges every rule of every role that is not built in; a role without a failing rule passes. */
export function checkWildcards(
  judge: (rule: PolicyRule, reach: Reach, role: RoleView, snapshot: ClusterSnapshot) => WildcardVerdict | undefined,
): Control["check"] {
  return (snapshot, report: ControlReport) => {
    const model = accessModel(snapshot);
    for (const role of model.roles) {
      if (role.bootstrap || role.aggregationRule !== undefined) continue;
      const grants = grantsOf(model, role);
      let failed = false;
      for (const [index, rule] of role.rules.entries()) {
        const verdict = judge(rule, reachOf(grants), role, snapshot);
        if (verdict === undefined) continue;
        failed = true;
        const { action, consequence, severity, field, exactly } = verdict;
        report.fail(role.object, {
          message: `${capitalised(describeGrants(grants, action))}: ${consequence}.`,
          path: ["rules", index, field, rule[field]?.indexOf("*") ?? 0],
          severity,
          ...(exactly === undefined ? {} : { fix: writtenOut(index, field, exactly) }),
        });
      }
      if (!failed) report.pass(role.object);
    }
  };
}

function writtenOut(
  index: number,
  field: WildcardVerdict["field"],
  { values, caution }: NonNullable<WildcardVerdict["exactly"]>,
): Fix {
  return {
    description: `write out what ${field} of rule ${index} stands for: ${values.map((value) => (value === "" ? '""' : value)).join(", ")}`,
    edits: [{ op: "set", path: ["rules", index, field], value: [...values] }],
    caution,
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

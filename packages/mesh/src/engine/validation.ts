import type { Path } from "@redoubt/kube";
import type { AuthorizationPolicyView, AuthorizationRuleView } from "../model/policies.ts";
import { IDENTITY_FIELDS } from "./authorization-rules.ts";

/** Why Istio's webhook refuses an AuthorizationPolicy; the message is a clause. */
export interface PolicyProblem {
  readonly message: string;
  readonly path: Path;
}

const ACTIONS: ReadonlySet<string> = new Set(["ALLOW", "DENY", "AUDIT", "CUSTOM"]);

/** The checks of Istio's own validation that do not depend on the mesh. */
export function policyProblems(policy: AuthorizationPolicyView): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const { action, rules, provider } = policy;
  if (!ACTIONS.has(action)) {
    problems.push({ message: `action ${action} is none of ALLOW, DENY, AUDIT and CUSTOM`, path: ["spec", "action"] });
  }
  if ((action === "DENY" || action === "CUSTOM") && (rules ?? []).length === 0) {
    problems.push({
      message: `action ${action} without rules never happens (write \`rules: [{}]\` for every request)`,
      path: ["spec", "action"],
    });
  }
  if (action === "CUSTOM" && provider === undefined) {
    problems.push({ message: "action CUSTOM needs the name of a provider", path: ["spec", "action"] });
  }
  if (action !== "CUSTOM" && provider !== undefined) {
    problems.push({
      message: `a provider has a meaning with action CUSTOM only, not with ${action}`,
      path: ["spec", "provider"],
    });
  }
  if (policy.attached && policy.selector !== undefined) {
    problems.push({ message: "selector and targetRefs exclude each other", path: ["spec", "selector"] });
  }
  for (const rule of rules ?? []) problems.push(...ruleProblems(rule, action));
  return problems;
}

function ruleProblems(rule: AuthorizationRuleView, action: string): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  for (const { fields, path } of [...rule.from, ...rule.to]) {
    if (fields.size === 0) problems.push({ message: `an entry of ${String(path.at(-3))} says nothing`, path });
    const identity = [...fields.keys()].find((field) => isIdentity(field));
    if (action === "CUSTOM" && identity !== undefined) {
      problems.push({
        message: `${identity} cannot be used with action CUSTOM, which runs before it is known`,
        path: [...path, identity],
      });
    }
  }
  for (const { key, values, notValues, path } of rule.when) {
    if (key === "") problems.push({ message: "a condition has no key", path });
    else if (values.length === 0 && notValues.length === 0) {
      problems.push({ message: `condition ${key} has neither values nor notValues`, path });
    }
  }
  return problems;
}

function isIdentity(field: string): boolean {
  const positive = field.startsWith("not") ? field.charAt(3).toLowerCase() + field.slice(4) : field;
  return positive === "requestPrincipals" || IDENTITY_FIELDS.some((known) => known === positive);
}

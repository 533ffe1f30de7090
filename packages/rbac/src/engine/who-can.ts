import type { SubjectKey } from "../model/identity.ts";
import { subjectKey } from "../model/identity.ts";
import type { AccessIndex } from "./access-index.ts";
import { type AccessRequest, type AllowingRule, requestMatches } from "./authorizer.ts";

/** Somebody who may make a request, and one rule that says so. Members of `system:masters` may besides. */
export interface Holder {
  readonly subject: SubjectKey;
  readonly by: AllowingRule;
}

/**
 * Every subject of a binding that may make a request: each user and group once, in order of its key. A group stands for
 * its members: that a ServiceAccount is in `system:serviceaccounts` makes it no holder by itself.
 */
export function whoCan(index: AccessIndex, request: AccessRequest): readonly Holder[] {
  const namespace = request.kind === "resource" ? request.namespace : "";
  const holders = new Map<SubjectKey, Holder>();
  for (const role of index.roles) {
    if (role.namespace !== "" && role.namespace !== namespace) continue;
    const rules = index.rulesOf(role);
    const ruleIndex = rules.findIndex((rule) => requestMatches(rule, request));
    const rule = rules[ruleIndex];
    if (rule === undefined) continue;
    for (const binding of index.bindingsOf(role)) {
      if (binding.namespace !== "" && binding.namespace !== namespace) continue;
      for (const subject of binding.subjects) {
        const key = subjectKey(subject);
        if (key !== undefined && !holders.has(key))
          holders.set(key, { subject: key, by: { binding, subject, role, rule, ruleIndex } });
      }
    }
  }
  return [...holders.values()].sort((left, right) => (left.subject < right.subject ? -1 : 1));
}

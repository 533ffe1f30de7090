import type { SubjectKey } from "../model/identity.ts";
import type { AccessIndex } from "./access-index.ts";
import { ruleKey } from "./aggregation.ts";
import { covers, describeMissing } from "./covers.ts";
import type { PolicyRule } from "@redoubt/kube";

/** How the rights of one subject differ in one scope. */
export interface AccessChange {
  readonly subject: SubjectKey;
  /** Empty for the whole cluster. */
  readonly namespace: string;
  /** Rules in the API server's own compact text; a name is in them where the right is limited to it. */
  readonly gained: readonly string[];
  readonly lost: readonly string[];
}

/**
 * What each subject of a binding may do after and could not do before, and the reverse, scope by scope. Rights are compared
 * as the API server compares them when somebody hands them out: a rule that names every resource of a group is not `*`.
 */
export function accessDiff(before: AccessIndex, after: AccessIndex): readonly AccessChange[] {
  const changes: AccessChange[] = [];
  for (const subject of new Set([...before.subjects, ...after.subjects].sort())) {
    const namespaces = new Set([...before.namespacesOf(subject), ...after.namespacesOf(subject)]);
    for (const namespace of ["", ...[...namespaces].sort()]) {
      const change = compare(rulesIn(before, subject, namespace), rulesIn(after, subject, namespace));
      if (change.gained.length + change.lost.length > 0) changes.push({ subject, namespace, ...change });
    }
  }
  return changes;
}

function rulesIn(index: AccessIndex, subject: SubjectKey, namespace: string): ReadonlyMap<string, PolicyRule> {
  const rules = index.grantsOf(subject, namespace).flatMap(({ binding }) => {
    const role = index.roleOf(binding);
    return role === undefined ? [] : index.rulesOf(role);
  });
  return new Map(rules.map((rule) => [ruleKey(rule), rule]));
}

function compare(
  before: ReadonlyMap<string, PolicyRule>,
  after: ReadonlyMap<string, PolicyRule>,
): Pick<AccessChange, "gained" | "lost"> {
  const added = [...after].filter(([key]) => !before.has(key)).map(([, rule]) => rule);
  const removed = [...before].filter(([key]) => !after.has(key)).map(([, rule]) => rule);
  return {
    gained: describeMissing(covers([...before.values()], added).missing),
    lost: describeMissing(covers([...after.values()], removed).missing),
  };
}

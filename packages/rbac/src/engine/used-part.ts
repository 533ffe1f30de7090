import type { PolicyRule } from "@redoubt/kube";
import { type AccessRequest, requestMatches } from "./authorizer.ts";
import { ORDINARY_VERBS, verbsReached } from "./exact-lists.ts";
import { resourceEntryMatches } from "./rule-matching.ts";

type UsedResource = Extract<AccessRequest, { kind: "resource" }>;
type RuleField = "verbs" | "apiGroups" | "resources" | "resourceNames";

/** What is left of the lists of a rule; absent where a list stays as it is. */
export type NarrowedFields = Readonly<Partial<Record<RuleField, readonly string[]>>>;

export type UsedPart =
  | { readonly kind: "all" }
  | { readonly kind: "none" }
  | { readonly kind: "part"; readonly fields: NarrowedFields };

/**
 * The part of a rule that some requests made use of, as a rule of the same shape: entries that no request needed are gone, and a
 * wildcard becomes what was used of it. It allows no more than the rule and everything that was done. A verb is kept where
 * `isLogged` does not say that its absence means something, and where it is one that is asked about without an event of its own
 * (`bind`, `escalate`, `use` and so on).
 */
export function usedPart(
  rule: PolicyRule,
  requests: Iterable<AccessRequest>,
  isLogged: (verb: string) => boolean,
): UsedPart {
  // Audit policies commonly leave requests to paths out.
  if ((rule.nonResourceURLs ?? []).length > 0) return { kind: "all" };
  const used = [...requests].flatMap((request) =>
    request.kind === "resource" && requestMatches(rule, request) ? request : [],
  );
  const provable = (verb: string): boolean => ORDINARY_VERBS.includes(verb) && isLogged(verb);
  const wildcard = isOrdinaryWildcard(rule, isLogged);
  const whole = wildcard || (rule.verbs ?? []).every(provable);
  if (used.length === 0 && whole) return { kind: "none" };
  const verbs = new Set(used.map(({ verb }) => verb));
  // A verb that no event tells of may be needed on any of the objects.
  const fields = { ...verbFields(rule, verbs, provable, wildcard), ...(whole ? objectFields(rule, used) : {}) };
  return Object.keys(fields).length === 0 ? { kind: "all" } : { kind: "part", fields };
}

function isOrdinaryWildcard(rule: PolicyRule, isLogged: (verb: string) => boolean): boolean {
  return (
    (rule.verbs?.includes("*") ?? false) && verbsReached(rule) !== undefined && isLogged("get") && isLogged("create")
  );
}

function verbFields(
  rule: PolicyRule,
  used: ReadonlySet<string>,
  provable: (verb: string) => boolean,
  wildcard: boolean,
): NarrowedFields {
  const verbs = rule.verbs ?? [];
  if (wildcard) {
    const others = [...used, ...verbs].filter((verb) => verb !== "*" && !ORDINARY_VERBS.includes(verb));
    return { verbs: [...ORDINARY_VERBS.filter((verb) => used.has(verb)), ...new Set(others)] };
  }
  return verbs.includes("*")
    ? {}
    : changed({ verbs }, { verbs: verbs.filter((verb) => used.has(verb) || !provable(verb)) });
}

function objectFields(rule: PolicyRule, used: readonly UsedResource[]): NarrowedFields {
  const { apiGroups = [], resources = [], resourceNames = [] } = rule;
  const asked = used.map(({ resource, subresource }) => (subresource === "" ? resource : `${resource}/${subresource}`));
  const groups = used.map(({ group }) => group);
  return changed(
    { apiGroups, resources, resourceNames },
    {
      apiGroups: narrowed(apiGroups, groups, (entry, group) => entry === group),
      resources: narrowed(resources, asked, resourceEntryMatches),
      resourceNames: resourceNames.filter((name) => used.some((request) => request.name === name)),
    },
  );
}

/** The entries that something matches; `*` becomes what was asked for. */
function narrowed(
  entries: readonly string[],
  asked: readonly string[],
  matches: (entry: string, asked: string) => boolean,
): readonly string[] {
  if (entries.includes("*")) return [...new Set(asked)].sort();
  return entries.filter((entry) => asked.some((each) => matches(entry, each)));
}

function changed(before: NarrowedFields, after: NarrowedFields): NarrowedFields {
  return Object.fromEntries(
    Object.entries(after).filter(([field, values]) => {
      const [, old = []] = Object.entries(before).find(([name]) => name === field) ?? [];
      return values.length !== old.length || values.some((value) => !old.includes(value));
    }),
  );
}

import type { AuthorizationPolicyView, AuthorizationRuleView, MatchView } from "../model/policies.ts";

/** A rule that matches every request: nothing in from, to and when, or entries that say nothing. */
export function matchesEverything(rule: AuthorizationRuleView): boolean {
  return isOpen(rule.from) && isOpen(rule.to) && rule.when.length === 0;
}

/** Entries are alternatives: none, or one that says nothing, leaves the choice open. */
function isOpen(matches: readonly MatchView[]): boolean {
  return matches.length === 0 || matches.some(({ fields }) => fields.size === 0);
}

/** An ALLOW policy for every workload of its scope: whatever no ALLOW rule matches is then denied. */
export function isScopeDefaultDeny(policy: AuthorizationPolicyView): boolean {
  return (
    policy.action === "ALLOW" &&
    policy.selector === undefined &&
    !policy.attached &&
    !policy.dryRun &&
    !(policy.rules ?? []).some(matchesEverything)
  );
}

const JWT_FIELDS: ReadonlySet<string> = new Set(["requestPrincipals", "notRequestPrincipals"]);

/** Whether a policy looks at the identity in a JWT, which only a RequestAuthentication provides. */
export function usesJwt(policy: AuthorizationPolicyView): boolean {
  return (policy.rules ?? []).some(
    (rule) =>
      rule.from.some(({ fields }) => [...fields.keys()].some((field) => JWT_FIELDS.has(field))) ||
      rule.when.some(({ key }) => key.startsWith("request.auth.")),
  );
}

const HTTP_FIELDS: ReadonlySet<string> = new Set([
  "hosts",
  "notHosts",
  "methods",
  "notMethods",
  "paths",
  "notPaths",
  "requestPrincipals",
  "notRequestPrincipals",
]);

/** The HTTP-only fields that a rule uses, as messages name them. On a plain TCP port they cannot be evaluated. */
export function httpFields(rule: AuthorizationRuleView): readonly string[] {
  const used = [...rule.from, ...rule.to].flatMap(({ fields }) =>
    [...fields.keys()].filter((field) => HTTP_FIELDS.has(field)),
  );
  const keys = rule.when.map(({ key }) => key).filter((key) => key.startsWith("request."));
  return [...new Set([...used, ...keys])];
}

/** The fields that read the peer's certificate, positive and negated. */
export const IDENTITY_FIELDS = ["principals", "namespaces", "serviceAccounts", "trustDomains"] as const;
const NEGATED_IDENTITY_FIELDS = ["notPrincipals", "notNamespaces", "notServiceAccounts", "notTrustDomains"];
const IDENTITY_KEYS: ReadonlySet<string> = new Set([
  "source.principal",
  "source.namespace",
  "source.serviceAccount",
  "source.trustDomain",
]);

/**
 * The fields by which a client without a certificate slips through a rule: it matches no positive identity, so a DENY
 * rule that names one misses it, and every negated one, so an ALLOW rule that excludes some lets it in.
 */
export function plaintextLoopholes(
  policy: AuthorizationPolicyView,
): readonly { field: string; path: readonly (string | number)[] }[] {
  const denies = policy.action === "DENY";
  if (!denies && policy.action !== "ALLOW") return [];
  const suspicious: readonly string[] = denies ? IDENTITY_FIELDS : NEGATED_IDENTITY_FIELDS;
  return (policy.rules ?? []).flatMap((rule) => [
    ...rule.from.flatMap(({ fields, path }) =>
      [...fields.keys()]
        .filter((field) => suspicious.includes(field))
        .map((field) => ({ field, path: [...path, field] })),
    ),
    ...rule.when
      .filter(({ key, values, notValues }) => IDENTITY_KEYS.has(key) && (denies ? values : notValues).length > 0)
      .map(({ key, path }) => ({ field: key, path })),
  ]);
}

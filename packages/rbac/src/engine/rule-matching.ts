import type { PolicyRule } from "@redoubt/kube";

/** What the API server asks RBAC about, for a resource. `name` is empty for requests that name no object. */
export interface ResourceRequest {
  readonly verb: string;
  readonly group: string;
  /** With the subresource: `pods/log`. */
  readonly resource: string;
  readonly name: string;
}

/**
 * Whether one rule allows one resource request, exactly as `k8s.io/component-helpers/auth/rbac/validation` decides:
 * names are compared as they are, `*` alone is any, and a resource may be `*` followed by a subresource.
 */
export function ruleAllows(rule: PolicyRule, request: ResourceRequest): boolean {
  return (
    verbMatches(rule, request.verb) &&
    groupMatches(rule, request.group) &&
    resourceMatches(rule, request.resource) &&
    nameMatches(rule, request.name)
  );
}

export function verbMatches(rule: PolicyRule, verb: string): boolean {
  return rule.verbs?.some((allowed) => allowed === "*" || allowed === verb) ?? false;
}

export function groupMatches(rule: PolicyRule, group: string): boolean {
  return rule.apiGroups?.some((allowed) => allowed === "*" || allowed === group) ?? false;
}

/** `pods` does not allow `pods/log`, and `pods/*` allows nothing that exists. */
export function resourceMatches(rule: PolicyRule, resource: string): boolean {
  return rule.resources?.some((allowed) => resourceEntryMatches(allowed, resource)) ?? false;
}

export function resourceEntryMatches(allowed: string, resource: string): boolean {
  if (allowed === "*" || allowed === resource) return true;
  const slash = resource.indexOf("/");
  return slash >= 0 && allowed === `*${resource.slice(slash)}`;
}

/** No names means any; otherwise a request that names no object (create, deletecollection) is not allowed. */
export function nameMatches(rule: PolicyRule, name: string): boolean {
  const names = rule.resourceNames ?? [];
  return names.length === 0 || names.includes(name);
}

/** Whether the API server asks about this verb without an object's name. Creating a subresource names its parent. */
export function isNamelessRequest(verb: string, resource: string): boolean {
  return verb === "deletecollection" || (verb === "create" && !resource.includes("/"));
}

/** Whether a rule allows a request to a path that is no resource: exact, `*`, or a prefix that ends in `*`. */
export function ruleAllowsUrl(rule: PolicyRule, verb: string, url: string): boolean {
  return (
    verbMatches(rule, verb) &&
    (rule.nonResourceURLs ?? []).some(
      (allowed) =>
        allowed === "*" || allowed === url || (allowed.endsWith("*") && url.startsWith(allowed.slice(0, -1))),
    )
  );
}

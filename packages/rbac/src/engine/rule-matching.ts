import type { PolicyRule } from "@redoubt/kube";

/** What the API server asks RBAC about, for a resource. Fields that a request does not have are empty. */
export interface ResourceRequest {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
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
    resourceMatches(rule, request) &&
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
export function resourceMatches(
  rule: PolicyRule,
  { resource, subresource }: Pick<ResourceRequest, "resource" | "subresource">,
): boolean {
  if (subresource === "") return rule.resources?.some((allowed) => allowed === "*" || allowed === resource) ?? false;
  const combined = `${resource}/${subresource}`;
  const anyOwner = `*/${subresource}`;
  return rule.resources?.some((allowed) => allowed === "*" || allowed === combined || allowed === anyOwner) ?? false;
}

/** Whether an entry of a rule's `resources` includes a resource written as rules do, `pods/log`. */
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

/** What an update creates when it is not there (`AllowCreateOnUpdate` of its registry strategy). */
const CREATED_BY_UPDATE: Readonly<Record<string, readonly string[]>> = {
  "": ["endpoints", "events", "limitranges", "services"],
  "coordination.k8s.io": ["leasecandidates", "leases"],
  "events.k8s.io": ["events"],
  "node.k8s.io": ["runtimeclasses"],
  "rbac.authorization.k8s.io": ["clusterrolebindings", "clusterroles", "rolebindings", "roles"],
};

/**
 * Whether a rule with resourceNames can allow a verb on a resource, written as rules do. A deletion of many and a POST name no
 * object. But what a server-side apply (patch), and for some kinds an update, creates is authorized as `create` by its name
 * (`k8s.io/apiserver/pkg/endpoints/handlers`, patch.go and update.go). Creating a subresource names its parent.
 */
export function canBeNamed(rule: PolicyRule, verb: string, group: string, resource: string): boolean {
  if (verb === "deletecollection") return false;
  if (verb !== "create" || resource.includes("/")) return true;
  return (
    verbMatches(rule, "patch") ||
    (verbMatches(rule, "update") && (CREATED_BY_UPDATE[group]?.includes(resource) ?? false))
  );
}

/** Whether a rule allows a request to a path that is no resource: exact, or a prefix that ends in `*` (in any number of them). */
export function ruleAllowsUrl(rule: PolicyRule, verb: string, url: string): boolean {
  return verbMatches(rule, verb) && (rule.nonResourceURLs ?? []).some((allowed) => urlEntryMatches(allowed, url));
}

export function urlEntryMatches(allowed: string, url: string): boolean {
  return allowed === url || (allowed.endsWith("*") && url.startsWith(allowed.replace(/\*+$/, "")));
}

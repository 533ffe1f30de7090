import { type AuditPolicy, type GroupResources, type Level, type PolicyRule, isLevel } from "../model/policy.ts";

/** What the audit policy sees of a request: authorizer attributes, before impersonation. */
export interface RequestAttributes {
  /** Absent when authentication failed. */
  readonly user?: { readonly name: string; readonly groups: readonly string[] };
  readonly verb: string;
  readonly resourceRequest: boolean;
  /** Empty for cluster-scoped requests and lists over all namespaces. */
  readonly namespace?: string;
  readonly apiGroup?: string;
  readonly resource?: string;
  readonly subresource?: string;
  /** Empty for create, list, watch and deletecollection. */
  readonly name?: string;
  /** For non-resource requests. */
  readonly path?: string;
}

export interface AuditDecision {
  readonly level: Level;
  readonly omitStages: readonly string[];
  readonly omitManagedFields: boolean;
  /** Index of the rule that decided; undefined when none matched. */
  readonly matchedRule: number | undefined;
}

/** How an API server records a request: the first matching rule decides (apiserver pkg/audit/policy/checker.go). */
export function evaluateAuditPolicy(policy: AuditPolicy, attributes: RequestAttributes): AuditDecision {
  for (const [index, rule] of policy.rules.entries()) {
    if (!ruleMatches(rule, attributes)) continue;
    return {
      level: isLevel(rule.level) ? rule.level : "None",
      omitStages: [...new Set([...policy.omitStages, ...rule.omitStages])],
      omitManagedFields: rule.omitManagedFields ?? policy.omitManagedFields,
      matchedRule: index,
    };
  }
  return {
    level: "None",
    omitStages: policy.omitStages,
    omitManagedFields: policy.omitManagedFields,
    matchedRule: undefined,
  };
}

export function ruleMatches(rule: PolicyRule, attributes: RequestAttributes): boolean {
  const { user } = attributes;
  if (rule.users.length > 0 && (user === undefined || !rule.users.includes(user.name))) return false;
  if (rule.userGroups.length > 0 && !rule.userGroups.some((group) => user?.groups.includes(group))) return false;
  if (rule.verbs.length > 0 && !rule.verbs.includes(attributes.verb)) return false;
  if (rule.namespaces.length > 0 || rule.resources.length > 0) return resourceMatches(rule, attributes);
  if (rule.nonResourceURLs.length === 0) return true;
  const { path = "" } = attributes;
  return !attributes.resourceRequest && rule.nonResourceURLs.some((spec) => pathMatches(path, spec));
}

function resourceMatches(rule: PolicyRule, attributes: RequestAttributes): boolean {
  if (!attributes.resourceRequest) return false;
  if (rule.namespaces.length > 0 && !rule.namespaces.includes(attributes.namespace ?? "")) return false;
  return rule.resources.length === 0 || rule.resources.some((entry) => groupResourcesMatch(entry, attributes));
}

function groupResourcesMatch(entry: GroupResources, attributes: RequestAttributes): boolean {
  const { apiGroup = "", resource = "", subresource = "", name = "" } = attributes;
  if (entry.group !== apiGroup && entry.group !== "*") return false;
  if (entry.resources.length === 0) return true;
  if (entry.resourceNames.length > 0 && !entry.resourceNames.includes(name)) return false;
  const combined = subresource === "" ? resource : `${resource}/${subresource}`;
  return entry.resources.some(
    (pattern) =>
      pattern === combined ||
      pattern === "*" ||
      (subresource !== "" && pattern === `*/${subresource}`) ||
      pattern === `${resource}/*`,
  );
}

/** A trailing `*` matches any rest; all trailing stars count as one. */
export function pathMatches(path: string, spec: string): boolean {
  if (spec === "*" || path === spec) return true;
  return spec.endsWith("*") && path.startsWith(spec.replace(/\*+$/, ""));
}

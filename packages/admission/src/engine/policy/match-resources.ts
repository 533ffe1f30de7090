/** Whether a policy or binding of the API server is for a request (k8s.io/apiserver, plugin/policy/matching). */
import { type LabelSelector, labelSelectorProblems, matchesLabelSelector } from "@redoubt/kube";
import type { AdmissionRequest } from "../../model/admission-request.ts";
import type { ClusterView } from "../../model/cluster-view.ts";
import type { MatchResources, ResourceRule } from "../../model/match-resources.ts";
import { labelsOf } from "../gatekeeper/match.ts";
import { otherVersions, requestInVersion } from "./equivalent-versions.ts";

/** Whether a binding matches; a string where that cannot be told. */
export function matchesResources(
  match: MatchResources,
  request: AdmissionRequest,
  cluster: ClusterView,
): boolean | string {
  const matched = matchResources(match, request, cluster);
  return typeof matched === "object" ? true : matched;
}

/** The request as a policy sees it that matches, in the version that its rules name; a string where that cannot be told. */
export function requestSeenBy(
  match: MatchResources,
  request: AdmissionRequest,
  cluster: ClusterView,
): AdmissionRequest | false | string {
  const matched = matchResources(match, request, cluster);
  return typeof matched === "object" ? requestInVersion(request, matched.version, cluster) : matched;
}

/** The version of the resource that matches. */
function matchResources(
  match: MatchResources,
  request: AdmissionRequest,
  cluster: ClusterView,
): { readonly version: string } | false | string {
  const inNamespace = namespaceMatches(match.namespaceSelector, request, cluster);
  if (inNamespace === false) return false;
  const ofLabels = objectMatches(match.objectSelector, request);
  if (ofLabels === false) return false;
  if (ruleVersion(match.excludeResourceRules, match.isExact, request, cluster) !== undefined) return false;
  const version =
    match.resourceRules.length === 0
      ? request.resource.version
      : ruleVersion(match.resourceRules, match.isExact, request, cluster);
  if (version === undefined) return false;
  if (typeof inNamespace === "string") return inNamespace;
  return typeof ofLabels === "string" ? ofLabels : { version };
}

function isEmpty({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0;
}

function problemOf(selector: LabelSelector): string | undefined {
  const [problem] = labelSelectorProblems(selector);
  return problem === undefined ? undefined : `${problem.path.join(".")}: ${problem.message}`;
}

function namespaceMatches(
  selector: LabelSelector | undefined,
  request: AdmissionRequest,
  cluster: ClusterView,
): boolean | string {
  const isNamespace = request.resource.resource === "namespaces";
  if (request.namespace === "" && !isNamespace) return true;
  if (selector === undefined || isEmpty(selector)) return true;
  const problem = problemOf(selector);
  if (problem !== undefined) return problem;
  const isWritten = request.operation === "CREATE" || request.operation === "UPDATE";
  if (isNamespace && request.subResource === "" && isWritten) {
    return matchesLabelSelector(selector, labelsOf(request.object));
  }
  const namespace = cluster.namespace(request.namespace);
  if (namespace === undefined) return `namespaces ${JSON.stringify(request.namespace)} not found`;
  return matchesLabelSelector(selector, labelsOf(namespace));
}

/** The object's labels, or those it had. */
function objectMatches(selector: LabelSelector | undefined, { object, oldObject }: AdmissionRequest): boolean | string {
  if (selector === undefined || isEmpty(selector)) return true;
  const problem = problemOf(selector);
  if (problem !== undefined) return problem;
  return [object, oldObject].some((value) => value !== undefined && matchesLabelSelector(selector, labelsOf(value)));
}

/** The version in which a rule is for the request: its own, else the first that a rule names of those that are equivalent. */
function ruleVersion(
  rules: readonly ResourceRule[],
  isExact: boolean,
  request: AdmissionRequest,
  cluster: ClusterView,
): string | undefined {
  const { version } = request.resource;
  if (rules.some((rule) => ruleMatches(rule, request) && holds(rule.apiVersions, version))) return version;
  if (isExact) return undefined;
  for (const rule of rules.filter((each) => ruleMatches(each, request))) {
    const others = otherVersions(request, cluster);
    // What nobody knows may have any version.
    if (others === undefined) return version;
    const other = others.find((each) => holds(rule.apiVersions, each));
    if (other !== undefined) return other;
  }
  return undefined;
}

function ruleMatches(rule: ResourceRule, request: AdmissionRequest): boolean {
  return (
    scopeMatches(rule.scope, request) &&
    holds(rule.operations, request.operation) &&
    holds(rule.apiGroups, request.resource.group) &&
    rule.resources.some((resource) => resourceMatches(resource, request)) &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(request.name))
  );
}

function holds(list: readonly string[], item: string): boolean {
  return list.includes("*") || list.includes(item);
}

function scopeMatches(scope: string, { resource, namespace }: AdmissionRequest): boolean {
  const isCluster = namespace === "" || resource.resource === "namespaces";
  if (scope === "Cluster") return isCluster;
  return scope !== "Namespaced" || !isCluster;
}

function resourceMatches(pattern: string, { resource, subResource }: AdmissionRequest): boolean {
  const [name = "", sub = ""] = pattern.split("/");
  return (name === "*" || name === resource.resource) && (sub === "*" || sub === subResource);
}

/** Configuration of admission itself, which no policy of the API server may lock. */
const OWN_KINDS: ReadonlySet<string> = new Set([
  "ValidatingWebhookConfiguration",
  "MutatingWebhookConfiguration",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
]);

/** Questions that are not stored, which policies never see. */
const REVIEW_KINDS: ReadonlySet<string> = new Set([
  "authentication.k8s.io/SelfSubjectReview",
  "authentication.k8s.io/TokenReview",
  "authorization.k8s.io/LocalSubjectAccessReview",
  "authorization.k8s.io/SelfSubjectAccessReview",
  "authorization.k8s.io/SelfSubjectRulesReview",
  "authorization.k8s.io/SubjectAccessReview",
]);

export function isExemptFromPolicies({ kind: { group, kind } }: AdmissionRequest): boolean {
  return (group === "admissionregistration.k8s.io" && OWN_KINDS.has(kind)) || REVIEW_KINDS.has(`${group}/${kind}`);
}

/** Whether a policy or binding of the API server is for a request (k8s.io/apiserver, plugin/policy/matching). */
import { type LabelSelector, labelSelectorProblems, matchesLabelSelector } from "@redoubt/kube";
import type { AdmissionRequest } from "../../model/admission-request.ts";
import type { ClusterView } from "../../model/cluster-view.ts";
import type { MatchResources, ResourceRule } from "../../model/match-resources.ts";
import { labelsOf } from "../gatekeeper/match.ts";

/** Whether it matches; a string where that cannot be told. */
export function matchesResources(
  match: MatchResources,
  request: AdmissionRequest,
  cluster: ClusterView,
): boolean | string {
  const inNamespace = namespaceMatches(match.namespaceSelector, request, cluster);
  if (inNamespace === false) return false;
  const ofLabels = objectMatches(match.objectSelector, request);
  if (ofLabels === false) return false;
  if (anyRule(match.excludeResourceRules, match.isExact, request)) return false;
  if (match.resourceRules.length > 0 && !anyRule(match.resourceRules, match.isExact, request)) return false;
  return typeof inNamespace === "string" ? inNamespace : ofLabels;
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

function anyRule(rules: readonly ResourceRule[], isExact: boolean, request: AdmissionRequest): boolean {
  return rules.some(
    (rule) =>
      scopeMatches(rule.scope, request) &&
      holds(rule.operations, request.operation) &&
      holds(rule.apiGroups, request.resource.group) &&
      // Other versions of a resource are equivalent to it.
      (!isExact || holds(rule.apiVersions, request.resource.version)) &&
      rule.resources.some((resource) => resourceMatches(resource, request)) &&
      (rule.resourceNames.length === 0 || rule.resourceNames.includes(request.name)),
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

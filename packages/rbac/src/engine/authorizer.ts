/**
 * The decision of a Kubernetes API server with `--authorization-mode=Node,RBAC` about one request, as far as RBAC objects
 * make it: `k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac` and `pkg/registry/rbac/validation`. What the Node authorizer,
 * webhooks or attribute files would add is not in any object, and not known here.
 */
import type { PolicyRule } from "@redoubt/kube";
import type { BindingView, RoleView, SubjectView } from "../model/access.ts";
import { type Identity, subjectKeysOf } from "../model/identity.ts";
import type { AccessIndex } from "./access-index.ts";
import { type ResourceRequest, ruleAllows, ruleAllowsUrl } from "./rule-matching.ts";

/** What an identity asks for: a resource, or a path that is none. `namespace` is empty for cluster-wide requests. */
export type AccessRequest =
  | ({ readonly kind: "resource"; readonly namespace: string } & ResourceRequest)
  | { readonly kind: "url"; readonly verb: string; readonly url: string };

/** Why a request is allowed: this rule of this role, through this subject of this binding. */
export interface AllowingRule {
  readonly binding: BindingView;
  readonly subject: SubjectView;
  readonly role: RoleView;
  readonly rule: PolicyRule;
  /** Index of the rule among the role's effective rules. */
  readonly ruleIndex: number;
}

export type Decision =
  | { readonly decision: "allow"; readonly by: AllowingRule }
  /** A member of `system:masters`: no authorizer is asked. */
  | { readonly decision: "allow"; readonly by: "system:masters" }
  /** No rule allows it. `missingRoles` are bindings of the identity to roles that do not exist, which grant nothing. */
  | { readonly decision: "no"; readonly missingRoles: readonly BindingView[] };

/** The group whose members may do everything, whatever RBAC says. */
export const PRIVILEGED_GROUP = "system:masters";

/** Decides one request; the answer names the first rule that allows it: ClusterRoleBindings first, each by name. */
export function authorize(index: AccessIndex, identity: Identity, request: AccessRequest): Decision {
  if (identity.groups.includes(PRIVILEGED_GROUP)) return { decision: "allow", by: PRIVILEGED_GROUP };
  const missingRoles: BindingView[] = [];
  for (const { binding, subject } of grantsIn(index, identity, request)) {
    const role = index.roleOf(binding);
    if (role === undefined) {
      missingRoles.push(binding);
      continue;
    }
    const rules = index.rulesOf(role);
    const ruleIndex = rules.findIndex((rule) => requestMatches(rule, request));
    const rule = rules[ruleIndex];
    if (rule !== undefined) return { decision: "allow", by: { binding, subject, role, rule, ruleIndex } };
  }
  return { decision: "no", missingRoles };
}

/** Whether any of these rules allows the request. */
export function rulesAllow(rules: readonly PolicyRule[], request: AccessRequest): boolean {
  return rules.some((rule) => requestMatches(rule, request));
}

export function requestMatches(rule: PolicyRule, request: AccessRequest): boolean {
  return request.kind === "url" ? ruleAllowsUrl(rule, request.verb, request.url) : ruleAllows(rule, request);
}

/** Every rule that an identity has in a namespace; with `namespace` empty, in the whole cluster. */
export function rulesFor(index: AccessIndex, identity: Identity, namespace: string): readonly AllowingRule[] {
  const scope = { namespace };
  return grantsIn(index, identity, scope).flatMap(({ binding, subject }) => {
    const role = index.roleOf(binding);
    if (role === undefined) return [];
    return index.rulesOf(role).map((rule, ruleIndex) => ({ binding, subject, role, rule, ruleIndex }));
  });
}

interface HeldBinding {
  readonly binding: BindingView;
  readonly subject: SubjectView;
}

/** The bindings that count for a request: of the cluster, then of the request's namespace. */
function grantsIn(
  index: AccessIndex,
  identity: Identity,
  request: { readonly namespace: string } | { readonly url: string },
): readonly HeldBinding[] {
  const namespace = "namespace" in request ? request.namespace : "";
  const keys = subjectKeysOf(identity);
  const scopes = namespace === "" ? [""] : ["", namespace];
  return scopes.flatMap((scope) => {
    const held = new Map<BindingView, HeldBinding>();
    for (const key of keys) {
      for (const grant of index.grantsOf(key, scope)) {
        const known = held.get(grant.binding);
        if (known === undefined || grant.subject.index < known.subject.index) held.set(grant.binding, grant);
      }
    }
    return [...held.values()].sort((left, right) => (left.binding.name < right.binding.name ? -1 : 1));
  });
}

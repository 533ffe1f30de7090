import type { PolicyRule } from "@redoubt/kube";
import { permissionHit } from "@redoubt/rbac";
import type { RuleTarget } from "./attack-graph.ts";

const RBAC = "rbac.authorization.k8s.io";
const ADMISSION = "admissionregistration.k8s.io";
const CONTROLLERS: readonly (readonly [group: string, resource: string])[] = [
  ["", "replicationcontrollers"],
  ["apps", "daemonsets"],
  ["apps", "deployments"],
  ["apps", "replicasets"],
  ["apps", "statefulsets"],
  ["batch", "cronjobs"],
  ["batch", "jobs"],
];

function on(group: string, resource: string, ...verbs: readonly string[]): RuleTarget {
  return { group, resource, verbs };
}

/** Rights that steps of an attack need. */
export const RIGHT_NAMES = [
  "createWorkloads",
  "changeWorkloads",
  "changePods",
  "exec",
  "attach",
  "debug",
  "listSecrets",
  "getSecrets",
  "createSecrets",
  "requestTokens",
  "impersonateAccounts",
  "impersonateUsers",
  "impersonateGroups",
  "createRoleBindings",
  "changeRoleBindings",
  "createClusterRoleBindings",
  "changeClusterRoleBindings",
  "bindRoles",
  "bindClusterRoles",
  "changeRoles",
  "changeClusterRoles",
  "escalateRoles",
  "escalateClusterRoles",
  "requestCertificates",
  "approveCertificates",
  "approveSigner",
  "kubeletApi",
  "writeMutation",
  "writeMutationPolicies",
  "bindMutationPolicies",
  "changeNamespaces",
  "createVolumes",
  "createClaims",
  "changeConfigMaps",
] as const;
export type Right = (typeof RIGHT_NAMES)[number];

/** What a rule must allow to give a right: any one of these. */
const RIGHTS: Readonly<Record<Right, readonly RuleTarget[]>> = {
  createWorkloads: [on("", "pods", "create"), ...CONTROLLERS.map(([group, resource]) => on(group, resource, "create"))],
  changeWorkloads: CONTROLLERS.map(([group, resource]) => on(group, resource, "update", "patch")),
  changePods: [on("", "pods", "update", "patch")],
  exec: [on("", "pods/exec", "create", "get")],
  attach: [on("", "pods/attach", "create", "get")],
  debug: [on("", "pods/ephemeralcontainers", "update", "patch")],
  listSecrets: [on("", "secrets", "list", "watch")],
  getSecrets: [on("", "secrets", "get")],
  createSecrets: [on("", "secrets", "create")],
  requestTokens: [on("", "serviceaccounts/token", "create")],
  impersonateAccounts: [on("", "serviceaccounts", "impersonate")],
  impersonateUsers: [on("", "users", "impersonate")],
  impersonateGroups: [on("", "groups", "impersonate")],
  createRoleBindings: [on(RBAC, "rolebindings", "create")],
  changeRoleBindings: [on(RBAC, "rolebindings", "update", "patch")],
  createClusterRoleBindings: [on(RBAC, "clusterrolebindings", "create")],
  changeClusterRoleBindings: [on(RBAC, "clusterrolebindings", "update", "patch")],
  bindRoles: [on(RBAC, "roles", "bind")],
  bindClusterRoles: [on(RBAC, "clusterroles", "bind")],
  changeRoles: [on(RBAC, "roles", "update", "patch")],
  changeClusterRoles: [on(RBAC, "clusterroles", "update", "patch")],
  escalateRoles: [on(RBAC, "roles", "escalate")],
  escalateClusterRoles: [on(RBAC, "clusterroles", "escalate")],
  requestCertificates: [on("certificates.k8s.io", "certificatesigningrequests", "create")],
  approveCertificates: [on("certificates.k8s.io", "certificatesigningrequests/approval", "update", "patch")],
  approveSigner: [on("certificates.k8s.io", "signers", "approve")],
  kubeletApi: [on("", "nodes/proxy", "get", "create")],
  writeMutation: [on(ADMISSION, "mutatingwebhookconfigurations", "create", "update", "patch")],
  writeMutationPolicies: [on(ADMISSION, "mutatingadmissionpolicies", "create", "update", "patch")],
  bindMutationPolicies: [on(ADMISSION, "mutatingadmissionpolicybindings", "create", "update", "patch")],
  changeNamespaces: [on("", "namespaces", "update", "patch")],
  createVolumes: [on("", "persistentvolumes", "create")],
  createClaims: [on("", "persistentvolumeclaims", "create")],
  changeConfigMaps: [on("", "configmaps", "update", "patch")],
};

/** Rights on objects that lie in no namespace: RoleBindings give none of them. */
const CLUSTER_SCOPED: ReadonlySet<Right> = new Set<Right>([
  "impersonateUsers",
  "impersonateGroups",
  "createClusterRoleBindings",
  "changeClusterRoleBindings",
  "changeClusterRoles",
  "escalateClusterRoles",
  "requestCertificates",
  "approveCertificates",
  "approveSigner",
  "kubeletApi",
  "writeMutation",
  "writeMutationPolicies",
  "bindMutationPolicies",
  "createVolumes",
]);

export function isClusterScopedRight(right: Right): boolean {
  return CLUSTER_SCOPED.has(right);
}

/** One right as one rule grants it. */
export interface GrantedRight {
  readonly right: Right;
  /** Index among the role's effective rules. */
  readonly ruleIndex: number;
  readonly rule: PolicyRule;
  readonly targets: readonly RuleTarget[];
  /** The only objects it is for; empty for all. */
  readonly names: readonly string[];
}

/** The rights among a role's rules, each rule by itself. */
export function rightsOf(rules: readonly PolicyRule[]): readonly GrantedRight[] {
  return rules.flatMap((rule, ruleIndex) =>
    RIGHT_NAMES.flatMap((right) => {
      const hit = permissionHit(rule, { targets: RIGHTS[right] });
      return hit === undefined ? [] : [{ right, ruleIndex, rule, targets: hit.hits, names: hit.resourceNames }];
    }),
  );
}

/** Whether a rule is every verb on every resource of every group. */
export function isEverything({ verbs = [], apiGroups = [], resources = [], resourceNames = [] }: PolicyRule): boolean {
  return verbs.includes("*") && apiGroups.includes("*") && resources.includes("*") && resourceNames.length === 0;
}

import {
  type AggregationRule,
  type ClusterRole,
  type ClusterRoleBinding,
  type ClusterSnapshot,
  type KubeObject,
  type PolicyRule,
  type Role,
  type RoleBinding,
  snapshotModel,
} from "@redoubt/kube";
import { isBootstrapRole } from "./bootstrap.ts";

/** A Role or ClusterRole. */
export interface RoleView {
  readonly object: KubeObject<Role> | KubeObject<ClusterRole>;
  readonly kind: "Role" | "ClusterRole";
  /** Empty for a ClusterRole. */
  readonly namespace: string;
  readonly name: string;
  /** As written: for an aggregated ClusterRole, the controller overwrites them. */
  readonly rules: readonly PolicyRule[];
  readonly aggregationRule: AggregationRule | undefined;
  /** Created and kept by the API server itself. */
  readonly bootstrap: boolean;
}

/** Who a binding names. */
export interface SubjectView {
  readonly kind: string;
  readonly name: string;
  /** Of a ServiceAccount; in a RoleBinding it defaults to the binding's. */
  readonly namespace: string;
  readonly apiGroup: string | undefined;
  /** Index in the binding's `subjects`. */
  readonly index: number;
}

/** A RoleBinding or ClusterRoleBinding. */
export interface BindingView {
  readonly object: KubeObject<RoleBinding> | KubeObject<ClusterRoleBinding>;
  readonly kind: "RoleBinding" | "ClusterRoleBinding";
  /** Where the grant holds; empty for a ClusterRoleBinding: everywhere. */
  readonly namespace: string;
  readonly name: string;
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly SubjectView[];
}

/** Every role and binding of a snapshot. */
export interface AccessModel {
  readonly roles: readonly RoleView[];
  /** The ClusterRoles that collect others. */
  readonly aggregates: readonly RoleView[];
  readonly bindings: readonly BindingView[];
  /** By `roleKey`. */
  readonly roleByKey: ReadonlyMap<string, RoleView>;
  /** By the `roleKey` of the role they refer to. */
  readonly bindingsByRole: ReadonlyMap<string, readonly BindingView[]>;
}

/** Identifies a role: a ClusterRole by name, a Role by namespace and name. */
export function roleKey(kind: string, namespace: string, name: string): string {
  return kind === "ClusterRole" ? `ClusterRole//${name}` : `${kind}/${namespace}/${name}`;
}

/** Reads the RBAC objects of a snapshot; the result is kept for as long as the snapshot is. */
export const accessModel: (snapshot: ClusterSnapshot) => AccessModel = snapshotModel((snapshot) => {
  const roles = [
    ...snapshot.list("rbac.authorization.k8s.io/Role").map((object) => roleView(object, "Role")),
    ...snapshot.list("rbac.authorization.k8s.io/ClusterRole").map((object) => roleView(object, "ClusterRole")),
  ];
  const bindings = [
    ...snapshot.list("rbac.authorization.k8s.io/RoleBinding").map((object) => bindingView(object, "RoleBinding")),
    ...snapshot
      .list("rbac.authorization.k8s.io/ClusterRoleBinding")
      .map((object) => bindingView(object, "ClusterRoleBinding")),
  ];
  const model: AccessModel = {
    roles,
    aggregates: roles.filter((role) => role.aggregationRule !== undefined),
    bindings,
    roleByKey: new Map(roles.map((role) => [roleKey(role.kind, role.namespace, role.name), role])),
    bindingsByRole: Map.groupBy(bindings, referredKey),
  };
  return model;
});

export function roleView(object: KubeObject<Role> | KubeObject<ClusterRole>, kind: RoleView["kind"]): RoleView {
  const value: ClusterRole = object.value;
  return {
    object,
    kind,
    namespace: kind === "Role" ? object.namespace : "",
    name: object.name,
    rules: value.rules ?? [],
    aggregationRule: kind === "ClusterRole" ? value.aggregationRule : undefined,
    bootstrap: isBootstrapRole(object),
  };
}

export function bindingView(
  object: KubeObject<RoleBinding> | KubeObject<ClusterRoleBinding>,
  kind: BindingView["kind"],
): BindingView {
  const namespace = kind === "RoleBinding" ? object.namespace : "";
  return {
    object,
    kind,
    namespace,
    name: object.name,
    roleRef: { kind: object.value.roleRef?.kind ?? "", name: object.value.roleRef?.name ?? "" },
    subjects: (object.value.subjects ?? []).map((subject, index) => ({
      kind: subject.kind ?? "",
      name: subject.name ?? "",
      namespace: subject.namespace || (subject.kind === "ServiceAccount" ? namespace : ""),
      apiGroup: subject.apiGroup,
      index,
    })),
  };
}

/** The `roleKey` of the role that a binding refers to. A RoleBinding reaches Roles of its own namespace only. */
export function referredKey(binding: BindingView): string {
  return roleKey(binding.roleRef.kind, binding.namespace, binding.roleRef.name);
}

/** The bindings whose roleRef names this role. */
export function bindingsOf(model: AccessModel, role: RoleView): readonly BindingView[] {
  return model.bindingsByRole.get(roleKey(role.kind, role.namespace, role.name)) ?? [];
}

const SERVICE_ACCOUNT_USER = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** The ServiceAccount that a subject stands for, also when it is written as the user name that ServiceAccounts have. */
export function serviceAccountOf(
  subject: SubjectView,
): { readonly namespace: string; readonly name: string } | undefined {
  if (subject.kind === "ServiceAccount") return { namespace: subject.namespace, name: subject.name };
  const match = subject.kind === "User" ? SERVICE_ACCOUNT_USER.exec(subject.name) : null;
  return match === null ? undefined : { namespace: match[1] ?? "", name: match[2] ?? "" };
}

/** `User jane`, `Group devs`, `ServiceAccount shop/api`. */
export function describeSubject(subject: SubjectView): string {
  const account = serviceAccountOf(subject);
  return account === undefined
    ? `${subject.kind} ${subject.name}`
    : `ServiceAccount ${account.namespace}/${account.name}`;
}

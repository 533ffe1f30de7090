import type { AggregationRule, ClusterOrigin, KubeObject, PolicyRule, Subject } from "@redoubt/kube";
import { BUILT_IN_BINDINGS, BUILT_IN_ROLES, KUBERNETES_VERSION } from "../gen/built-in-policy.ts";
import { type BindingView, type RoleView, type SubjectView, bindingView, roleView } from "./access.ts";

/** A Role or (without namespace) ClusterRole that the API server creates. */
export interface BuiltInRole {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly rules?: readonly PolicyRule[];
  readonly aggregationRule?: AggregationRule;
}

/** A RoleBinding or (without namespace) ClusterRoleBinding that the API server creates. */
export interface BuiltInBinding {
  readonly namespace: string;
  readonly name: string;
  readonly role: { readonly kind: string; readonly name: string };
  readonly subjects: readonly Subject[];
}

const API_VERSION = "rbac.authorization.k8s.io/v1";
const BOOTSTRAP_LABELS = { "kubernetes.io/bootstrapping": "rbac-defaults" };

/** Where built-in objects come from that nobody gave. */
export const BUILT_IN_ORIGIN: ClusterOrigin = {
  kind: "cluster",
  context: `Kubernetes ${KUBERNETES_VERSION} built-in policy`,
  uid: "",
  resourceVersion: "",
};

let policy: { readonly roles: readonly RoleView[]; readonly bindings: readonly BindingView[] } | undefined;

/** The roles and bindings that every API server creates for itself, as the pinned version has them. */
export function builtInPolicy(): { readonly roles: readonly RoleView[]; readonly bindings: readonly BindingView[] } {
  policy ??= {
    roles: BUILT_IN_ROLES.map(({ namespace, name, labels, rules, aggregationRule }) => {
      const body = { rules: rules ?? [], ...(aggregationRule === undefined ? {} : { aggregationRule }) };
      return namespace === ""
        ? roleView(
            {
              ...described("ClusterRole", namespace, name, labels),
              known: "rbac.authorization.k8s.io/ClusterRole",
              value: body,
            },
            "ClusterRole",
          )
        : roleView(
            { ...described("Role", namespace, name, labels), known: "rbac.authorization.k8s.io/Role", value: body },
            "Role",
          );
    }),
    bindings: BUILT_IN_BINDINGS.map(({ namespace, name, role, subjects }) => {
      const body = { roleRef: { apiGroup: "rbac.authorization.k8s.io", ...role }, subjects };
      return namespace === ""
        ? bindingView(
            {
              ...described("ClusterRoleBinding", namespace, name, BOOTSTRAP_LABELS),
              known: "rbac.authorization.k8s.io/ClusterRoleBinding",
              value: body,
            },
            "ClusterRoleBinding",
          )
        : bindingView(
            {
              ...described("RoleBinding", namespace, name, BOOTSTRAP_LABELS),
              known: "rbac.authorization.k8s.io/RoleBinding",
              value: body,
            },
            "RoleBinding",
          );
    }),
  };
  return policy;
}

function described(
  kind: string,
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>>,
): Omit<KubeObject<object>, "value" | "known"> {
  return {
    type: "object",
    apiVersion: API_VERSION,
    group: "rbac.authorization.k8s.io",
    kind,
    namespace,
    name,
    labels,
    annotations: {},
    origin: BUILT_IN_ORIGIN,
  };
}

let builtInByName: ReadonlyMap<string, readonly BindingView[]> | undefined;

/** Whether the API server itself gives this subject this binding: a subject that somebody added to a built-in binding is not. */
export function isBuiltInGrant(binding: BindingView, subject: SubjectView): boolean {
  builtInByName ??= Map.groupBy(builtInPolicy().bindings, ({ name }) => name);
  const { kind, namespace, name, roleRef } = binding;
  return (builtInByName.get(name) ?? []).some(
    (builtIn) =>
      builtIn.kind === kind &&
      builtIn.namespace === namespace &&
      builtIn.roleRef.kind === roleRef.kind &&
      builtIn.roleRef.name === roleRef.name &&
      builtIn.subjects.some(
        (each) => each.kind === subject.kind && each.namespace === subject.namespace && each.name === subject.name,
      ),
  );
}

import type { JsonObject } from "@redoubt/kube";
import { LABEL_PREFIX } from "../engine/namespace-policy.ts";
import { POD_VARIABLES, literal } from "./cel-expression.ts";
import type { Constraint } from "./constraint.ts";
import type { Level } from "../engine/level-version.ts";

/** Which pods a kept policy is for. */
export interface PolicyScope {
  /** Empty: every namespace that enforces `level`. */
  readonly namespaces: readonly string[];
  readonly level: Level;
  /** `NAMESPACE/NAME` of the service accounts it is limited to, where others in the same namespaces had another policy. */
  readonly serviceAccounts?: readonly string[];
}

/**
 * A ValidatingAdmissionPolicy and its binding (admissionregistration.k8s.io/v1, Kubernetes 1.30 and later) that keep the
 * constraints. They judge pods when they are created and when an ephemeral container is added: no other update can change
 * what they look at, and so none is ever held up.
 */
export function admissionPolicyFor(name: string, constraints: readonly Constraint[], scope: PolicyScope): JsonObject[] {
  const objectName = `psp-${name}`;
  const { serviceAccounts } = scope;
  const policy: JsonObject = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: objectName },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: {
        resourceRules: [
          { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
          { apiGroups: [""], apiVersions: ["v1"], operations: ["UPDATE"], resources: ["pods/ephemeralcontainers"] },
        ],
      },
      ...(serviceAccounts === undefined
        ? {}
        : { matchConditions: [{ name: "service-accounts", expression: runsAsOneOf(serviceAccounts) }] }),
      variables: POD_VARIABLES.map((variable) => ({ ...variable })),
      validations: constraints.map(({ expression, message }) => ({ expression, message })),
    },
  };
  const binding: JsonObject = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: objectName },
    spec: {
      policyName: objectName,
      validationActions: ["Deny"],
      matchResources: { namespaceSelector: selectorOf(scope) },
    },
  };
  return [policy, binding];
}

function selectorOf({ namespaces, level }: PolicyScope): JsonObject {
  if (namespaces.length === 0) return { matchLabels: { [`${LABEL_PREFIX}enforce`]: level } };
  return { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: [...namespaces] }] };
}

function runsAsOneOf(serviceAccounts: readonly string[]): string {
  const name = 'has(object.spec.serviceAccountName) ? object.spec.serviceAccountName : "default"';
  return `(request.namespace + "/" + (${name})) in ${literal(serviceAccounts)}`;
}

import type { BindingView, SubjectView } from "../model/access.ts";

/** Why a subject matches nobody. */
export interface SubjectProblem {
  /** A clause that names the subject. */
  readonly message: string;
  readonly field: "kind" | "name" | "namespace" | "apiGroup";
}

const RBAC_GROUP = "rbac.authorization.k8s.io";
const SYSTEM_GROUPS = /^system:(authenticated|unauthenticated|masters|nodes|serviceaccounts(:.*)?)$/;

/** What makes a subject one that no request comes from, or that the API server rejects; undefined when it is sound. */
export function subjectProblem(subject: SubjectView, binding: BindingView["kind"]): SubjectProblem | undefined {
  switch (subject.kind) {
    case "User":
      return wrongGroup(subject, RBAC_GROUP) ?? userProblem(subject.name);
    case "Group":
      return wrongGroup(subject, RBAC_GROUP) ?? groupProblem(subject.name);
    case "ServiceAccount":
      return wrongGroup(subject, "") ?? accountProblem(subject, binding);
    default:
      return {
        message: `Subject kind ${subject.kind === "" ? "(none)" : subject.kind} does not exist: the API server rejects it (User, Group or ServiceAccount)`,
        field: "kind",
      };
  }
}

function wrongGroup(subject: SubjectView, expected: string): SubjectProblem | undefined {
  // The API server fills in an empty group.
  if (subject.apiGroup === undefined || subject.apiGroup === "" || subject.apiGroup === expected) return undefined;
  return {
    message: `${subject.kind} ${subject.name} has apiGroup ${subject.apiGroup}, which the API server rejects: it is "${expected}" for a ${subject.kind}`,
    field: "apiGroup",
  };
}

function userProblem(name: string): SubjectProblem | undefined {
  if (SYSTEM_GROUPS.test(name)) {
    return { message: `User ${name} matches nobody: ${name} is a group`, field: "kind" };
  }
  if (/^(system:)?serviceaccount:/.test(name) && !/^system:serviceaccount:[^:]+:[^:]+$/.test(name)) {
    return {
      message: `User ${name} matches no ServiceAccount: their user names are system:serviceaccount:NAMESPACE:NAME`,
      field: "name",
    };
  }
  return undefined;
}

function groupProblem(name: string): SubjectProblem | undefined {
  if (name === "system:anonymous" || name.startsWith("system:serviceaccount:")) {
    return { message: `Group ${name} matches nobody: ${name} is a user name`, field: "kind" };
  }
  return undefined;
}

function accountProblem(subject: SubjectView, binding: BindingView["kind"]): SubjectProblem | undefined {
  if (subject.name.includes(":")) {
    return {
      message: `ServiceAccount ${subject.name} matches nobody: name and namespace are separate fields`,
      field: "name",
    };
  }
  if (binding === "ClusterRoleBinding" && subject.namespace === "") {
    return {
      message: `ServiceAccount ${subject.name} has no namespace, which the API server rejects in a ClusterRoleBinding`,
      field: "namespace",
    };
  }
  return undefined;
}

import { type SubjectView, serviceAccountOf } from "./access.ts";

/** Who makes a request, as authentication tells the authorizer. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
}

/**
 * Names a subject of a binding: `user:NAME`, `group:NAME`. A ServiceAccount is the user name that its tokens
 * authenticate as. Undefined for subjects that no request can come from.
 */
export type SubjectKey = `user:${string}` | `group:${string}`;

export const ANONYMOUS = "system:anonymous";
export const AUTHENTICATED = "system:authenticated";
export const UNAUTHENTICATED = "system:unauthenticated";
export const SERVICE_ACCOUNTS = "system:serviceaccounts";
const SERVICE_ACCOUNT_PREFIX = "system:serviceaccount:";

/** The user name of a ServiceAccount. */
export function serviceAccountUser(namespace: string, name: string): string {
  return `${SERVICE_ACCOUNT_PREFIX}${namespace}:${name}`;
}

/** A ServiceAccount with the groups that its tokens carry. */
export function serviceAccountIdentity(namespace: string, name: string): Identity {
  return {
    user: serviceAccountUser(namespace, name),
    groups: [SERVICE_ACCOUNTS, `${SERVICE_ACCOUNTS}:${namespace}`, AUTHENTICATED],
  };
}

/** A user with groups as an authenticator would give them: every user that is not anonymous is `system:authenticated`. */
export function userIdentity(user: string, groups: readonly string[] = []): Identity {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  const implied =
    namespace !== undefined && name !== undefined
      ? serviceAccountIdentity(namespace, name).groups
      : [user === ANONYMOUS ? UNAUTHENTICATED : AUTHENTICATED];
  return { user, groups: [...new Set([...groups, ...implied])] };
}

export function subjectKeysOf(identity: Identity): readonly SubjectKey[] {
  return [`user:${identity.user}`, ...identity.groups.map((group): SubjectKey => `group:${group}`)];
}

/** The key of a subject; undefined where the authorizer never matches it. */
export function subjectKey(subject: SubjectView): SubjectKey | undefined {
  switch (subject.kind) {
    case "User":
      return `user:${subject.name}`;
    case "Group":
      return `group:${subject.name}`;
    case "ServiceAccount":
      return subject.namespace === "" ? undefined : `user:${serviceAccountUser(subject.namespace, subject.name)}`;
    default:
      return undefined;
  }
}

/** The identity that stands for a subject by itself: a group is somebody with no other name and group. */
export function identityOf(key: SubjectKey): Identity {
  if (key.startsWith("user:")) return userIdentity(key.slice("user:".length));
  const group = key.slice("group:".length);
  return { user: "", groups: group === UNAUTHENTICATED ? [group] : [...new Set([group, AUTHENTICATED])] };
}

/** `User jane`, `Group devs`, `ServiceAccount shop/api`. */
export function describeSubjectKey(key: SubjectKey): string {
  if (key.startsWith("group:")) return `Group ${key.slice("group:".length)}`;
  const user = key.slice("user:".length);
  const account = serviceAccountOf({ kind: "User", name: user, namespace: "", apiGroup: undefined, index: 0 });
  return account === undefined ? `User ${user}` : `ServiceAccount ${account.namespace}/${account.name}`;
}

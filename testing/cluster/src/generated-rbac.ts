import type { SeededRandom } from "@redoubt/peers";

const API = "/apis/rbac.authorization.k8s.io/v1";
const NAMESPACES = ["red", "green", "blue"] as const;
const GROUPS = ["", "apps", "batch", "example.com", "*"] as const;
const RESOURCES = [
  "pods",
  "pods/log",
  "pods/exec",
  "deployments",
  "deployments/scale",
  "*/scale",
  "*/log",
  "secrets",
  "widgets",
  "pods/*",
  "*",
] as const;
const VERBS = ["get", "list", "watch", "create", "update", "delete", "deletecollection", "escalate", "*"] as const;
const NAMES = ["a", "b", "c"] as const;
const PATHS = ["/healthz", "/healthz/*", "/metrics", "/api*", "/apis/apps/*", "*"] as const;
const LABELS = ["north", "south", "east"] as const;
const USERS = ["ann", "ben", "cat", "system:serviceaccount:red:one"] as const;
const SUBJECT_GROUPS = [
  "devs",
  "ops",
  "system:authenticated",
  "system:serviceaccounts",
  "system:serviceaccounts:green",
] as const;

/** Not everybody: the tests need somebody who may do little. */
const CLUSTER_GROUPS = ["devs", "ops", "system:serviceaccounts", "system:serviceaccounts:green"] as const;

/** An RBAC object, and where it is created. */
export interface GeneratedObject {
  readonly path: string;
  readonly body: object;
}

/** Roles, aggregated ClusterRoles and bindings, some of them to roles that do not exist. All are valid to the API server. */
export function generateRbac(random: SeededRandom, count: number): readonly GeneratedObject[] {
  const resourceRule = (): object => ({
    apiGroups: atLeastOne(random, GROUPS, 0.3),
    resources: atLeastOne(random, RESOURCES, 0.2),
    verbs: atLeastOne(random, VERBS, 0.25),
    ...(random.chance(0.25) ? { resourceNames: atLeastOne(random, NAMES, 0.4) } : {}),
  });
  const pathRule = (): object => ({
    nonResourceURLs: atLeastOne(random, PATHS, 0.2),
    verbs: atLeastOne(random, VERBS, 0.3),
  });
  const rules = (withPaths: boolean): object[] =>
    Array.from({ length: random.integer(0, 3) }, () => (withPaths && random.chance(0.3) ? pathRule() : resourceRule()));
  const subjects = (namespace: string | undefined): object[] =>
    Array.from({ length: random.integer(0, 3) }, () => {
      if (random.chance(0.4)) return { kind: "User", name: random.pick(USERS), apiGroup: "rbac.authorization.k8s.io" };
      if (random.chance(0.5))
        return {
          kind: "Group",
          name: random.pick(namespace === undefined ? CLUSTER_GROUPS : SUBJECT_GROUPS),
          apiGroup: "rbac.authorization.k8s.io",
        };
      const account = { kind: "ServiceAccount", name: random.pick(["one", "two"]) };
      return namespace !== undefined && random.chance(0.3)
        ? account
        : { ...account, namespace: random.pick(NAMESPACES) };
    });
  const objects: GeneratedObject[] = [];
  for (let at = 0; at < count; at += 1) {
    const labels = Object.fromEntries(random.some(LABELS, 0.25).map((label) => [label, "true"]));
    const aggregated = random.chance(0.2);
    objects.push({
      path: `${API}/clusterroles`,
      body: {
        metadata: { name: `cluster-role-${at}`, labels },
        ...(aggregated
          ? {
              aggregationRule: {
                clusterRoleSelectors: atLeastOne(random, LABELS, 0.5).map((label) => ({
                  matchLabels: { [label]: "true" },
                })),
              },
            }
          : { rules: rules(true) }),
      },
    });
    const namespace = random.pick(NAMESPACES);
    objects.push({
      path: `${API}/namespaces/${namespace}/roles`,
      body: { metadata: { name: `role-${at}` }, rules: rules(false) },
    });
    objects.push({
      path: `${API}/clusterrolebindings`,
      body: {
        metadata: { name: `cluster-binding-${at}` },
        roleRef: reference("ClusterRole", `cluster-role-${random.integer(0, count)}`),
        subjects: subjects(undefined),
      },
    });
    const where = random.pick(NAMESPACES);
    const number = random.integer(0, count);
    objects.push({
      path: `${API}/namespaces/${where}/rolebindings`,
      body: {
        metadata: { name: `binding-${at}` },
        roleRef: random.chance(0.5)
          ? reference("Role", `role-${number}`)
          : reference("ClusterRole", `cluster-role-${number}`),
        subjects: subjects(where),
      },
    });
  }
  return objects;
}

/** One SubjectAccessReview's `spec`. */
export interface ReviewSpec {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly resourceAttributes?: Readonly<
    Record<"namespace" | "verb" | "group" | "resource" | "subresource" | "name", string>
  >;
  readonly nonResourceAttributes?: Readonly<Record<"path" | "verb", string>>;
}

/** Asks about what the generated rules are about, and about things beside them. */
export function generateReview(random: SeededRandom): ReviewSpec {
  const who = {
    user: random.pick([...USERS, "system:serviceaccount:green:two", "nobody"]),
    groups: random.some(SUBJECT_GROUPS, 0.25),
  };
  if (random.chance(0.2))
    return {
      ...who,
      nonResourceAttributes: {
        path: random.pick(["/healthz", "/healthz/ready", "/metrics", "/apis", "/apis/apps/v1", "/version"]),
        verb: random.pick(["get", "list", "post"]),
      },
    };
  return {
    ...who,
    resourceAttributes: {
      namespace: random.pick(["", ...NAMESPACES, "elsewhere"]),
      verb: random.pick(["get", "list", "watch", "create", "update", "delete", "deletecollection", "escalate", "bind"]),
      group: random.pick(["", "apps", "batch", "example.com", "other.io"]),
      resource: random.pick(["pods", "deployments", "secrets", "widgets", "pods/log", "nodes"]),
      subresource: random.pick(["", "", "log", "scale", "exec", "*"]),
      name: random.pick(["", "a", "b", "d"]),
    },
  };
}

function reference(kind: string, name: string): object {
  return { apiGroup: "rbac.authorization.k8s.io", kind, name };
}

function atLeastOne<T>(random: SeededRandom, values: readonly [T, ...T[]], probability: number): T[] {
  const some = random.some(values, probability);
  return some.length > 0 ? some : [random.pick(values)];
}

/** Rights with resourceNames lead as far as the authorizer lets them: k8s.io/kubernetes/pkg/registry/rbac, k8s.io/apiserver/pkg/endpoints. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { snapshotFromText } from "@redoubt/kube";
import { attackGraph } from "./build-graph.ts";
import { findPaths } from "./find-paths.ts";

const RBAC = "rbac.authorization.k8s.io";

function rule(verbs: string, resources: string, group = "", names = ""): string {
  const only = names === "" ? "" : `, resourceNames: [${names}]`;
  return `{ apiGroups: ["${group}"], resources: [${resources}], verbs: [${verbs}]${only} }`;
}

function role(kind: "Role" | "ClusterRole", name: string, rules: readonly string[]): string {
  const namespace = kind === "Role" ? ", namespace: shop" : "";
  return `apiVersion: ${RBAC}/v1\nkind: ${kind}\nmetadata: { name: ${name}${namespace} }\nrules: [${rules.join(", ")}]\n---\n`;
}

function bind(kind: "Role" | "ClusterRole", name: string, user: string, binding = name): string {
  const namespace = kind === "Role" ? ", namespace: shop" : "";
  return `apiVersion: ${RBAC}/v1\nkind: ${kind}Binding\nmetadata: { name: ${binding}${namespace} }\nroleRef: { apiGroup: ${RBAC}, kind: ${kind}, name: ${name} }\nsubjects: [{ kind: User, name: ${user} }]\n---\n`;
}

const shop = (...rules: readonly string[]): string => role("Role", "r", rules) + bind("Role", "r", "jane");
const everywhere = (...rules: readonly string[]): string =>
  role("ClusterRole", "r", rules) + bind("ClusterRole", "r", "jane");

const ADMISSION = "admissionregistration.k8s.io";
const CERTIFICATES = "certificates.k8s.io";
const APPROVE = rule("approve", "signers", CERTIFICATES, "kubernetes.io/kube-apiserver-client");
const TARGETS = `${role("ClusterRole", "deployer", [rule("create", "pods")]) + bind("ClusterRole", "deployer", "root", "deployers")}
apiVersion: v1
kind: ServiceAccount
metadata: { name: app, namespace: shop }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: app, namespace: bank }
---
apiVersion: v1
kind: Secret
metadata: { name: db, namespace: shop }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec: { nodeName: one, containers: [{ name: c, image: example.com/c:1 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: api, namespace: shop }
spec: { nodeName: two, containers: [{ name: c, image: example.com/c:1 }] }
---
`;

/** Jane's rights, and every step that they alone let her take. */
const CASES: readonly (readonly [title: string, text: string, steps: readonly string[]])[] = [
  // Objects that are read, entered or acted as.
  ["get of a named Secret", shop(rule("get", "secrets", "", "db")), ["get-secret Secret shop/db"]],
  [
    "list of a named Secret, which a field selector asks for",
    shop(rule("list", "secrets", "", "db")),
    ["list-secrets Secret shop/db"],
  ],
  [
    "a named Secret that the files do not hold",
    shop(rule("get", "secrets", "", "elsewhere")),
    ["get-secret Secret shop/elsewhere"],
  ],
  [
    "tokens of a named ServiceAccount",
    shop(rule("create", "serviceaccounts/token", "", "app")),
    ["request-token ServiceAccount shop/app"],
  ],
  [
    "tokens of a named ServiceAccount in every namespace",
    everywhere(rule("create", "serviceaccounts/token", "", "app")),
    ["request-token ServiceAccount bank/app", "request-token ServiceAccount shop/app"],
  ],
  [
    "impersonation of a named ServiceAccount",
    shop(rule("impersonate", "serviceaccounts", "", "app")),
    ["impersonate-account ServiceAccount shop/app"],
  ],
  [
    "impersonation of a named user",
    everywhere(rule("impersonate", "users", "", "root")),
    ["impersonate-user User root"],
  ],
  [
    "the user name of a ServiceAccount, which is asked about as a ServiceAccount",
    everywhere(rule("impersonate", "users", "", '"system:serviceaccount:shop:app"')),
    [],
  ],
  [
    "a named group with a named user",
    everywhere(rule("impersonate", "users", "", "nobody"), rule("impersonate", "groups", "", '"system:masters"')),
    ["impersonate-group Group system:masters", "impersonate-user User nobody"],
  ],
  ["a named group without any user", everywhere(rule("impersonate", "groups", "", '"system:masters"')), []],
  ["exec into a named Pod", shop(rule("create", "pods/exec", "", "web")), ["exec Pod shop/web"]],
  ["the kubelet of a named node", everywhere(rule("get", "nodes/proxy", "", "two")), ["kubelet-api Pod shop/api"]],
  // Creation by name.
  ["create of named Pods, which a POST is not", shop(rule("create", "pods", "", "web")), []],
  [
    "create and patch of named Pods: a server-side apply creates by name",
    shop(rule("create, patch", "pods", "", "other")),
    ["create-workload run Pods in namespace shop"],
  ],
  [
    "create and update of named Pods, which an update does not create",
    shop(rule("create, update", "pods", "", "other")),
    [],
  ],
  [
    "a named webhook configuration sees every Pod",
    everywhere(rule("patch", "mutatingwebhookconfigurations", ADMISSION, "injector")),
    ["rewrite-admission run Pods in any namespace"],
  ],
  [
    "a mutating policy does nothing without a binding",
    everywhere(rule("create", "mutatingadmissionpolicies", ADMISSION)),
    [],
  ],
  [
    "a mutating policy with a binding",
    everywhere(rule("create", "mutatingadmissionpolicies, mutatingadmissionpolicybindings", ADMISSION)),
    ["rewrite-admission run Pods in any namespace"],
  ],
  // The same object is needed twice.
  [
    "a token Secret that can be made and read",
    shop(rule("create", "secrets"), rule("get", "secrets", "", "mine")),
    ["get-secret Secret shop/mine", "token-secret act as any ServiceAccount in namespace shop"],
  ],
  [
    "a token Secret that can be made by one name and read by another",
    shop(rule("create, patch", "secrets", "", "one"), rule("get", "secrets", "", "two")),
    ["get-secret Secret shop/two"],
  ],
  [
    "a request that is approved by name",
    everywhere(
      rule("create", "certificatesigningrequests", CERTIFICATES),
      rule("update", "certificatesigningrequests/approval", CERTIFICATES, "mine"),
      APPROVE,
    ),
    ["client-certificate act as any user", "client-certificate act in any group but system:masters"],
  ],
  [
    "a request of one name and an approval of another",
    everywhere(
      rule("create, patch", "certificatesigningrequests", CERTIFICATES, "mine"),
      rule("update", "certificatesigningrequests/approval", CERTIFICATES, "yours"),
      APPROVE,
    ),
    [],
  ],
  // Bindings.
  [
    "bind of a named role",
    everywhere(rule("create", "clusterrolebindings", RBAC), rule("bind", "clusterroles", RBAC, "deployer")),
    ["bind-role ClusterRole deployer in the whole cluster"],
  ],
  [
    "bind of a named role in every namespace",
    everywhere(rule("create", "rolebindings", RBAC), rule("bind", "clusterroles", RBAC, "deployer")),
    ["bank", "kube-system", "shop"].map((namespace) => `bind-role ClusterRole deployer in namespace ${namespace}`),
  ],
  [
    "a named binding can only be made by its name",
    everywhere(rule("create", "clusterrolebindings", RBAC, "mine"), rule("bind", "clusterroles", RBAC)),
    [],
  ],
  [
    "an update makes the binding that it names",
    everywhere(rule("create, update", "clusterrolebindings", RBAC, "mine"), rule("bind", "clusterroles", RBAC)),
    ["bind-role cluster-admin"],
  ],
  [
    "patch of a named binding gives the role that it has",
    everywhere(rule("patch", "clusterrolebindings", RBAC, "deployers"), rule("bind", "clusterroles", RBAC)),
    ["bind-role ClusterRole deployer in the whole cluster"],
  ],
  [
    "patch of a named binding whose role may not be bound",
    everywhere(rule("patch", "clusterrolebindings", RBAC, "deployers"), rule("bind", "clusterroles", RBAC, "view")),
    [],
  ],
  [
    "patch of every binding",
    everywhere(rule("patch", "clusterrolebindings", RBAC), rule("bind", "clusterroles", RBAC)),
    ["bind-role cluster-admin"],
  ],
  [
    "patch of RoleBindings where there is none but one's own",
    shop(rule("patch", "rolebindings", RBAC), rule("bind", "clusterroles", RBAC)),
    [],
  ],
  // Roles.
  [
    "escalate on the very role that it holds",
    everywhere(rule("update, escalate", "clusterroles", RBAC, "r")),
    ["escalate-role cluster-admin"],
  ],
  ["escalate on a role that it does not hold", everywhere(rule("update, escalate", "clusterroles", RBAC, "other")), []],
  [
    "update of one role and escalate on another",
    everywhere(rule("update", "clusterroles", RBAC, "r"), rule("escalate", "clusterroles", RBAC, "deployer")),
    [],
  ],
  [
    "a role that it may change, escalate and bind",
    everywhere(
      rule("update, escalate, bind", "clusterroles", RBAC, "deployer"),
      rule("create", "clusterrolebindings", RBAC),
    ),
    ["bind-role ClusterRole deployer in the whole cluster", "escalate-role cluster-admin"],
  ],
  [
    "a Role of its own",
    shop(rule("patch, escalate", "roles", RBAC, "r")),
    ["escalate-role do everything in namespace shop"],
  ],
  ["another Role", shop(rule("patch, escalate", "roles", RBAC, "other")), []],
];

suite("rights with resourceNames", () => {
  for (const [title, text, steps] of CASES) {
    test(title, () => {
      const { edges, nodes } = attackGraph(snapshotFromText(text + TARGETS));
      const own = edges.filter(
        ({ from }) => /^role (?:Role shop\/|ClusterRole )r @/.test(from) || from === "user:jane",
      );
      const taken = own
        .filter(({ kind }) => kind !== "holds-role" && kind !== "member-of")
        .map(({ kind, to }) => `${kind} ${nodes.get(to)?.label ?? to}`);
      assert.deepEqual([...new Set(taken)].sort(), steps);
    });
  }

  test("several roles of a user count together, each for its own names", () => {
    const second = role("ClusterRole", "r2", [rule("bind", "clusterroles", RBAC, "deployer")]);
    const text = `${everywhere(rule("patch", "clusterrolebindings", RBAC, "deployers"))}${second}${bind("ClusterRole", "r2", "jane")}${TARGETS}`;
    const [path] = findPaths(snapshotFromText(text), { starts: ["User jane"], goals: ["node"] }).paths;
    assert.deepEqual(
      path?.edges.map(({ kind }) => kind),
      ["bind-role", "create-workload", "use-power", "privileged-pod"],
    );
    assert.match(path?.edges[0]?.says ?? "", /adds itself to ClusterRoleBinding deployers/);
  });
});

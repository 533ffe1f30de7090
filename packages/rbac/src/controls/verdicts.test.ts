import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { evaluate } from "@redoubt/control";
import { snapshotFromText } from "@redoubt/kube";
import { controls } from "./index.ts";

/** Every failure as `ID severity message`. */
function failures(text: string, ...ids: readonly string[]): readonly string[] {
  const chosen = ids.length === 0 ? controls : controls.filter(({ id }) => ids.includes(id));
  return evaluate(chosen, snapshotFromText(text)).results.flatMap(({ findings }) =>
    findings
      .filter(({ verdict }) => verdict === "fail")
      .map(({ control, severity, message }) => `${control.id} ${severity} ${message}`),
  );
}

const role = (kind: string, name: string, rules: string, extra = ""): string => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata: { name: "${name}"${kind === "Role" ? ", namespace: shop" : ""}${extra} }
rules: ${rules}
---`;
const binding = (kind: string, roleKind: string, roleName: string, subject: string): string => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata: { name: bind-${roleName.replaceAll(":", "-")}${kind === "RoleBinding" ? ", namespace: shop" : ""} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${roleKind}, name: "${roleName}" }
subjects: [${subject}]
---`;
const SECRETS = '[{ apiGroups: [""], resources: [secrets], verbs: [get, list] }]';
const APP = "{ kind: ServiceAccount, name: app, namespace: shop }";

suite("a developer's role", () => {
  const developer = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { namespace: development, name: developer }
rules:
  - apiGroups: ["apps", ""]
    resources: ["deployments", "pods", "services"]
    verbs: ["get", "list", "watch", "create", "update"]
  - apiGroups: [""]
    resources: ["pods/log"]
    verbs: ["get", "list"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: developer-binding, namespace: development }
subjects: [{ kind: User, name: jane@example.com, apiGroup: rbac.authorization.k8s.io }]
roleRef: { kind: Role, name: developer, apiGroup: rbac.authorization.k8s.io }
`;
  test("is told what it really allows, and nothing else", () => {
    const found = failures(developer);
    assert.equal(found.length, 2);
    assert.match(
      found[0] ?? "",
      /^RBAC-012 medium User jane@example\.com can create and update pods and deployments in namespace development: /,
    );
    assert.match(found[1] ?? "", /^RBAC-040 info /);
  });
});

suite("who holds a role decides", () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      "nobody",
      role("ClusterRole", "r", SECRETS),
      /^RBAC-010 low Whoever gets this role can get and list secrets \(no binding/,
    ],
    [
      "someone in a namespace",
      role("ClusterRole", "r", SECRETS) + binding("RoleBinding", "ClusterRole", "r", APP),
      /^RBAC-010 medium ServiceAccount shop\/app can get and list secrets in namespace shop: /,
    ],
    [
      "someone everywhere",
      role("ClusterRole", "r", SECRETS) + binding("ClusterRoleBinding", "ClusterRole", "r", APP),
      /^RBAC-010 high ServiceAccount shop\/app can get and list secrets in the whole cluster: /,
    ],
    [
      "holders of view, by aggregation",
      role("ClusterRole", "r", SECRETS, ', labels: { rbac.authorization.k8s.io/aggregate-to-view: "true" }') +
        binding("ClusterRoleBinding", "ClusterRole", "edit", "{ kind: Group, name: devs }"),
      /^RBAC-010 high Group devs \(through ClusterRole edit\) can get and list secrets in the whole cluster: /,
    ],
    [
      "named Secrets are milder",
      role("Role", "r", '[{ apiGroups: [""], resources: [secrets], resourceNames: [a, b], verbs: [get] }]') +
        binding("RoleBinding", "Role", "r", APP),
      /^RBAC-010 low ServiceAccount shop\/app can get secrets \(only a, b\) in namespace shop: /,
    ],
  ];
  for (const [title, text, expected] of cases) {
    test(title, () => {
      const found = failures(text, "RBAC-010");
      assert.equal(found.length, 1);
      assert.match(found[0] ?? "", expected);
    });
  }

  test("a RoleBinding gives nothing cluster-scoped", () => {
    const nodes = '[{ apiGroups: [""], resources: [nodes], verbs: [patch] }]';
    const found = failures(
      role("ClusterRole", "r", nodes) + binding("RoleBinding", "ClusterRole", "r", APP),
      "RBAC-026",
      "RBAC-038",
    );
    assert.match(found[0] ?? "", /^RBAC-026 medium Whoever gets this role can patch nodes/);
    assert.match(found[1] ?? "", /^RBAC-038 low bind-r grants nothing: nodes of ClusterRole r is cluster-scoped/);
  });
});

suite("wildcards", () => {
  test("everything is one finding, not one for each right it includes", () => {
    const all = '[{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]';
    const found = failures(role("ClusterRole", "r", all) + binding("ClusterRoleBinding", "ClusterRole", "r", APP));
    assert.equal(found.length, 1);
    assert.match(
      found[0] ?? "",
      /^RBAC-001 critical ServiceAccount shop\/app can do everything .* equals cluster-admin\.$/,
    );
  });

  test("reading everything names what that opens", () => {
    const found = failures(
      role("Role", "r", '[{ apiGroups: [""], resources: ["*"], verbs: [get, list] }]'),
      "RBAC-002",
    );
    assert.match(found[0] ?? "", /opens: read every Secret, run commands in Pods and reach Pod ports/);
  });
});

suite("what the API server creates itself is not noise", () => {
  const label = ", labels: { kubernetes.io/bootstrapping: rbac-defaults }";
  const all = '[{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }, { nonResourceURLs: ["*"], verbs: ["*"] }]';
  const silent: readonly (readonly [string, string])[] = [
    [
      "cluster-admin and its binding",
      role("ClusterRole", "cluster-admin", all, label) +
        binding("ClusterRoleBinding", "ClusterRole", "cluster-admin", "{ kind: Group, name: system:masters }").replace(
          "bind-cluster-admin",
          "cluster-admin",
        ),
    ],
    [
      "discovery for everyone",
      binding(
        "ClusterRoleBinding",
        "ClusterRole",
        "system:public-info-viewer",
        "{ kind: Group, name: system:unauthenticated }",
      ),
    ],
  ];
  for (const [title, text] of silent) test(title, () => assert.deepEqual(failures(text), []));

  test("but the label alone makes nobody built in", () => {
    assert.match(failures(role("ClusterRole", "mine", all, label), "RBAC-001")[0] ?? "", /RBAC-001/);
  });
});

const view = (subject: string): string => binding("RoleBinding", "ClusterRole", "view", subject);

suite("subjects", () => {
  const cases: readonly (readonly [string, string, string, RegExp | undefined])[] = [
    [
      "the default account",
      "RBAC-009",
      "{ kind: ServiceAccount, name: default }",
      /default ServiceAccount of namespace shop/,
    ],
    [
      "the default account by user name",
      "RBAC-009",
      "{ kind: User, name: 'system:serviceaccount:ci:default' }",
      /of namespace ci/,
    ],
    [
      "an account of another namespace",
      "RBAC-037",
      "{ kind: ServiceAccount, name: x, namespace: ci }",
      /whoever runs Pods in ci/,
    ],
    ["an account without a namespace is of the binding's", "RBAC-037", "{ kind: ServiceAccount, name: x }", undefined],
    ["a group written as user", "RBAC-036", "{ kind: User, name: 'system:authenticated' }", /is a group/],
    ["a user written as group", "RBAC-036", "{ kind: Group, name: 'system:anonymous' }", /is a user name/],
    ["a user name of two parts", "RBAC-036", "{ kind: User, name: 'system:serviceaccount:x' }", /NAMESPACE:NAME/],
    ["a whole user name", "RBAC-036", "{ kind: User, name: 'system:serviceaccount:ci:x' }", undefined],
    [
      "a group with an apiGroup of nowhere",
      "RBAC-036",
      "{ kind: Group, name: devs, apiGroup: apps }",
      /API server rejects/,
    ],
    ["anonymous", "RBAC-007", "{ kind: User, name: 'system:anonymous' }", /without a login/],
    [
      "all accounts of the own namespace",
      "RBAC-008",
      "{ kind: Group, name: 'system:serviceaccounts:shop' }",
      /^RBAC-008 low .*every ServiceAccount of namespace shop/,
    ],
    [
      "all accounts",
      "RBAC-008",
      "{ kind: Group, name: 'system:serviceaccounts' }",
      /^RBAC-008 medium .*every ServiceAccount of the cluster/,
    ],
  ];
  for (const [title, id, subject, expected] of cases) {
    test(title, () => {
      const found = failures(view(subject), id);
      assert.equal(found.length, expected === undefined ? 0 : 1);
      if (expected !== undefined) assert.match(found[0] ?? "", expected);
    });
  }
});

test("a binding to a role that is not among the files is unknown, with what would tell", () => {
  const [result] = evaluate(
    controls.filter(({ id }) => id === "RBAC-034"),
    snapshotFromText(binding("RoleBinding", "Role", "elsewhere", APP)),
  ).results;
  assert.equal(result?.verdict, "unknown");
  assert.match(result.findings[0]?.needs ?? "", /the manifest of Role elsewhere in namespace shop/);
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { snapshotFromText } from "@redoubt/kube";
import { EDGE_KIND_NAMES, type EdgeKind } from "./edge-kinds.ts";
import { attackGraph } from "./build-graph.ts";
import { type PathReport, findPaths } from "./find-paths.ts";
import { cutPaths } from "./cut.ts";
import { PATH_FORMATS, renderPaths } from "./render-paths.ts";

const RBAC = "rbac.authorization.k8s.io";

/** What `jane` may do, in namespace shop or (with `cluster`) everywhere. */
function jane(rules: string, scope: "shop" | "cluster" = "shop"): string {
  const [kind, namespace] = scope === "shop" ? ["Role", ", namespace: shop"] : ["ClusterRole", ""];
  return `
apiVersion: ${RBAC}/v1
kind: ${kind}
metadata: { name: r${namespace} }
rules: [${rules}]
---
apiVersion: ${RBAC}/v1
kind: ${kind}Binding
metadata: { name: b${namespace} }
roleRef: { kind: ${kind}, name: r }
subjects: [{ kind: User, name: jane }]
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: app, namespace: shop }
---
`;
}

function allows(verbs: string, resources: string, group = ""): string {
  return `{ apiGroups: ["${group}"], resources: [${resources}], verbs: [${verbs}] }`;
}

function pod(spec: string, more = ""): string {
  return `
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec:
  ${spec}
---
${more}`;
}

const PLAIN = "containers: [{ name: c, image: example.com/c:1 }]";
const container = (security: string): string =>
  `containers: [{ name: c, image: example.com/c:1, securityContext: ${security} }]`;
const volume = (path: string, readOnly = false): string =>
  `containers: [{ name: c, image: example.com/c:1, volumeMounts: [{ name: v, mountPath: /v, readOnly: ${readOnly} }] }]\n  volumes: [{ name: v, hostPath: { path: ${path} } }]`;
const SECRET = `
apiVersion: v1
kind: Secret
metadata: { name: db, namespace: shop }
---
apiVersion: v1
kind: Secret
metadata: { name: old, namespace: shop, annotations: { kubernetes.io/service-account.name: app } }
type: kubernetes.io/service-account-token
---
`;
const enforcing = (level: string): string => `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: ${level} } }
---
`;
const reader = (resource: string): string => `
apiVersion: ${RBAC}/v1
kind: RoleBinding
metadata: { name: logs, namespace: shop }
roleRef: { kind: Role, name: logs }
subjects: [{ kind: ServiceAccount, name: default }]
---
apiVersion: ${RBAC}/v1
kind: Role
metadata: { name: logs, namespace: shop }
rules: [${allows("get", resource)}]
---
`;
const NODE = `
apiVersion: v1
kind: Node
metadata: { name: one, labels: { node-role.kubernetes.io/control-plane: "" } }
---
`;

/** For each kind of edge, objects that make it. */
const MAKES: Readonly<Record<EdgeKind, string>> = {
  "holds-role": jane(allows("get", "pods")),
  "member-of": jane(allows("impersonate", "serviceaccounts")),
  "anonymous-access": pod(PLAIN),
  "exposed-service": pod(
    PLAIN,
    "apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\nspec: { type: NodePort, selector: { app: web } }\n",
  ),
  "all-rights": jane(`{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }`, "cluster"),
  "create-workload": jane(allows("create", "jobs", "batch")),
  "change-workload": jane(allows("patch", "deployments", "apps")),
  "change-pod-image": jane(allows("patch", "pods")),
  exec: jane(allows("create", "pods/exec")),
  attach: jane(allows("get", "pods/attach")),
  "ephemeral-container": jane(allows("patch", "pods/ephemeralcontainers")),
  "kubelet-api": jane(allows("get", "nodes/proxy"), "cluster"),
  "list-secrets": jane(allows("list", "secrets")) + SECRET,
  "get-secret": jane(allows("get", "secrets")) + SECRET,
  "secret-token": jane(allows("list", "secrets")) + SECRET,
  "token-secret": jane(`${allows("create", "secrets")}, ${allows("get", "secrets")}`),
  "request-token": jane(allows("create", "serviceaccounts/token")),
  "impersonate-account": jane(allows("impersonate", "serviceaccounts")),
  "impersonate-user": jane(allows("impersonate", "users"), "cluster"),
  "impersonate-group": jane(allows("impersonate", "users, groups"), "cluster"),
  "bind-role": jane(
    `${allows("create", "clusterrolebindings", RBAC)}, ${allows("bind", "clusterroles", RBAC)}`,
    "cluster",
  ),
  "escalate-role": jane(allows("update, escalate", "clusterroles", RBAC), "cluster"),
  "client-certificate": jane(
    `${allows("create", "certificatesigningrequests", "certificates.k8s.io")}, ${allows("update", "certificatesigningrequests/approval", "certificates.k8s.io")}, { apiGroups: [certificates.k8s.io], resources: [signers], verbs: [approve], resourceNames: [kubernetes.io/kube-apiserver-client] }`,
    "cluster",
  ),
  "rewrite-admission": jane(
    allows("patch", "mutatingwebhookconfigurations", "admissionregistration.k8s.io"),
    "cluster",
  ),
  "relabel-namespace": jane(`${allows("create", "pods")}, ${allows("patch", "namespaces")}`) + enforcing("restricted"),
  "host-path-volume":
    jane(allows("create", "persistentvolumes, persistentvolumeclaims, pods"), "cluster") + enforcing("baseline"),
  "map-cloud-role": `${jane(allows("patch", "configmaps"), "cluster")}\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: aws-auth, namespace: kube-system }\n`,
  "use-power": jane(allows("create", "pods/exec")) + pod(PLAIN),
  "run-as-account": jane(allows("create", "pods")),
  "mount-secret": jane(allows("create", "pods")) + SECRET,
  "privileged-pod": jane(allows("create", "pods")),
  "account-token": pod(PLAIN),
  "mounted-secret":
    pod("containers: [{ name: c, image: example.com/c:1, envFrom: [{ secretRef: { name: db } }] }]") + SECRET,
  "privileged-container": pod(container("{ privileged: true }")),
  "host-pid": pod(`hostPID: true\n  ${container("{ capabilities: { add: [SYS_PTRACE] } }")}`),
  "kernel-module": pod(container("{ capabilities: { add: [CAP_SYS_MODULE] } }")),
  "cgroup-release-agent": pod(container("{ capabilities: { add: [ALL] } }")),
  "host-file-handles": pod(container("{ capabilities: { add: [DAC_READ_SEARCH] } }")),
  "runtime-socket": pod(volume("/run/containerd/containerd.sock", true)),
  "host-path-write": pod(volume("/etc")),
  "host-path-read": pod(volume("/etc/kubernetes", true)),
  "writable-proc": pod(volume("/proc/sys/kernel")),
  "log-symlink": pod(volume("/var/log"), reader("pods/log")),
  "pods-of-node": pod(`nodeName: one\n  ${container("{ privileged: true }")}`) + NODE,
  "pods-beside": pod(container("{ privileged: true }")),
  "node-files": pod(`nodeName: one\n  ${volume("/var/lib/kubelet", true)}`) + NODE,
  "control-plane-node": pod(`nodeName: one\n  ${container("{ privileged: true }")}`) + NODE,
};

suite("edges", () => {
  for (const kind of EDGE_KIND_NAMES) {
    test(`${kind} is found, with what proves it`, () => {
      const snapshot = snapshotFromText(MAKES[kind]);
      assert.deepEqual(
        snapshot.diagnostics.filter(({ severity }) => severity === "error"),
        [],
      );
      const edges = attackGraph(snapshot).edges.filter((edge) => edge.kind === kind);
      assert.ok(edges.length > 0);
    });
  }
});

/** A policy, bound to deny, that admits only Pods for which an expression holds. */
const REFUSING = (expression: string): string => `---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: no-takeover }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods] }]
  validations: [{ expression: "${expression}" }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: no-takeover }
spec: { policyName: no-takeover, validationActions: [Deny] }
`;

/** What a mitigation does to the objects that made an edge. */
const STOPS: readonly (readonly [mitigation: string, kind: EdgeKind, text: string, by: RegExp | undefined])[] = [
  [
    "a Pod Security level stops privileged Pods of whoever creates Pods",
    "privileged-pod",
    jane(allows("create", "pods")) + enforcing("baseline"),
    /baseline of Namespace shop/,
  ],
  [
    "policies that refuse every way to the node stop privileged Pods",
    "privileged-pod",
    jane(allows("create", "pods")) +
      REFUSING("!has(object.spec.volumes) && object.spec.containers.all(c, !has(c.securityContext))"),
    /^ValidatingAdmissionPolicy no-takeover$/,
  ],
  [
    "a Pod Security level stops a workload that is only written",
    "privileged-container",
    pod(container("{ privileged: true }")) + enforcing("restricted"),
    /restricted of Namespace shop/,
  ],
  [
    "a user namespace stops what needs the node's root",
    "kernel-module",
    pod(`hostUsers: false\n  ${container("{ capabilities: { add: [SYS_MODULE] } }")}`),
    /hostUsers: false/,
  ],
  [
    "a pod without a token",
    "account-token",
    pod(`automountServiceAccountToken: false\n  ${PLAIN}`),
    /automountServiceAccountToken/,
  ],
  [
    "an account without tokens",
    "account-token",
    pod(
      PLAIN,
      "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: default, namespace: shop }\nautomountServiceAccountToken: false\n",
    ),
    /automountServiceAccountToken/,
  ],
  [
    "an API server that takes no anonymous requests",
    "anonymous-access",
    "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\napiServer:\n  extraArgs:\n  - { name: anonymous-auth, value: 'false' }\n",
    /kube-apiserver, which refuses/,
  ],
  [
    "bind without the right to write bindings",
    "bind-role",
    jane(allows("bind", "clusterroles", RBAC), "cluster"),
    undefined,
  ],
  [
    "escalate without the right to change roles",
    "escalate-role",
    jane(allows("escalate", "clusterroles", RBAC), "cluster"),
    undefined,
  ],
  ["a RoleBinding gives nothing on nodes", "kubelet-api", jane(allows("get", "nodes/proxy")), undefined],
  [
    "an approver of other signers",
    "client-certificate",
    jane(
      `${allows("create", "certificatesigningrequests", "certificates.k8s.io")}, ${allows("update", "certificatesigningrequests/approval", "certificates.k8s.io")}, { apiGroups: [certificates.k8s.io], resources: [signers], verbs: [approve], resourceNames: [example.com/mine] }`,
      "cluster",
    ),
    undefined,
  ],
  [
    "groups alone: requests must name a user too",
    "impersonate-group",
    jane(allows("impersonate", "groups"), "cluster"),
    undefined,
  ],
  [
    "names do not allow to create",
    "create-workload",
    jane(`{ apiGroups: [""], resources: [pods], verbs: [create], resourceNames: [a] }`),
    undefined,
  ],
  [
    "a volume that no container mounts",
    "host-path-write",
    pod(`${PLAIN}\n  volumes: [{ name: v, hostPath: { path: /etc } }]`),
    undefined,
  ],
  ["a read-only mount of a harmless folder", "host-path-read", pod(volume("/srv/data", true)), undefined],
  ["logs that the account may not read", "log-symlink", pod(volume("/var/log")), undefined],
  [
    "a ClusterIP Service",
    "exposed-service",
    pod(
      PLAIN,
      "apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\nspec: { selector: { app: web } }\n",
    ),
    undefined,
  ],
];

suite("mitigations", () => {
  for (const [mitigation, kind, text, by] of STOPS) {
    test(mitigation, () => {
      const { edges, stopped } = attackGraph(snapshotFromText(text));
      // Roles that Kubernetes makes itself have such edges too.
      const own = edges.filter(
        (edge) => edge.kind === kind && !edge.from.includes("system:") && edge.from !== "group:system:masters",
      );
      assert.deepEqual(
        own.filter(({ from }) => !from.startsWith("power")),
        [],
      );
      if (by !== undefined) assert.match(stopped.find((edge) => edge.kind === kind)?.by ?? "", by);
    });
  }
});

suite("paths", () => {
  const text = (report: PathReport): readonly string[] =>
    report.paths.map(
      ({ start, goalKind, edges }) => `${start} ${goalKind}: ${edges.map(({ kind }) => kind).join(" ")}`,
    );
  const developer = jane(allows("get, list, watch, create, update", "deployments, pods, services"));

  test("show what the guide's developer can reach by creating Pods, and nothing else", () => {
    assert.deepEqual(text(findPaths(snapshotFromText(developer))), [
      "user:jane node: holds-role create-workload privileged-pod",
    ]);
    assert.deepEqual(text(findPaths(snapshotFromText(developer + enforcing("restricted")))), []);
  });
  test("end where policies refuse every Pod that takes a node over, and go on where one is left", () => {
    const whole = "!has(object.spec.volumes) && object.spec.containers.all(c, !has(c.securityContext))";
    assert.deepEqual(text(findPaths(snapshotFromText(developer + REFUSING(whole)))), []);
    const partly = "object.spec.containers.all(c, !has(c.securityContext))";
    assert.equal(text(findPaths(snapshotFromText(developer + REFUSING(partly)))).length, 1);
    const label = "has(object.metadata.labels)";
    assert.equal(text(findPaths(snapshotFromText(developer + REFUSING(label)))).length, 1);
    const elsewhere = REFUSING(whole).replace("[Deny]", "[Audit]");
    assert.equal(text(findPaths(snapshotFromText(developer + elsewhere))).length, 1);
  });
  test("lead from the outside through a workload", () => {
    const exposed = pod(
      container("{ privileged: true }"),
      "apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\nspec: { type: LoadBalancer, selector: { app: web } }\n",
    );
    assert.deepEqual(text(findPaths(snapshotFromText(exposed), { starts: ["outside"] })), [
      "outside node: exposed-service privileged-container",
    ]);
  });
  test("start and end where they are asked to", () => {
    const snapshot = snapshotFromText(
      jane(allows("list", "secrets")) + SECRET + pod(container("{ privileged: true }")),
    );
    const of = (starts: readonly string[], goals: readonly string[]): number =>
      findPaths(snapshot, { starts, goals }).paths.length;
    assert.equal(of(["namespace/shop"], ["node"]), 1);
    assert.equal(of(["namespace/other"], ["node"]), 0);
    assert.equal(of(["Pod shop/web"], ["node"]), 1);
    assert.equal(of(["User jane"], ["node"]), 0);
    assert.deepEqual(findPaths(snapshot, { starts: ["User joan"], goals: ["Secret shop/no"] }).unknown, [
      "User joan",
      "Secret shop/no",
    ]);
  });
  test("lead to Secrets of the whole cluster also where none is among the input", () => {
    const secrets = jane(allows("list", "secrets"), "cluster").replace(
      "{ kind: User, name: jane }",
      "{ kind: ServiceAccount, name: default, namespace: shop }",
    );
    const report = findPaths(snapshotFromText(secrets + pod(PLAIN)), { starts: ["workload"], goals: ["secret"] });
    assert.deepEqual(text(report), ["workload Pod shop/web secret: account-token holds-role list-secrets"]);
    // Whom a binding gives them is an administrator of them.
    assert.deepEqual(text(findPaths(snapshotFromText(secrets), { goals: ["secret"] })), []);
  });
  test("do not take administrators for attackers", () => {
    const admin = jane(`{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }`, "cluster");
    assert.deepEqual(text(findPaths(snapshotFromText(admin))), []);
  });
  test("are not hidden by a label, nor by adding a subject to a binding that every cluster has", () => {
    const labelled = jane(allows("create", "pods")).replaceAll(
      "namespace: shop }",
      'namespace: shop, labels: { kubernetes.io/bootstrapping: "rbac-defaults" } }',
    );
    assert.equal(findPaths(snapshotFromText(labelled)).paths.length, 1);
    const added = `apiVersion: ${RBAC}/v1\nkind: ClusterRoleBinding\nmetadata: { name: "system:controller:daemon-set-controller", labels: { kubernetes.io/bootstrapping: rbac-defaults } }\nroleRef: { kind: ClusterRole, name: "system:controller:daemon-set-controller" }\nsubjects: [{ kind: User, name: jane }]\n`;
    assert.deepEqual([...new Set(findPaths(snapshotFromText(added)).paths.map(({ start }) => start))], ["user:jane"]);
  });
  test("gather rights from several bindings", () => {
    const second = jane(allows("bind", "clusterroles", RBAC), "cluster")
      .replaceAll("name: r }", "name: r2 }")
      .replaceAll("name: b }", "name: b2 }");
    const snapshot = snapshotFromText(jane(allows("create", "clusterrolebindings", RBAC), "cluster") + second);
    assert.deepEqual(text(findPaths(snapshot, { goals: ["cluster-admin"] })), ["user:jane cluster-admin: bind-role"]);
    const cut = cutPaths(snapshot, { goals: ["cluster-admin"] });
    assert.equal(cut.remedies.length, 1);
    assert.deepEqual(cut.left, []);
  });
  test("follow links in the node's log folder with the right to the kubelet's own logs too", () => {
    const nodes = reader("nodes/log")
      .replaceAll("kind: Role", "kind: ClusterRole")
      .replaceAll("name: logs, namespace: shop", "name: logs")
      .replace("name: default", "name: default, namespace: shop");
    const { edges } = attackGraph(snapshotFromText(pod(volume("/var/log")) + nodes));
    assert.equal(edges.filter(({ kind }) => kind === "log-symlink").length, 1);
  });
  test("find the shortest where that is asked for", () => {
    const snapshot = snapshotFromText(developer + pod(container("{ capabilities: { add: [SYS_ADMIN] } }")));
    const [path] = findPaths(snapshot, { starts: ["User jane"], goals: ["node"], ranking: "short" }).paths;
    assert.equal(path?.edges.length, 3);
  });
});

suite("reports", () => {
  const hostile = jane(allows("create", "pods")).replaceAll("jane", `"<script>alert(1)</script>"`);
  const report = findPaths(snapshotFromText(hostile, { file: "rbac.yaml" }));
  const cut = cutPaths(snapshotFromText(hostile, { file: "rbac.yaml" }));
  for (const format of PATH_FORMATS) {
    test(`${format} shows the path`, () => {
      const text = renderPaths(report, format, 10, cut);
      assert.match(text, /root on a node of choice/);
      if (format !== "json" && format !== "table" && format !== "dot") assert.doesNotMatch(text, /<script>alert/);
    });
  }
  test("name the lines, the change and the proof", () => {
    const text = renderPaths(report, "table", 10, cut);
    assert.match(text, /rbac\.yaml:5:9/);
    assert.match(
      text,
      /cut: 1 change, cost 2, the cheapest there is\n {2}take create pods out of rule 0|enforce Pod Security level baseline/,
    );
    assert.match(text, /proved: with these changes made, a new search finds no path/);
  });
  test("refer to nothing elsewhere", () => {
    const text = renderPaths(report, "html", 10, cut);
    assert.doesNotMatch(text.replaceAll("http://www.w3.org/2000/svg", ""), /https?:\/\//);
    assert.match(text, /Content-Security-Policy/);
  });
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type JsonObject, applyToValue, snapshotFromText, isJsonObject, toFieldPath, valueAt } from "@redoubt/kube";
import { evaluatePod } from "../engine/evaluate-pod.ts";
import { type MigrationPlan, type PolicyMigration, migratePodSecurityPolicies } from "./migrate.ts";
import { renderMigrationText } from "./migration-text.ts";

const RESTRICTED = `
apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: tight }
spec:
  privileged: false
  allowPrivilegeEscalation: false
  requiredDropCapabilities: [ALL]
  volumes: [configMap, emptyDir, projected, secret, downwardAPI, persistentVolumeClaim]
  runAsUser: { rule: MustRunAsNonRoot }
  seLinux: { rule: RunAsAny }
  supplementalGroups: { rule: RunAsAny }
  fsGroup: { rule: RunAsAny }
  readOnlyRootFilesystem: true
`;
const BASELINE = `
apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata:
  name: middle
  annotations: { seccomp.security.alpha.kubernetes.io/allowedProfileNames: "runtime/default," }
spec:
  allowedCapabilities: [CHOWN, SETUID]
  requiredDropCapabilities: [NET_RAW]
  volumes: [configMap, emptyDir, projected, secret, nfs]
  runAsUser: { rule: RunAsAny }
  seLinux: { rule: RunAsAny }
  supplementalGroups: { rule: MayRunAs, ranges: [{ min: 1, max: 65535 }] }
  fsGroup: { rule: MustRunAs, ranges: [{ min: 2000, max: 3000 }] }
`;
const PRIVILEGED = `
apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata:
  name: wide
  annotations: { seccomp.security.alpha.kubernetes.io/allowedProfileNames: "*" }
spec:
  privileged: true
  hostNetwork: true
  hostPID: true
  hostIPC: true
  hostPorts: [{ min: 0, max: 65535 }]
  volumes: ["*"]
  allowedCapabilities: ["*"]
  allowedUnsafeSysctls: ["*"]
  allowedProcMountTypes: [Default, Unmasked]
  runAsUser: { rule: RunAsAny }
  seLinux: { rule: RunAsAny }
  supplementalGroups: { rule: RunAsAny }
  fsGroup: { rule: RunAsAny }
`;
const deployment = (name: string, namespace: string, account = "default"): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      serviceAccountName: ${account}
      containers: [{ name: app, image: app:1 }]
`;
const use = (policy: string, subject: string, namespace?: string): string => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: use-${policy} }
rules: [{ apiGroups: [policy], resources: [podsecuritypolicies], resourceNames: [${policy}], verbs: [use] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ${namespace === undefined ? "ClusterRoleBinding" : "RoleBinding"}
metadata: { name: use-${policy}${namespace === undefined ? "" : `, namespace: ${namespace}`} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: use-${policy} }
subjects: [${subject}]
`;

const plan = (...documents: readonly string[]): MigrationPlan =>
  migratePodSecurityPolicies(snapshotFromText(documents.join("\n---\n")));

function only(migration: MigrationPlan): PolicyMigration {
  const [policy] = migration.policies;
  assert.ok(policy !== undefined && migration.policies.length === 1);
  return policy;
}

const tightWith = (change: string): string => `${RESTRICTED}${change}`;

suite("the level of a policy", () => {
  test("a tight policy is restricted; what it enforced beyond is kept", () => {
    const { level, blockers, beyond, demands, notKept, objects } = only(plan(RESTRICTED));
    assert.equal(level, "restricted");
    assert.equal(blockers.size, 0);
    assert.deepEqual(
      beyond.map(({ field, says }) => `${field}: ${says}`),
      [
        "readOnlyRootFilesystem: every container's root file system is read-only",
        "volumes: volumes are of the types configMap, emptyDir, projected, secret, downwardAPI, persistentVolumeClaim",
        "allowedCapabilities: no capabilities are added",
      ],
    );
    assert.ok(demands.some(({ check }) => check === "seccompProfile_restricted"));
    assert.deepEqual(
      notKept.map(({ field }) => field),
      ["seccomp allowedProfileNames"],
    );
    assert.deepEqual(
      objects.map((object) => object["kind"]),
      ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
    );
  });

  test("a policy that grants root, default capabilities and nfs is baseline", () => {
    const { level, blockers, beyond, mutates } = only(plan(BASELINE));
    assert.equal(level, "baseline");
    assert.deepEqual(
      blockers.get("restricted")?.map(({ may }) => may),
      [
        "use volumes of the types nfs",
        "add the capabilities CHOWN, SETUID",
        "gain privileges through set-user-ID programs",
        "keep the runtime's default capabilities",
        "run as root",
      ],
    );
    assert.deepEqual(
      beyond.map(({ field }) => field),
      [
        "volumes",
        "allowedCapabilities",
        "requiredDropCapabilities",
        "supplementalGroups",
        "fsGroup",
        "seccomp allowedProfileNames",
      ],
    );
    assert.deepEqual(
      mutates.map(({ does }) => does),
      ["set fsGroup to 2000", "dropped NET_RAW from every container"],
    );
  });

  test("a wide policy is privileged and enforces nothing beyond", () => {
    const { level, beyond, objects, blockers } = only(plan(PRIVILEGED));
    assert.equal(level, "privileged");
    assert.deepEqual(beyond, []);
    assert.deepEqual(objects, []);
    assert.deepEqual([...blockers.keys()], ["restricted", "baseline"]);
  });

  const table: readonly (readonly [string, string, string])[] = [
    ["one host port grants more than baseline", "  hostPorts: [{ min: 80, max: 80 }]\n", "privileged"],
    ["an unsafe sysctl too", "  allowedUnsafeSysctls: [kernel.msg*]\n", "privileged"],
    ["a sysctl that has become safe does not", "  allowedUnsafeSysctls: [net.ipv4.tcp_fin_timeout]\n", "restricted"],
    ["NET_BIND_SERVICE is within restricted", "  allowedCapabilities: [NET_BIND_SERVICE]\n", "restricted"],
    ["CHOWN is within baseline", "  allowedCapabilities: [CHOWN]\n", "baseline"],
    ["NET_RAW is not", "  defaultAddCapabilities: [NET_RAW]\n", "privileged"],
  ];
  for (const [title, change, level] of table)
    test(title, () => assert.equal(only(plan(tightWith(change))).level, level));

  test("a policy that insists on a profile is not taken for one that grants nothing", () => {
    const insists = PRIVILEGED.replace('"*" }', '"localhost/own" }');
    assert.equal(only(plan(insists)).level, "privileged");
  });

  test("a range of users without root is not held against restricted, which then demands runAsNonRoot", () => {
    const ranged = RESTRICTED.replace("rule: MustRunAsNonRoot", "rule: MustRunAs, ranges: [{ min: 1000, max: 2000 }]");
    const { level, demands, beyond } = only(plan(ranged));
    assert.equal(level, "restricted");
    assert.ok(demands.some(({ check, may }) => check === "runAsNonRoot" && may === "leave runAsNonRoot out"));
    assert.ok(beyond.some(({ field }) => field === "runAsUser"));
  });
});

const group = (name: string): string => `{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: "${name}" }`;

suite("who a policy covers", () => {
  const account = "{ kind: ServiceAccount, name: web, namespace: shop }";

  test("nobody may use it: it covers nothing", () => {
    const migration = plan(RESTRICTED, PRIVILEGED, use("tight", account), deployment("web", "shop", "web"));
    const wide = migration.policies.find(({ policy }) => policy.name === "wide");
    assert.deepEqual(wide?.grants, []);
    assert.equal(wide?.workloads, 0);
    assert.deepEqual(
      migration.workloads.map(({ policy }) => policy),
      ["tight"],
    );
  });

  const table: readonly (readonly [string, string, string | undefined, readonly (string | undefined)[]])[] = [
    ["one service account", account, undefined, ["tight", undefined, undefined]],
    [
      "a service account by its user name",
      '{ kind: User, name: "system:serviceaccount:shop:web" }',
      undefined,
      ["tight", undefined, undefined],
    ],
    ["all service accounts", group("system:serviceaccounts"), undefined, ["tight", "tight", "tight"]],
    ["everyone, in one namespace", group("system:authenticated"), "shop", ["tight", "tight", undefined]],
    [
      "the service accounts of a namespace",
      group("system:serviceaccounts:prod"),
      undefined,
      [undefined, undefined, "tight"],
    ],
    ["people only", group("developers"), undefined, [undefined, undefined, undefined]],
  ];
  for (const [title, subject, namespace, expected] of table) {
    test(title, () => {
      const { workloads } = plan(
        RESTRICTED,
        use("tight", subject, namespace),
        deployment("web", "shop", "web"),
        deployment("other", "shop"),
        deployment("third", "prod"),
      );
      assert.deepEqual(
        workloads.map(({ policy }) => policy),
        expected,
      );
    });
  }

  test("without any grant in the input every workload is read as if it could use every policy", () => {
    const migration = plan(RESTRICTED, deployment("web", "shop"));
    assert.equal(migration.usesRbac, false);
    assert.equal(migration.workloads[0]?.policy, "tight");
    assert.match(renderMigrationText(migration), /No role in the input lets anyone use a PodSecurityPolicy/);
  });
});

suite("what is left to do", () => {
  test("workloads get what the policy filled in and what the level demands, and pass then", () => {
    const snapshot = snapshotFromText([RESTRICTED, deployment("web", "shop")].join("\n---\n"));
    const [workload] = migratePodSecurityPolicies(snapshot).workloads;
    assert.ok(workload !== undefined);
    assert.deepEqual(
      workload.edits.map(
        (edit) => `${toFieldPath(edit.path)}=${edit.op === "remove" ? "" : JSON.stringify(edit.value)}`,
      ),
      [
        "spec.template.spec.containers[0].securityContext.runAsNonRoot=true",
        'spec.template.spec.containers[0].securityContext.capabilities.drop=["ALL"]',
        "spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem=true",
        "spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation=false",
        'spec.template.spec.securityContext.seccompProfile.type="RuntimeDefault"',
      ],
    );
    assert.deepEqual(workload.remaining, []);
    const { object } = workload.workload;
    const before: unknown = object.value;
    assert.ok(isJsonObject(before));
    const after = applyToValue(before, workload.edits);
    assert.ok(after.kind === "edited");
    const [changed] = snapshotFromText(JSON.stringify(after.value)).workloads;
    assert.ok(changed !== undefined);
    assert.ok(evaluatePod({ level: "restricted", version: "latest" }, changed.podMetadata, changed.podSpec).allowed);
  });

  test("a namespace gets the least strict level of the policies in use there, and its labels", () => {
    const everyone = "{ kind: ServiceAccount, name: web, namespace: shop }";
    const wide = "{ kind: ServiceAccount, name: agent, namespace: shop }";
    const agent = deployment("agent", "shop", "agent").replace(
      "image: app:1",
      "image: app:1, securityContext: { privileged: true }",
    );
    const { namespaces, policies } = plan(
      RESTRICTED,
      PRIVILEGED,
      use("tight", everyone),
      use("wide", wide),
      deployment("web", "shop", "web"),
      agent,
    );
    assert.deepEqual(
      namespaces.map(({ namespace, level, policies: names }) => [namespace, level, names]),
      [["shop", "privileged", ["tight", "wide"]]],
    );
    assert.equal(namespaces[0]?.labels["pod-security.kubernetes.io/enforce"], "privileged");
    assert.match(
      namespaces[0]?.dryRun ?? "",
      /^kubectl label --dry-run=server --overwrite namespace shop pod-security\.kubernetes\.io\/enforce=privileged /,
    );
    const tight = policies.find(({ policy }) => policy.name === "tight");
    const kept: JsonObject | undefined = tight?.objects[0];
    assert.ok(
      tight?.beyond.some(({ field }) => field === "privileged"),
      "what the namespace's level no longer enforces is kept",
    );
    assert.equal(
      valueAt(kept, ["spec", "matchConditions", 0, "expression"]),
      '(request.namespace + "/" + (has(object.spec.serviceAccountName) ? object.spec.serviceAccountName : "default")) in ["shop/web"]',
    );
  });

  test("a namespace whose workloads would pass a stricter level is told so", () => {
    const migration = plan(PRIVILEGED, deployment("web", "shop"));
    assert.equal(migration.namespaces[0]?.level, "privileged");
    assert.equal(migration.namespaces[0]?.reachable, "baseline");
    assert.match(renderMigrationText(migration), /every workload found in shop would pass baseline too/);
  });

  test("a policy that cannot be read is an error and takes no part", () => {
    const migration = plan(RESTRICTED.replace("privileged: false", "privileged: no-thanks"));
    assert.deepEqual(migration.policies, []);
    assert.equal(migration.diagnostics[0]?.code, "PSP_FIELD_TYPE");
    assert.equal(migration.diagnostics[0]?.region?.start.line, 6);
  });
});

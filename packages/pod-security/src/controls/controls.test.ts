import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Control, type Finding, SEVERITIES, evaluate } from "@redoubt/control";
import {
  type ClusterSnapshot,
  type JsonObject,
  applyToValue,
  isJsonObject,
  snapshotFromText,
  toFieldPath,
} from "@redoubt/kube";
import { evaluatePod } from "../engine/evaluate-pod.ts";
import { controls } from "./index.ts";

function findings(control: Control, snapshot: ClusterSnapshot): readonly Finding[] {
  const { results, diagnostics } = evaluate([control], snapshot);
  assert.deepEqual(diagnostics, []);
  return (results[0]?.findings ?? []).filter(({ verdict }) => verdict === "fail");
}

/** The snapshot's objects with the fixes made, as a new snapshot. */
function fixed(snapshot: ClusterSnapshot, found: readonly Finding[]): ClusterSnapshot {
  const items = snapshot.objects.map((object) => {
    let value = asJson(object.value);
    for (const { resource, fix } of found) {
      if (resource !== object || fix === undefined) continue;
      const result = applyToValue(value, fix.edits);
      assert.equal(result.kind, "edited", `${fix.description} was refused`);
      if (result.kind === "edited") value = asJson(result.value);
    }
    return value;
  });
  return snapshotFromText(JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}

function asJson(value: unknown): JsonObject {
  assert(isJsonObject(value));
  return value;
}

suite("every control", () => {
  test("has an id of its own, in order", () => {
    const ids = controls.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)].sort());
  });

  for (const control of controls) {
    test(`${control.id} fails its failing example, passes its passing one, and its fix works`, () => {
      const failing = snapshotFromText(control.examples.failing);
      assert.deepEqual(failing.diagnostics, []);
      const found = findings(control, failing);
      assert(found.length > 0, "the failing example does not fail");

      const passing = snapshotFromText(control.examples.passing);
      assert.deepEqual(passing.diagnostics, []);
      const [result] = evaluate([control], passing).results;
      assert.deepEqual(
        result?.findings.map(({ message }) => message),
        [],
      );
      assert((result?.passed.length ?? 0) > 0, "the passing example does not pass");

      assert.equal(
        control.fixable,
        found.some(({ fix }) => fix !== undefined),
        "fixable says otherwise than the example",
      );
      if (!control.fixable) return;
      const after = fixed(failing, found);
      assert.deepEqual(after.diagnostics, []);
      assert.deepEqual(
        findings(control, after).filter(({ fix }) => fix !== undefined),
        [],
      );
    });

    test(`${control.id} makes nothing worse with its fix`, () => {
      const failing = snapshotFromText(control.examples.failing);
      const before = severities(failing);
      for (const [key, rank] of severities(fixed(failing, findings(control, failing)))) {
        assert(rank >= (before.get(key) ?? SEVERITIES.length), `${key} is new or worse`);
      }
    });
  }
});

/** Control and resource to the rank of its worst finding; 0 is critical. */
function severities(snapshot: ClusterSnapshot): Map<string, number> {
  const ranks = new Map<string, number>();
  for (const { findings: all } of evaluate(controls, snapshot).results) {
    for (const { control, resource, severity, verdict } of all) {
      if (verdict !== "fail" || resource === undefined) continue;
      const key = `${control.id} ${resource.name}`;
      ranks.set(key, Math.min(ranks.get(key) ?? SEVERITIES.length, SEVERITIES.indexOf(severity)));
    }
  }
  return ranks;
}

/** One pod, written as the lines of its spec below `containers`. */
function pod(spec: string, metadata = ""): string {
  return `apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  namespace: shop\n${metadata}spec:\n${spec}`;
}

const C = "  containers:\n    - name: c\n      image: registry.example.com/c:1.0.0\n";

function failuresOf(id: string, text: string): string[] {
  const control = controls.find((candidate) => candidate.id === id);
  assert(control !== undefined);
  const snapshot = snapshotFromText(text);
  assert.deepEqual(snapshot.diagnostics, []);
  return findings(control, snapshot).map(({ path, severity }) => `${severity} ${toFieldPath(path)}`);
}

/** Title, control, manifest, and the severity and field of each failure. */
const CASES: readonly (readonly [title: string, id: string, text: string, expected: readonly string[]])[] = [
  [
    "init containers count",
    "POD-001",
    pod(`  initContainers:\n    - name: i\n      image: i:1\n      securityContext: {privileged: true}\n${C}`),
    ["critical spec.initContainers[0].securityContext.privileged"],
  ],
  ["false is the default", "POD-002", pod(`  hostPID: false\n${C}`), []],
  ["host port 0 is none", "POD-005", pod(`${C}      ports: [{containerPort: 80, hostPort: 0}]\n`), []],
  [
    "other spellings of a socket are the socket",
    "POD-006",
    pod(
      `${C}  volumes:\n    - {name: a, hostPath: {path: /var//run/../run/docker.sock}}\n    - {name: b, hostPath: {path: /run/containerd/containerd.sock/}}\n    - {name: c, hostPath: {path: /var/run/crio}}\n`,
    ),
    [
      "critical spec.volumes[0].hostPath.path",
      "critical spec.volumes[1].hostPath.path",
      "critical spec.volumes[2].hostPath.path",
    ],
  ],
  [
    "a socket is not reported as a directory too",
    "POD-007",
    pod(`${C}  volumes:\n    - {name: a, hostPath: {path: /var/run/docker.sock}}\n`),
    [],
  ],
  [
    "writing is worse than reading",
    "POD-007",
    pod(
      `${C}      volumeMounts:\n        - {name: root, mountPath: /host}\n        - {name: etc, mountPath: /e, readOnly: true}\n        - {name: sys, mountPath: /s, readOnly: true}\n  volumes:\n    - {name: root, hostPath: {path: /}}\n    - {name: etc, hostPath: {path: /etc}}\n    - {name: sys, hostPath: {path: /sys/fs/cgroup}}\n`,
    ),
    [
      "critical spec.volumes[0].hostPath.path",
      "high spec.volumes[1].hostPath.path",
      "low spec.volumes[2].hostPath.path",
    ],
  ],
  [
    "a harmless file below /etc is ordinary",
    "POD-007",
    pod(`${C}  volumes:\n    - {name: z, hostPath: {path: /etc/localtime}}\n`),
    [],
  ],
  [
    "which is still a hostPath",
    "POD-008",
    pod(`${C}  volumes:\n    - {name: z, hostPath: {path: /etc/localtime}}\n`),
    ["low spec.volumes[0].hostPath.path"],
  ],
  [
    "each capability is one finding",
    "POD-009",
    pod(`${C}      securityContext: {capabilities: {add: [SYS_ADMIN, CHOWN, NET_RAW]}}\n`),
    [
      "critical spec.containers[0].securityContext.capabilities.add[0]",
      "high spec.containers[0].securityContext.capabilities.add[2]",
    ],
  ],
  [
    "the CAP_ prefix is not how the standard writes them",
    "POD-009",
    pod(`${C}      securityContext: {capabilities: {add: [CAP_SYS_MODULE]}}\n`),
    ["critical spec.containers[0].securityContext.capabilities.add[0]"],
  ],
  [
    "NET_BIND_SERVICE may stay",
    "POD-019",
    pod(`${C}      securityContext: {capabilities: {add: [NET_BIND_SERVICE]}}\n`),
    [],
  ],
  ["a level is no weakening", "POD-011", pod(`  securityContext: {seLinuxOptions: {level: "s0:c1,c2"}}\n${C}`), []],
  [
    "user and role are",
    "POD-011",
    pod(`${C}      securityContext: {seLinuxOptions: {user: u, role: r, type: container_t}}\n`),
    [
      "medium spec.containers[0].securityContext.seLinuxOptions.user",
      "medium spec.containers[0].securityContext.seLinuxOptions.role",
    ],
  ],
  [
    "a container's Unconfined counts beside the pod's profile",
    "POD-013",
    pod(
      `  securityContext: {seccompProfile: {type: RuntimeDefault}}\n${C}      securityContext: {seccompProfile: {type: Unconfined}}\n`,
    ),
    ["medium spec.containers[0].securityContext.seccompProfile.type"],
  ],
  ["Windows has no seccomp", "POD-022", pod(`  os: {name: windows}\n${C}`), []],
  ["Windows has no privilege escalation", "POD-017", pod(`  os: {name: windows}\n${C}`), []],
  ["nor capabilities", "POD-018", pod(`  nodeSelector: {kubernetes.io/os: windows}\n${C}`), []],
  ["nor a read-only root", "POD-024", pod(`  os: {name: windows}\n${C}`), []],
  [
    "true is said and meant",
    "POD-017",
    pod(`${C}      securityContext: {allowPrivilegeEscalation: true}\n`),
    ["medium spec.containers[0].securityContext.allowPrivilegeEscalation"],
  ],
  [
    "all in lower case is not ALL",
    "POD-018",
    pod(`${C}      securityContext: {capabilities: {drop: [all]}}\n`),
    ["low spec.containers[0].securityContext.capabilities.drop"],
  ],
  [
    "runAsNonRoot on every container is enough",
    "POD-020",
    pod(`${C}      securityContext: {runAsNonRoot: true}\n`),
    [],
  ],
  [
    "a container's false wins over the pod's true",
    "POD-020",
    pod(`  securityContext: {runAsNonRoot: true}\n${C}      securityContext: {runAsNonRoot: false}\n`),
    ["medium spec.containers[0].securityContext.runAsNonRoot"],
  ],
  [
    "the pod's false is one finding",
    "POD-020",
    pod(`  securityContext: {runAsNonRoot: false}\n${C}    - {name: d, image: "d:1"}\n`),
    ["medium spec.securityContext.runAsNonRoot"],
  ],
  ["a user namespace makes root harmless", "POD-020", pod(`  hostUsers: false\n${C}`), []],
  [
    "a pod's root that all containers override is mild",
    "POD-021",
    pod(`  securityContext: {runAsUser: 0}\n${C}      securityContext: {runAsUser: 10001}\n`),
    ["low spec.securityContext.runAsUser"],
  ],
  [
    "a container's root is its own finding",
    "POD-021",
    pod(`  securityContext: {runAsUser: 10001}\n${C}      securityContext: {runAsUser: 0}\n`),
    ["high spec.containers[0].securityContext.runAsUser"],
  ],
  ["a volume without a source is an emptyDir", "POD-023", pod(`${C}  volumes: [{name: scratch}]\n`), []],
  [
    "gitRepo runs git on the node",
    "POD-023",
    pod(`${C}  volumes:\n    - name: g\n      gitRepo: {repository: "https://example.com/x.git"}\n`),
    ["high spec.volumes[0].gitRepo"],
  ],
  [
    "the pod's automount wins over the account's",
    "POD-025",
    `${pod(`  serviceAccountName: a\n  automountServiceAccountToken: true\n${C}`)}---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: shop}\nautomountServiceAccountToken: false\n`,
    ["medium spec.automountServiceAccountToken"],
  ],
  [
    "the account's false counts where the pod is silent",
    "POD-025",
    `${pod(`  serviceAccount: a\n${C}`)}---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: shop}\nautomountServiceAccountToken: false\n`,
    [],
  ],
  [
    "a bound account's token is in use",
    "POD-025",
    `${pod(`  serviceAccountName: a\n${C}`)}---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: shop}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: a, namespace: shop}]\n`,
    ["info spec.automountServiceAccountToken"],
  ],
  [
    "rights for the default account are rights for all",
    "POD-027",
    `${pod(C)}---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}\nsubjects: [{kind: User, name: "system:serviceaccount:shop:default"}]\n`,
    ["medium spec.serviceAccountName"],
  ],
  [
    "a LimitRange gives limits",
    "POD-030",
    `${pod(C)}---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: l, namespace: shop}\nspec: {limits: [{type: Container, default: {memory: 1Gi}}]}\n`,
    [],
  ],
  [
    "another namespace's does not",
    "POD-030",
    `${pod(C)}---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: l, namespace: other}\nspec: {limits: [{type: Container, default: {memory: 1Gi}}]}\n`,
    ["medium spec.containers[0].resources.limits.memory"],
  ],
  [
    "quantities are compared by value",
    "POD-034",
    pod(`${C}      resources: {requests: {cpu: 1, memory: 1024Mi}, limits: {cpu: 900m, memory: 1Gi}}\n`),
    ["low spec.containers[0].resources.requests.cpu"],
  ],
  [
    "envFrom takes every key",
    "POD-035",
    pod(`${C}      envFrom: [{configMapRef: {name: a}}, {secretRef: {name: b}}]\n`),
    ["low spec.containers[0].envFrom[1].secretRef"],
  ],
  [
    "a mount of a claim template is no dangling one",
    "POD-040",
    `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s}\nspec:\n  serviceName: s\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n      containers:\n        - {name: c, image: "c:1", volumeMounts: [{name: data, mountPath: /data}, {name: gone, mountPath: /gone}]}\n  volumeClaimTemplates:\n    - metadata: {name: data}\n      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n`,
    ["low spec.template.spec.containers[0].volumeMounts[1].name"],
  ],
  ["latest is pulled always by default", "POD-046", pod(`  containers: [{name: c, image: registry:5000/c}]\n`), []],
  [
    "other moving tags are not",
    "POD-046",
    pod(`  containers: [{name: c, image: "registry:5000/c:stable"}]\n`),
    ["low spec.containers[0].imagePullPolicy"],
  ],
  [
    "a digest does not move",
    "POD-046",
    pod(`  containers: [{name: c, image: "c:latest@sha256:${"0".repeat(64)}", imagePullPolicy: Never}]\n`),
    [],
  ],
  [
    "NoExecute for all is not the control plane's taint",
    "POD-050",
    pod(`  tolerations: [{operator: Exists, effect: NoExecute}]\n${C}`),
    [],
  ],
  [
    "an empty effect is every effect",
    "POD-050",
    pod(`  tolerations: [{key: node-role.kubernetes.io/master, operator: Exists}]\n${C}`),
    ["medium spec.tolerations[0]"],
  ],
  [
    "a namespace that nobody chose is mild",
    "POD-052",
    `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: "c:1"}]}\n`,
    ["info metadata"],
  ],
  [
    "sniffing needs the node's network and raw sockets",
    "POD-056",
    pod(`  hostNetwork: true\n${C}      securityContext: {capabilities: {add: [NET_RAW]}}\n`),
    ["high spec.containers[0].securityContext.capabilities.add"],
  ],
  [
    "the old pin names what it misses",
    "POD-062",
    `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    pod-security.kubernetes.io/enforce: baseline\n    pod-security.kubernetes.io/enforce-version: v1.30\n`,
    ["info metadata.labels[pod-security.kubernetes.io/enforce-version]"],
  ],
  [
    "the API server's default counts where a namespace has no label",
    "POD-059",
    `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\napiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\ndefaults: {enforce: baseline}\n`,
    [],
  ],
  [
    "a label that allows everything is no default",
    "POD-059",
    `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: privileged}}\n`,
    ["high metadata.labels[pod-security.kubernetes.io/enforce]"],
  ],
  [
    "a check that only changed its name is not missed",
    "POD-062",
    `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n    pod-security.kubernetes.io/enforce: restricted\n    pod-security.kubernetes.io/enforce-version: v1.34\n`,
    [],
  ],
  [
    "only root or capabilities ask for a user namespace",
    "POD-063",
    pod(`${C}      securityContext: {capabilities: {add: [NET_BIND_SERVICE]}}\n`),
    [],
  ],
];

suite("verdicts", () => {
  for (const [title, id, text, expected] of CASES) {
    test(`${id}: ${title}`, () => assert.deepEqual(failuresOf(id, text), expected));
  }
});

suite("fixes", () => {
  test("lead an ordinary Deployment to the restricted standard, together and within three rounds", () => {
    let snapshot = snapshotFromText(`apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations:
        seccomp.security.alpha.kubernetes.io/pod: unconfined
        container.apparmor.security.beta.kubernetes.io/web: unconfined
    spec:
      hostNetwork: true
      hostPID: true
      securityContext:
        sysctls: [{name: kernel.msgmax, value: "1"}, {name: net.ipv4.tcp_syncookies, value: "1"}]
      initContainers:
        - {name: setup, image: "setup:1"}
      containers:
        - name: web
          image: nginx:1.27
          ports: [{containerPort: 80, hostPort: 80}]
          securityContext:
            privileged: true
            runAsUser: 0
            capabilities: {add: [CAP_SYS_ADMIN, NET_BIND_SERVICE], drop: [MKNOD]}
            seLinuxOptions: {type: spc_t}
            procMount: Unmasked
        - name: sidecar
          image: sidecar:1
          volumeMounts: [{name: sidecar-tmp, mountPath: /data}]
      volumes: [{name: sidecar-tmp}]
`);
    let rounds = 0;
    for (; rounds < 3; rounds++) {
      const found = evaluate(controls, snapshot).results.flatMap((result) => result.findings);
      const fixable = found.filter(({ fix }) => fix !== undefined);
      if (fixable.length === 0) break;
      snapshot = fixed(snapshot, fixable);
    }
    assert(rounds < 3, "fixes do not come to an end");
    const [workload] = snapshot.workloads;
    assert(workload !== undefined);
    const { podMetadata, podSpec } = workload;
    assert.deepEqual(evaluatePod({ level: "restricted", version: "latest" }, podMetadata, podSpec).results, []);
    assert.equal(podMetadata.annotations, undefined);
    assert.deepEqual(podSpec.volumes, [
      { name: "sidecar-tmp" },
      { name: "setup-tmp", emptyDir: {} },
      { name: "web-tmp", emptyDir: {} },
      { name: "web-var-cache-nginx", emptyDir: {} },
      { name: "web-var-run", emptyDir: {} },
      { name: "sidecar-tmp-2", emptyDir: {} },
    ]);
    assert.deepEqual(podSpec.containers?.[0]?.securityContext, {
      privileged: false,
      capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
      procMount: "Default",
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
    });
  });

  test("keep what the API server would refuse to lose: privileged beside bidirectional mounts", () => {
    const snapshot = snapshotFromText(
      pod(
        `${C}      securityContext: {privileged: true}\n      volumeMounts: [{name: m, mountPath: /m, mountPropagation: Bidirectional}]\n  volumes: [{name: m}]\n`,
      ),
    );
    for (const id of ["POD-001", "POD-017"]) {
      const control = controls.find((candidate) => candidate.id === id);
      assert(control !== undefined);
      assert.deepEqual(
        findings(control, snapshot).map(({ fix }) => fix),
        [undefined],
      );
    }
  });

  test("leave host access to system components", () => {
    const snapshot = snapshotFromText(
      `apiVersion: v1\nkind: Pod\nmetadata: {name: kube-proxy, namespace: kube-system}\nspec:\n  hostNetwork: true\n${C}      securityContext: {privileged: true}\n`,
    );
    const found = evaluate(controls, snapshot).results.flatMap((result) => result.findings);
    assert.deepEqual(
      found.filter(({ fix }) => fix !== undefined).map(({ control }) => control.id),
      [],
    );
    assert.match(
      found.find(({ control }) => control.id === "POD-001")?.message ?? "",
      /confirm that it is one of them$/,
    );
  });

  test("keep the node's network for Windows host processes, which may not be without", () => {
    const control = controls.find(({ id }) => id === "POD-015");
    assert(control !== undefined);
    const snapshot = snapshotFromText(control.examples.failing);
    const hostNetwork = controls.find(({ id }) => id === "POD-004");
    assert(hostNetwork !== undefined);
    assert.deepEqual(
      findings(hostNetwork, snapshot).map(({ fix }) => fix),
      [undefined],
    );
  });

  test("never touch ephemeral containers", () => {
    const snapshot = snapshotFromText(
      pod(
        `${C}  ephemeralContainers:\n    - name: e\n      image: e:1\n      securityContext: {privileged: true, runAsUser: 0, capabilities: {add: [SYS_PTRACE]}}\n`,
      ),
    );
    const paths = evaluate(controls, snapshot)
      .results.flatMap((result) => result.findings)
      .flatMap(({ fix }) => fix?.edits ?? [])
      .map(({ path }) => toFieldPath(path));
    assert.deepEqual(
      paths.filter((path) => path.startsWith("spec.ephemeralContainers[")),
      [],
    );
  });

  test("do not put Linux fields into Windows pods", () => {
    const snapshot = snapshotFromText(pod(`  os: {name: windows}\n${C}`));
    const paths = evaluate(controls, snapshot)
      .results.flatMap((result) => result.findings)
      .flatMap(({ fix }) => fix?.edits ?? [])
      .map(({ path }) => toFieldPath(path));
    assert.deepEqual([...new Set(paths)].sort(), [
      "spec.automountServiceAccountToken",
      "spec.securityContext.runAsNonRoot",
    ]);
  });
});

test("namespaces that only workloads name are unknown, in one finding", () => {
  const control = controls.find(({ id }) => id === "POD-059");
  assert(control !== undefined);
  const [result] = evaluate([control], snapshotFromText(pod(C))).results;
  assert.equal(result?.verdict, "unknown");
  assert.match(result?.findings[0]?.message ?? "", /^The labels of namespace shop were not given/);
});

test("an account that was not given is unknown", () => {
  const control = controls.find(({ id }) => id === "POD-041");
  assert(control !== undefined);
  const [result] = evaluate([control], snapshotFromText(pod(`  serviceAccountName: a\n${C}`))).results;
  assert.equal(result?.verdict, "unknown");
});

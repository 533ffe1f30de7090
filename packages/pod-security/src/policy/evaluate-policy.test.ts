import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type ObjectMeta, type PodSpec, type SecurityContext, formatDiagnostic, snapshotFromText } from "@redoubt/kube";
import { choosePolicy, evaluatePodSecurityPolicy } from "./evaluate-policy.ts";
import { parsePodSecurityPolicy } from "./parse-policy.ts";
import type { PodSecurityPolicy } from "./pod-security-policy.ts";

const OPEN = {
  volumes: ["*"],
  allowedCapabilities: ["*"],
  runAsUser: { rule: "RunAsAny" },
  seLinux: { rule: "RunAsAny" },
  supplementalGroups: { rule: "RunAsAny" },
  fsGroup: { rule: "RunAsAny" },
};

function policy(spec: object, annotations: Readonly<Record<string, string>> = {}, name = "p"): PodSecurityPolicy {
  const text = JSON.stringify({
    apiVersion: "policy/v1beta1",
    kind: "PodSecurityPolicy",
    metadata: { name, annotations },
    spec: { ...OPEN, ...spec },
  });
  const [object] = snapshotFromText(text).objects;
  assert.ok(object !== undefined);
  const parsed = parsePodSecurityPolicy(object);
  assert.deepEqual(parsed.diagnostics.map(formatDiagnostic), []);
  assert.ok(parsed.policy !== undefined);
  return parsed.policy;
}

const pod = (spec: PodSpec = {}): PodSpec => ({ containers: [{ name: "c", image: "x" }], ...spec });
const secured = (securityContext: SecurityContext): PodSpec => pod({ containers: [{ name: "c", securityContext }] });

interface Case {
  readonly title: string;
  readonly policy: object;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly metadata?: ObjectMeta;
  readonly spec: PodSpec;
  /** The refusals; absent when the pod is admitted. */
  readonly says?: readonly string[];
  /** `path=value` of what was filled in; not looked at when absent. */
  readonly fills?: readonly string[];
}

const SECCOMP = "seccomp.security.alpha.kubernetes.io";
const APP_ARMOR = "apparmor.security.beta.kubernetes.io";

const TABLE: readonly Case[] = [
  { title: "an open policy admits a plain pod and changes nothing", policy: {}, spec: pod(), fills: [] },
  {
    title: "privileged",
    policy: {},
    spec: secured({ privileged: true }),
    says: ["spec.containers[0].securityContext.privileged: Invalid value: true: Privileged containers are not allowed"],
  },
  { title: "privileged where it is granted", policy: { privileged: true }, spec: secured({ privileged: true }) },
  {
    title: "host namespaces",
    policy: { hostIPC: true },
    spec: pod({ hostNetwork: true, hostPID: true, hostIPC: true }),
    says: [
      "spec.hostNetwork: Invalid value: true: Host network is not allowed to be used",
      "spec.hostPID: Invalid value: true: Host PID is not allowed to be used",
    ],
  },
  {
    title: "host ports, inclusive at both ends",
    policy: {
      hostPorts: [
        { min: 80, max: 81 },
        { min: 443, max: 443 },
      ],
    },
    spec: pod({
      containers: [{ name: "c", ports: [{ hostPort: 80 }, { hostPort: 81 }, { hostPort: 443 }, { hostPort: 82 }, {}] }],
    }),
    says: [
      "spec.containers[0].hostPort: Invalid value: 82: Host port 82 is not allowed to be used. Allowed ports: [80-81,443]",
    ],
  },
  {
    title: "volume types",
    policy: { volumes: ["configMap", "secret", "cephFS"] },
    spec: pod({
      volumes: [{ name: "a", configMap: {} }, { name: "b", cephfs: {} }, { name: "c", hostPath: {} }, { name: "d" }],
    }),
    says: [
      'spec.volumes[2]: Invalid value: "hostPath": hostPath volumes are not allowed to be used',
      'spec.volumes[3]: Invalid value: "emptyDir": emptyDir volumes are not allowed to be used',
    ],
  },
  {
    title: "the token volume is allowed where secrets are, other projected volumes are not",
    policy: { volumes: ["secret"] },
    spec: pod({
      volumes: [
        {
          name: "a",
          projected: {
            sources: [{ serviceAccountToken: { path: "token" } }, { configMap: { name: "kube-root-ca.crt" } }],
          },
        },
        { name: "b", projected: { sources: [{ secret: { name: "s" } }] } },
      ],
    }),
    says: ['spec.volumes[1]: Invalid value: "projected": projected volumes are not allowed to be used'],
  },
  {
    title: "host paths match at segment boundaries",
    policy: { allowedHostPaths: [{ pathPrefix: "/var/log/" }] },
    spec: pod({
      volumes: [
        { name: "a", hostPath: { path: "/var/log" } },
        { name: "b", hostPath: { path: "/var/log/pods/" } },
        { name: "c", hostPath: { path: "/var/logs" } },
      ],
    }),
    says: ['spec.volumes[2].hostPath.pathPrefix: Invalid value: "/var/logs": is not allowed to be used'],
  },
  {
    title: "read-only host paths need read-only mounts, in every container",
    policy: { allowedHostPaths: [{ pathPrefix: "/a", readOnly: true }, { pathPrefix: "/a/b" }] },
    spec: {
      volumes: [
        { name: "v", hostPath: { path: "/a/c" } },
        { name: "w", hostPath: { path: "/a/b" } },
      ],
      initContainers: [{ name: "i", volumeMounts: [{ name: "w" }, { name: "v" }] }],
      containers: [{ name: "c", volumeMounts: [{ name: "v", readOnly: true }] }],
    },
    says: ["spec.initContainers[0].volumeMounts[1].readOnly: Invalid value: false: must be read-only"],
  },
  {
    title: "flex and CSI drivers",
    policy: { allowedFlexVolumes: [{ driver: "a/b" }], allowedCSIDrivers: [{ name: "x" }] },
    spec: pod({
      volumes: [
        { name: "a", flexVolume: { driver: "a/b" } },
        { name: "b", flexVolume: { driver: "a/c" } },
        { name: "c", csi: { driver: "y" } },
      ],
    }),
    says: [
      'spec.volumes[1].driver: Invalid value: "a/c": Flexvolume driver is not allowed to be used',
      'spec.volumes[2].csi.driver: Invalid value: "y": Inline CSI driver is not allowed to be used',
    ],
  },
  {
    title: "capabilities: required drops are filled in, additions must be allowed",
    policy: {
      allowedCapabilities: ["CHOWN"],
      defaultAddCapabilities: ["KILL"],
      requiredDropCapabilities: ["MKNOD", "ALL"],
    },
    spec: secured({ capabilities: { add: ["CHOWN", "SYS_ADMIN"], drop: ["NET_RAW"] } }),
    fills: [
      'containers.0.securityContext.capabilities.add=["CHOWN","KILL","SYS_ADMIN"]',
      'containers.0.securityContext.capabilities.drop=["ALL","MKNOD","NET_RAW"]',
    ],
    says: [
      'spec.containers[0].securityContext.capabilities.add: Invalid value: "SYS_ADMIN": capability may not be added',
    ],
  },
  {
    title: "a default addition that the container drops is not added",
    policy: { defaultAddCapabilities: ["KILL"] },
    spec: secured({ capabilities: { drop: ["KILL"] } }),
    fills: [],
  },
  {
    title: "MustRunAs users: the first range's start is filled in",
    policy: {
      runAsUser: {
        rule: "MustRunAs",
        ranges: [
          { min: 10, max: 20 },
          { min: 30, max: 30 },
        ],
      },
    },
    spec: pod({ initContainers: [{ name: "i", securityContext: { runAsUser: 30 } }] }),
    fills: ["containers.0.securityContext.runAsUser=10"],
  },
  {
    title: "MustRunAs users: the pod's own user counts, and must be in a range",
    policy: { runAsUser: { rule: "MustRunAs", ranges: [{ min: 10, max: 20 }] } },
    spec: pod({ securityContext: { runAsUser: 0 } }),
    says: ["spec.containers[0].securityContext.runAsUser: Invalid value: 0: must be in the ranges: [{10 20}]"],
  },
  {
    title: "MustRunAsNonRoot fills in runAsNonRoot where there is neither user nor word",
    policy: { runAsUser: { rule: "MustRunAsNonRoot" } },
    spec: { containers: [{ name: "a" }, { name: "b", securityContext: { runAsUser: 1 } }] },
    fills: ["containers.0.securityContext.runAsNonRoot=true"],
  },
  {
    title: "MustRunAsNonRoot refuses false and 0",
    policy: { runAsUser: { rule: "MustRunAsNonRoot" } },
    spec: {
      containers: [
        { name: "a", securityContext: { runAsNonRoot: false } },
        { name: "b", securityContext: { runAsUser: 0 } },
      ],
    },
    says: [
      "spec.containers[0].securityContext.runAsNonRoot: Invalid value: false: must be true",
      "spec.containers[1].securityContext.runAsUser: Invalid value: 0: running with the root UID is forbidden",
    ],
  },
  {
    title: "groups: MustRunAs fills in, MayRunAs only judges",
    policy: {
      runAsGroup: { rule: "MustRunAs", ranges: [{ min: 5, max: 9 }] },
      fsGroup: { rule: "MustRunAs", ranges: [{ min: 6, max: 9 }] },
      supplementalGroups: { rule: "MayRunAs", ranges: [{ min: 7, max: 9 }] },
    },
    spec: pod({ securityContext: { supplementalGroups: [7, 4] } }),
    fills: ["securityContext.fsGroup=6", "containers.0.securityContext.runAsGroup=5"],
    says: ["spec.securityContext.supplementalGroups: Invalid value: [7,4]: group 4 must be in the ranges: [{7 9}]"],
  },
  {
    title: "an empty list of groups is not enough for MustRunAs",
    policy: { supplementalGroups: { rule: "MustRunAs", ranges: [{ min: 1, max: 9 }] } },
    spec: pod({ securityContext: { supplementalGroups: [] } }),
    says: [
      "spec.securityContext.supplementalGroups: Invalid value: null: unable to validate empty groups against required ranges",
    ],
  },
  {
    title: "SELinux options are filled in for the pod and must be equal, categories in any order",
    policy: { seLinux: { rule: "MustRunAs", seLinuxOptions: { level: "s0:c1,c2", type: "container_t" } } },
    spec: {
      containers: [
        { name: "a" },
        { name: "b", securityContext: { seLinuxOptions: { level: "s0:c2,c1", type: "container_t" } } },
        { name: "c", securityContext: { seLinuxOptions: { level: "s0:c1", type: "container_t", user: "u" } } },
      ],
    },
    fills: ['securityContext.seLinuxOptions={"level":"s0:c1,c2","type":"container_t"}'],
    says: [
      'spec.containers[2].securityContext.seLinuxOptions.level: Invalid value: "s0:c1": must be s0:c1,c2',
      'spec.containers[2].securityContext.seLinuxOptions.user: Invalid value: "u": must be ',
    ],
  },
  {
    title: "a read-only root file system is filled in, and false is refused",
    policy: { readOnlyRootFilesystem: true },
    spec: { containers: [{ name: "a" }, { name: "b", securityContext: { readOnlyRootFilesystem: false } }] },
    fills: ["containers.0.securityContext.readOnlyRootFilesystem=true"],
    says: [
      "spec.containers[1].securityContext.readOnlyRootFilesystem: Invalid value: false: ReadOnlyRootFilesystem must be set to true",
    ],
  },
  {
    title: "privilege escalation: false is filled in, true is refused",
    policy: { allowPrivilegeEscalation: false },
    spec: { containers: [{ name: "a" }, { name: "b", securityContext: { allowPrivilegeEscalation: true } }] },
    fills: ["containers.0.securityContext.allowPrivilegeEscalation=false"],
    says: [
      "spec.containers[1].securityContext.allowPrivilegeEscalation: Invalid value: true: Allowing privilege escalation for containers is not allowed",
    ],
  },
  {
    title: "a default for privilege escalation only fills in",
    policy: { defaultAllowPrivilegeEscalation: false },
    spec: { containers: [{ name: "a" }, { name: "b", securityContext: { allowPrivilegeEscalation: true } }] },
    fills: ["containers.0.securityContext.allowPrivilegeEscalation=false"],
  },
  {
    title: "kinds of /proc",
    policy: {},
    spec: secured({ procMount: "Unmasked" }),
    says: ['spec.containers[0].securityContext.procMount: Invalid value: "Unmasked": ProcMountType is not allowed'],
  },
  {
    title: "an allowed kind of /proc",
    policy: { allowedProcMountTypes: ["Unmasked"] },
    spec: secured({ procMount: "Unmasked" }),
  },
  {
    title: "sysctls: forbidden outranks safe, unsafe must be allowed",
    policy: { forbiddenSysctls: ["kernel.shm_*"], allowedUnsafeSysctls: ["net.core.*"] },
    spec: pod({
      securityContext: {
        sysctls: [
          { name: "kernel.shm_rmid_forced" },
          { name: "net.core.somaxconn" },
          { name: "kernel.msgmax" },
          { name: "net.ipv4.tcp_syncookies" },
        ],
      },
    }),
    says: [
      'spec.securityContext.sysctls[0]: Forbidden: sysctl "kernel.shm_rmid_forced" is not allowed',
      'spec.securityContext.sysctls[2]: Forbidden: unsafe sysctl "kernel.msgmax" is not allowed',
    ],
  },
  {
    title: "seccomp: without an annotation no profile may be set",
    policy: {},
    spec: secured({ seccompProfile: { type: "RuntimeDefault" } }),
    says: ["spec.containers[0].securityContext.seccompProfile: Forbidden: seccomp may not be set"],
  },
  {
    title: "seccomp: the default is filled in as a field, docker/default and runtime/default are one",
    policy: {},
    annotations: {
      [`${SECCOMP}/allowedProfileNames`]: "docker/default",
      [`${SECCOMP}/defaultProfileName`]: "runtime/default",
    },
    spec: pod(),
    fills: ['securityContext.seccompProfile={"type":"RuntimeDefault"}'],
  },
  {
    title: "seccomp: without a default an unset profile is refused, unless the list has an empty name",
    policy: {},
    annotations: { [`${SECCOMP}/allowedProfileNames`]: "runtime/default" },
    spec: pod({ containers: [] }),
    says: [
      "spec.securityContext.seccompProfile: Forbidden:  is not an allowed seccomp profile. Valid values are runtime/default",
    ],
  },
  {
    title: "seccomp: an empty name in the list",
    policy: {},
    annotations: { [`${SECCOMP}/allowedProfileNames`]: "runtime/default," },
    spec: pod(),
  },
  {
    title: "seccomp: annotations of the pod count as its fields",
    policy: {},
    annotations: { [`${SECCOMP}/allowedProfileNames`]: "localhost/a" },
    metadata: { annotations: { [`${SECCOMP}/pod`]: "localhost/a", [`container.${SECCOMP}/c`]: "unconfined" } },
    spec: pod(),
    says: [
      "spec.containers[0].securityContext.seccompProfile: Forbidden: unconfined is not an allowed seccomp profile. Valid values are localhost/a",
    ],
  },
  {
    title: "AppArmor: the default is filled in, others are refused",
    policy: {},
    annotations: {
      [`${APP_ARMOR}/allowedProfileNames`]: "runtime/default",
      [`${APP_ARMOR}/defaultProfileName`]: "runtime/default",
    },
    spec: { containers: [{ name: "a" }, { name: "b", securityContext: { appArmorProfile: { type: "Unconfined" } } }] },
    fills: ['containers.0.securityContext.appArmorProfile={"type":"RuntimeDefault"}'],
    says: [
      'spec.containers[1].securityContext.appArmorProfile: Forbidden: unconfined is not an allowed profile. Allowed values: "runtime/default"',
    ],
  },
  {
    title: "runtime classes: the default is filled in, others than the allowed are refused",
    policy: { runtimeClass: { allowedRuntimeClassNames: ["a"], defaultRuntimeClassName: "b" } },
    spec: pod(),
    fills: ["runtimeClassName=b"],
    says: ['spec.runtimeClassName: Invalid value: "b"'],
  },
];

suite("evaluating a PodSecurityPolicy", () => {
  for (const { title, policy: given, annotations = {}, metadata = {}, spec, says = [], fills } of TABLE) {
    test(title, () => {
      const before = structuredClone(spec);
      const result = evaluatePodSecurityPolicy(policy(given, annotations), metadata, spec);
      assert.deepEqual(
        result.violations.map(({ message }) => message),
        says,
      );
      assert.equal(result.admitted, says.length === 0);
      const filled = result.mutations.map(
        ({ path, value }) => `${path.join(".")}=${typeof value === "string" ? value : JSON.stringify(value)}`,
      );
      if (fills !== undefined) assert.deepEqual(filled, fills);
      assert.deepEqual(spec, before, "the pod that was given has changed");
      const again = evaluatePodSecurityPolicy(policy(given, annotations), metadata, result.spec);
      assert.deepEqual(again.mutations, [], "filling in twice differs from filling in once");
    });
  }
});

const chosen = (policies: readonly PodSecurityPolicy[], spec: PodSpec): string => {
  const choice = choosePolicy(policies, { name: "web" }, spec);
  return choice.admitted ? choice.policy.name : choice.message;
};

suite("choosing among policies", () => {
  const a = policy({ readOnlyRootFilesystem: true }, {}, "a");
  const b = policy({ runAsUser: { rule: "MustRunAsNonRoot" } }, {}, "b");
  const c = policy({}, {}, "c");

  test("one that leaves the pod as it is goes before one that changes it", () => {
    assert.equal(chosen([c, b, a], pod()), "c");
  });

  test("among those that change it, the first by name", () => {
    assert.equal(chosen([b, a], pod()), "a");
  });

  test("a pod that names a seccomp profile is always changed", () => {
    const any = { [`${SECCOMP}/allowedProfileNames`]: "*" };
    const spec = pod({ securityContext: { seccompProfile: { type: "RuntimeDefault" } } });
    assert.equal(chosen([policy({}, any, "z"), policy({ readOnlyRootFilesystem: true }, any, "y")], spec), "y");
  });

  test("none that admits it: the message has every policy's reasons once", () => {
    assert.equal(
      chosen([a, b], { ...pod(), hostPID: true }),
      'pods "web" is forbidden: PodSecurityPolicy: unable to admit pod: spec.hostPID: Invalid value: true: Host PID is not allowed to be used',
    );
  });
});

const read = (spec: unknown): readonly string[] => {
  const text = JSON.stringify({
    apiVersion: "extensions/v1beta1",
    kind: "PodSecurityPolicy",
    metadata: { name: "p" },
    spec,
  });
  const [object] = snapshotFromText(text, { file: "p.json" }).objects;
  assert.ok(object !== undefined);
  return parsePodSecurityPolicy(object).diagnostics.map(({ code, message }) => `${code} ${message}`);
};

suite("reading a PodSecurityPolicy", () => {
  const table: readonly (readonly [string, object, readonly string[]])[] = [
    ["nothing wrong", OPEN, []],
    [
      "wrong types",
      { ...OPEN, privileged: "yes", volumes: { a: 1 }, hostPorts: [{ min: "80" }], allowedCapabilities: [1] },
      [
        "PSP_FIELD_TYPE PodSecurityPolicy p: spec.privileged must be true or false",
        "PSP_FIELD_TYPE PodSecurityPolicy p: spec.hostPorts[0].min must be a whole number",
        "PSP_FIELD_TYPE PodSecurityPolicy p: spec.volumes must be a list",
        "PSP_FIELD_TYPE PodSecurityPolicy p: spec.allowedCapabilities[0] must be a string",
      ],
    ],
    [
      "a rule that does not exist, and one without its ranges",
      { ...OPEN, seLinux: { rule: "MayRunAs" }, fsGroup: { rule: "MustRunAs" } },
      [
        'PSP_FIELD_VALUE PodSecurityPolicy p: spec.seLinux.rule "MayRunAs" is not one of RunAsAny, MustRunAs',
        "PSP_FIELD_VALUE PodSecurityPolicy p: spec.fsGroup.ranges MustRunAs needs at least one range",
      ],
    ],
    [
      "what contradicts itself",
      {
        ...OPEN,
        requiredDropCapabilities: ["KILL"],
        defaultAddCapabilities: ["KILL"],
        allowPrivilegeEscalation: false,
        defaultAllowPrivilegeEscalation: true,
      },
      [
        "PSP_FIELD_VALUE PodSecurityPolicy p: spec.requiredDropCapabilities must be empty when allowedCapabilities holds *",
        "PSP_FIELD_VALUE PodSecurityPolicy p: spec.defaultAddCapabilities KILL is in requiredDropCapabilities too",
        "PSP_FIELD_VALUE PodSecurityPolicy p: spec.defaultAllowPrivilegeEscalation cannot be true while allowPrivilegeEscalation is false",
      ],
    ],
    [
      "a field in the wrong case",
      { ...OPEN, readOnlyRootFileSystem: true },
      [
        "PSP_UNKNOWN_FIELD PodSecurityPolicy p: spec.readOnlyRootFileSystem is no field of a PodSecurityPolicy and means nothing; did you mean readOnlyRootFilesystem?",
      ],
    ],
    [
      "a missing rule",
      { ...OPEN, fsGroup: null },
      [
        "PSP_MISSING_RULE PodSecurityPolicy p: spec.fsGroup.rule is missing: the API server requires it; read as RunAsAny",
      ],
    ],
  ];
  for (const [title, spec, expected] of table) test(title, () => assert.deepEqual(read(spec), expected));

  test("a spec that is no object", () => {
    assert.equal(read("text")[0], "PSP_FIELD_TYPE PodSecurityPolicy p: spec must be an object");
  });
});

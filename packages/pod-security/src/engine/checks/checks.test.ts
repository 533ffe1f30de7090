import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Container, ObjectMeta, PodSpec, SecurityContext } from "@redoubt/kube";
import type { CheckId } from "../check.ts";
import { CHECKS } from "./index.ts";

interface Case {
  readonly title: string;
  readonly minor: number;
  readonly spec: PodSpec;
  readonly metadata?: ObjectMeta;
  /** `REASON | DETAIL`; absent when the pod is allowed. */
  readonly says?: string;
}

const one = (securityContext: SecurityContext): PodSpec => ({ containers: [{ name: "a", securityContext }] });
const container = (fields: Container): PodSpec => ({ containers: [{ name: "a", ...fields }] });
const windows = { os: { name: "windows" } } as const;

const TABLE: Readonly<Record<CheckId, readonly Case[]>> = {
  allowPrivilegeEscalation: [
    { title: "false is allowed", minor: 8, spec: one({ allowPrivilegeEscalation: false }) },
    {
      title: "true and unset are not, in all three lists, init containers first",
      minor: 8,
      spec: {
        containers: [{ name: "b" }],
        initContainers: [{ name: "a", securityContext: { allowPrivilegeEscalation: true } }],
        ephemeralContainers: [{ name: "c", securityContext: {} }],
      },
      says: 'allowPrivilegeEscalation != false | containers "a", "b", "c" must set securityContext.allowPrivilegeEscalation=false',
    },
    {
      title: "Windows pods are judged before 1.25",
      minor: 24,
      spec: { ...container({}), ...windows },
      says: 'allowPrivilegeEscalation != false | container "a" must set securityContext.allowPrivilegeEscalation=false',
    },
    { title: "and exempt from 1.25", minor: 25, spec: { ...container({}), ...windows } },
  ],
  appArmorProfile: [
    {
      title: "defaults, profiles of the node and empty annotations are allowed",
      minor: 0,
      metadata: {
        annotations: {
          "container.apparmor.security.beta.kubernetes.io/a": "runtime/default",
          "container.apparmor.security.beta.kubernetes.io/b": "localhost/strict",
          "container.apparmor.security.beta.kubernetes.io/c": "",
          other: "unconfined",
        },
      },
      spec: {
        securityContext: { appArmorProfile: { type: "RuntimeDefault" } },
        ...one({ appArmorProfile: { type: "Localhost", localhostProfile: "x" } }),
      },
    },
    {
      title: "pod, containers and annotations are named together, values sorted, annotations quoted once more",
      minor: 0,
      metadata: { annotations: { "container.apparmor.security.beta.kubernetes.io/b": 'un"confined' } },
      spec: {
        securityContext: { appArmorProfile: { type: "Unconfined" } },
        containers: [
          { name: "a", securityContext: { appArmorProfile: { type: "Odd" } } },
          { name: "b", securityContext: { appArmorProfile: {} } },
        ],
      },
      says: 'forbidden AppArmor profiles | pod and containers "a", "b" and annotation must not set AppArmor profile type to "", "Odd", "Unconfined", "container.apparmor.security.beta.kubernetes.io/b="un\\"confined""',
    },
    {
      title: "one bad value is singular",
      minor: 0,
      spec: one({ appArmorProfile: { type: "Unconfined" } }),
      says: 'forbidden AppArmor profile | container "a" must not set AppArmor profile type to "Unconfined"',
    },
  ],
  capabilities_baseline: [
    {
      title: "the default set may be added",
      minor: 0,
      spec: one({ capabilities: { add: ["CHOWN", "NET_BIND_SERVICE"] } }),
    },
    {
      title: "others may not, each named once and sorted",
      minor: 0,
      spec: {
        initContainers: [{ name: "a", securityContext: { capabilities: { add: ["SYS_ADMIN", "NET_RAW"] } } }],
        containers: [{ name: "b", securityContext: { capabilities: { add: ["NET_RAW", "KILL"] } } }, { name: "c" }],
      },
      says: 'non-default capabilities | containers "a", "b" must not include "NET_RAW", "SYS_ADMIN" in securityContext.capabilities.add',
    },
    {
      title: "names are not normalised",
      minor: 0,
      spec: one({ capabilities: { add: ["CAP_CHOWN"] } }),
      says: 'non-default capabilities | container "a" must not include "CAP_CHOWN" in securityContext.capabilities.add',
    },
  ],
  capabilities_restricted: [
    {
      title: "dropping ALL and adding NET_BIND_SERVICE is allowed",
      minor: 22,
      spec: one({ capabilities: { drop: ["KILL", "ALL"], add: ["NET_BIND_SERVICE"] } }),
    },
    {
      title: "a missing drop and a forbidden addition are told apart",
      minor: 22,
      spec: {
        containers: [
          { name: "a" },
          { name: "b", securityContext: { capabilities: { drop: ["all"], add: ["CHOWN"] } } },
          { name: "c", securityContext: { capabilities: { drop: ["ALL"], add: ["BPF", "NET_BIND_SERVICE"] } } },
        ],
      },
      says: 'unrestricted capabilities | containers "a", "b" must set securityContext.capabilities.drop=["ALL"]; containers "b", "c" must not include "BPF", "CHOWN" in securityContext.capabilities.add',
    },
    {
      title: "Windows pods are judged before 1.25",
      minor: 24,
      spec: { ...container({}), ...windows },
      says: 'unrestricted capabilities | container "a" must set securityContext.capabilities.drop=["ALL"]',
    },
    { title: "and exempt from 1.25", minor: 25, spec: { ...container({}), ...windows } },
  ],
  hostNamespaces: [
    { title: "false is allowed", minor: 0, spec: { hostNetwork: false, hostPID: false, hostIPC: false } },
    {
      title: "each shared namespace is named",
      minor: 0,
      spec: { hostIPC: true, hostNetwork: true, hostPID: true },
      says: "host namespaces | hostNetwork=true, hostPID=true, hostIPC=true",
    },
  ],
  hostPathVolumes: [
    { title: "other volumes are allowed", minor: 0, spec: { volumes: [{ name: "v", nfs: {} }] } },
    {
      title: "one volume is singular",
      minor: 0,
      spec: { volumes: [{ name: "v", hostPath: { path: "/" } }] },
      says: 'hostPath volumes | volume "v"',
    },
    {
      title: "several are listed",
      minor: 0,
      spec: {
        volumes: [
          { name: "v", hostPath: {} },
          { name: "w", hostPath: {} },
        ],
      },
      says: 'hostPath volumes | volumes "v", "w"',
    },
  ],
  hostPorts: [
    {
      title: "0 and unset are allowed",
      minor: 0,
      spec: container({ ports: [{ containerPort: 80 }, { hostPort: 0 }] }),
    },
    {
      title: "one container and port",
      minor: 0,
      spec: container({ ports: [{ hostPort: 8080 }] }),
      says: 'hostPort | container "a" uses hostPort 8080',
    },
    {
      title: "several are plural, ports sorted as text",
      minor: 0,
      spec: {
        containers: [
          { name: "a", ports: [{ hostPort: 8080 }] },
          { name: "b", ports: [{ hostPort: 12 }, { hostPort: 8080 }] },
        ],
      },
      says: 'hostPort | containers "a", "b" use hostPorts 12, 8080',
    },
  ],
  hostProbesAndHostLifecycle: [
    {
      title: "probes of the pod itself are allowed",
      minor: 34,
      spec: container({ livenessProbe: { httpGet: { host: "", port: 80 } }, lifecycle: { preStop: { sleep: {} } } }),
    },
    {
      title: "hosts of probes and hooks are named once and sorted, and so are containers",
      minor: 34,
      spec: {
        containers: [
          { name: "b", startupProbe: { tcpSocket: { host: "10.0.0.1" } }, readinessProbe: { httpGet: { host: "x" } } },
          { name: "a", lifecycle: { postStart: { httpGet: { host: "x" } }, preStop: { tcpSocket: { host: "y" } } } },
        ],
      },
      says: 'probe or lifecycle host | containers "a", "b" use probe or lifecycle hosts "10.0.0.1", "x", "y"',
    },
    {
      title: "one host is singular",
      minor: 34,
      spec: container({ livenessProbe: { httpGet: { host: "localhost" } } }),
      says: 'probe or lifecycle host | container "a" uses probe or lifecycle host "localhost"',
    },
  ],
  privileged: [
    { title: "false is allowed", minor: 0, spec: one({ privileged: false }) },
    {
      title: "true is not",
      minor: 0,
      spec: one({ privileged: true }),
      says: 'privileged | container "a" must not set securityContext.privileged=true',
    },
  ],
  procMount: [
    { title: "Default is allowed", minor: 0, spec: one({ procMount: "Default" }) },
    {
      title: "Unmasked is not, with a user namespace neither before 1.35",
      minor: 34,
      spec: { hostUsers: false, ...one({ procMount: "Unmasked" }) },
      says: 'procMount | container "a" must not set securityContext.procMount to "Unmasked"',
    },
    {
      title: "with a user namespace it is from 1.35",
      minor: 35,
      spec: { hostUsers: false, ...one({ procMount: "Unmasked" }) },
    },
    {
      title: "without one it is not",
      minor: 35,
      spec: { hostUsers: true, ...one({ procMount: "Unmasked" }) },
      says: 'procMount | container "a" must not set securityContext.procMount to "Unmasked"',
    },
  ],
  procMount_restricted: [
    {
      title: "Unmasked is refused even with a user namespace",
      minor: 35,
      spec: { hostUsers: false, ...one({ procMount: "Unmasked" }) },
      says: 'procMount | container "a" must not set securityContext.procMount to "Unmasked"',
    },
  ],
  restrictedVolumes: [
    {
      title: "configuration, claims and scratch space are allowed",
      minor: 0,
      spec: {
        volumes: [
          { name: "a", configMap: {} },
          { name: "b", csi: {} },
          { name: "c", downwardAPI: {} },
          { name: "d", emptyDir: {} },
          { name: "e", ephemeral: {} },
          { name: "f", image: {} },
          { name: "g", persistentVolumeClaim: {} },
          { name: "h", projected: {} },
          { name: "i", secret: {} },
        ],
      },
    },
    {
      title: "drivers and the node's files are not; a source nobody knows is called unknown",
      minor: 0,
      spec: { volumes: [{ name: "v", nfs: {} }, { name: "w", hostPath: {} }, { name: "x" }] },
      says: 'restricted volume types | volumes "v", "w", "x" use restricted volume types "hostPath", "nfs", "unknown"',
    },
    {
      title: "one is singular",
      minor: 0,
      spec: { volumes: [{ name: "v", gitRepo: {} }] },
      says: 'restricted volume types | volume "v" uses restricted volume type "gitRepo"',
    },
  ],
  runAsNonRoot: [
    {
      title: "true on the pod covers containers",
      minor: 0,
      spec: { securityContext: { runAsNonRoot: true }, ...container({}) },
    },
    {
      title: "true on every container will do",
      minor: 0,
      spec: {
        ...one({ runAsNonRoot: true }),
        initContainers: [{ name: "i", securityContext: { runAsNonRoot: true } }],
      },
    },
    {
      title: "unset on a container is named",
      minor: 0,
      spec: { containers: [{ name: "a", securityContext: { runAsNonRoot: true } }, { name: "b" }] },
      says: 'runAsNonRoot != true | pod or container "b" must set securityContext.runAsNonRoot=true',
    },
    {
      title: "false anywhere is refused, and outranks what is unset",
      minor: 0,
      spec: {
        securityContext: { runAsNonRoot: false },
        containers: [{ name: "a" }, { name: "b", securityContext: { runAsNonRoot: false } }],
      },
      says: 'runAsNonRoot != true | pod and container "b" must not set securityContext.runAsNonRoot=false',
    },
    {
      title: "a user namespace changes nothing before 1.35",
      minor: 34,
      spec: { hostUsers: false, ...container({}) },
      says: 'runAsNonRoot != true | pod or container "a" must set securityContext.runAsNonRoot=true',
    },
    { title: "and lifts the demand from 1.35", minor: 35, spec: { hostUsers: false, ...one({ runAsNonRoot: false }) } },
  ],
  runAsUser: [
    {
      title: "unset and others than 0 are allowed",
      minor: 23,
      spec: { securityContext: { runAsUser: 1 }, ...container({}) },
    },
    {
      title: "0 is not, on the pod or a container",
      minor: 23,
      spec: { securityContext: { runAsUser: 0 }, ...one({ runAsUser: 0 }) },
      says: 'runAsUser=0 | pod and container "a" must not set runAsUser=0',
    },
    { title: "with a user namespace it is from 1.35", minor: 35, spec: { hostUsers: false, ...one({ runAsUser: 0 }) } },
  ],
  seLinuxOptions: [
    {
      title: "types for containers and levels are allowed",
      minor: 0,
      spec: {
        securityContext: { seLinuxOptions: { type: "container_t", level: "s0:c1" } },
        ...one({ seLinuxOptions: {} }),
      },
    },
    {
      title: "other types, users and roles are not",
      minor: 0,
      spec: {
        securityContext: { seLinuxOptions: { type: "spc_t" } },
        containers: [
          { name: "a", securityContext: { seLinuxOptions: { user: "u", type: "a_t" } } },
          { name: "b", securityContext: { seLinuxOptions: { role: "r" } } },
        ],
      },
      says: 'seLinuxOptions | pod and containers "a", "b" set forbidden securityContext.seLinuxOptions: types "a_t", "spc_t"; user may not be set; role may not be set',
    },
    {
      title: "container_engine_t is refused before 1.31",
      minor: 30,
      spec: one({ seLinuxOptions: { type: "container_engine_t" } }),
      says: 'seLinuxOptions | container "a" set forbidden securityContext.seLinuxOptions: type "container_engine_t"',
    },
    { title: "and allowed from 1.31", minor: 31, spec: one({ seLinuxOptions: { type: "container_engine_t" } }) },
  ],
  seccompProfile_baseline: [
    {
      title: "annotations of containers that exist count before 1.19",
      minor: 18,
      metadata: {
        annotations: {
          "seccomp.security.alpha.kubernetes.io/pod": "unconfined",
          "container.seccomp.security.alpha.kubernetes.io/a": "odd",
          "container.seccomp.security.alpha.kubernetes.io/none": "unconfined",
        },
      },
      spec: one({ seccompProfile: { type: "Unconfined" } }),
      says: 'seccompProfile | forbidden annotations container.seccomp.security.alpha.kubernetes.io/a="odd", seccomp.security.alpha.kubernetes.io/pod="unconfined"',
    },
    {
      title: "allowed annotations",
      minor: 0,
      metadata: {
        annotations: {
          "seccomp.security.alpha.kubernetes.io/pod": "docker/default",
          "container.seccomp.security.alpha.kubernetes.io/a": "localhost/x",
        },
      },
      spec: container({}),
    },
    {
      title: "fields count from 1.19, annotations no more",
      minor: 19,
      metadata: { annotations: { "seccomp.security.alpha.kubernetes.io/pod": "unconfined" } },
      spec: { securityContext: { seccompProfile: { type: "RuntimeDefault" } }, ...container({}) },
    },
    {
      title: "an explicit Unconfined is refused",
      minor: 19,
      spec: { securityContext: { seccompProfile: { type: "Unconfined" } }, ...one({ seccompProfile: { type: "X" } }) },
      says: 'seccompProfile | pod and container "a" must not set securityContext.seccompProfile.type to "Unconfined", "X"',
    },
    { title: "unset is allowed", minor: 19, spec: container({}) },
  ],
  seccompProfile_restricted: [
    {
      title: "a profile of the pod covers containers",
      minor: 19,
      spec: { securityContext: { seccompProfile: { type: "Localhost" } }, ...container({}) },
    },
    {
      title: "unset is refused",
      minor: 19,
      spec: {
        containers: [{ name: "a", securityContext: { seccompProfile: { type: "RuntimeDefault" } } }, { name: "b" }],
      },
      says: 'seccompProfile | pod or container "b" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
    },
    {
      title: "Unconfined outranks unset",
      minor: 19,
      spec: { containers: [{ name: "a", securityContext: { seccompProfile: { type: "Unconfined" } } }, { name: "b" }] },
      says: 'seccompProfile | container "a" must not set securityContext.seccompProfile.type to "Unconfined"',
    },
    {
      title: "Windows pods are judged before 1.25",
      minor: 24,
      spec: { ...container({}), ...windows },
      says: 'seccompProfile | pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
    },
    { title: "and exempt from 1.25", minor: 25, spec: { ...container({}), ...windows } },
  ],
  sysctls: [
    ...[
      ["kernel.shm_rmid_forced", 0],
      ["net.ipv4.ip_local_reserved_ports", 27],
      ["net.ipv4.tcp_fin_timeout", 29],
      ["net.ipv4.tcp_rmem", 32],
      ["net.ipv4.tcp_notsent_lowat", 37],
    ].flatMap(([name, since]): Case[] => {
      const spec: PodSpec = { securityContext: { sysctls: [{ name: String(name), value: "1" }] } };
      return [
        { title: `${name} is safe from 1.${since}`, minor: Number(since), spec },
        ...(since === 0
          ? []
          : [{ title: `${name} is not before`, minor: Number(since) - 1, spec, says: `forbidden sysctls | ${name}` }]),
      ];
    }),
    {
      title: "unsafe ones are listed as given",
      minor: 37,
      spec: { securityContext: { sysctls: [{ name: "net.core.somaxconn" }, { name: "kernel.msgmax" }] } },
      says: "forbidden sysctls | net.core.somaxconn, kernel.msgmax",
    },
  ],
  windowsHostProcess: [
    { title: "false is allowed", minor: 0, spec: one({ windowsOptions: { hostProcess: false } }) },
    {
      title: "true is not, on the pod or a container",
      minor: 0,
      spec: {
        securityContext: { windowsOptions: { hostProcess: true } },
        ...one({ windowsOptions: { hostProcess: true } }),
      },
      says: 'hostProcess | pod and container "a" must not set securityContext.windowsOptions.hostProcess=true',
    },
  ],
};

for (const [id, cases] of Object.entries(TABLE)) {
  suite(`the check ${id}`, () => {
    const check = CHECKS.find((candidate) => candidate.id === id);
    for (const { title, minor, metadata = {}, spec, says } of cases) {
      test(`at 1.${minor}: ${title}`, () => {
        const revision = check?.revisions.findLast(({ since }) => since <= minor);
        assert.ok(revision !== undefined, "the check does not exist at this version");
        const violation = revision.check(metadata, spec);
        assert.equal(violation === undefined ? undefined : `${violation.reason} | ${violation.detail}`, says);
      });
    }
  });
}

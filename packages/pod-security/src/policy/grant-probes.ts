import type { Container, PodSpec, SecurityContext, Volume } from "@redoubt/kube";
import type { CheckId } from "../engine/check.ts";
import { VOLUME_SOURCES } from "../engine/checks/restricted-volumes.ts";
import { profileField } from "./pod-profiles.ts";
import { type PodSecurityPolicy, forbidsRoot } from "./pod-security-policy.ts";
import { volumeType } from "./validate-pod.ts";

/** Pods that do one thing, which a standard may refuse. */
export interface Probe {
  /** Completes "pods may ..."; `%` stands for the names of the pods that are refused. */
  readonly may: string;
  /** The policy's field that lets them, or how it came to have no opinion. */
  readonly because: string;
  /** The checks that this probe is about; what else the level says about its pods is not its concern. */
  readonly checks: readonly CheckId[];
  /** Whether a policy that admits these pods does so on purpose. */
  readonly isGrant: boolean;
  readonly pods: readonly { readonly name?: string; readonly spec: PodSpec }[];
  /** Judge the pods as they are, without adding what a policy could not say. */
  readonly asIs?: boolean;
}

const pod = (container: Partial<Container>, spec: PodSpec = {}): PodSpec => ({
  ...spec,
  containers: [{ name: "app", image: "app", ...container }],
});
const pods = (...specs: readonly PodSpec[]): Probe["pods"] => specs.map((spec) => ({ spec }));
const secured = (securityContext: SecurityContext): PodSpec => pod({ securityContext });

/** The family of pods that a policy and a level are compared by. */
export function probesOf(policy: PodSecurityPolicy): Probe[] {
  const grant = { isGrant: true } as const;
  const silent = { isGrant: false } as const;
  return [
    {
      ...grant,
      may: "be privileged",
      because: "privileged",
      checks: ["privileged"],
      pods: pods(secured({ privileged: true })),
    },
    ...(["hostNetwork", "hostPID", "hostIPC"] as const).map((field): Probe => ({
      ...grant,
      may: `share the node's ${field === "hostNetwork" ? "network" : field.slice("host".length)} namespace`,
      because: field,
      checks: ["hostNamespaces"],
      pods: pods(pod({}, { [field]: true })),
    })),
    {
      ...grant,
      may: "claim ports of the node",
      because: "hostPorts",
      checks: ["hostPorts"],
      pods: pods(...policy.hostPorts.map(({ min }) => pod({ ports: [{ hostPort: Math.max(min, 1) }] }))),
    },
    volumeProbe(policy),
    ...capabilityProbes(policy),
    {
      ...grant,
      may: "unmask /proc",
      because: "allowedProcMountTypes",
      checks: ["procMount", "procMount_restricted"],
      pods: pods(...policy.allowedProcMountTypes.map((procMount) => secured({ procMount }))),
    },
    {
      ...grant,
      may: "set the sysctls %",
      because: "allowedUnsafeSysctls",
      checks: ["sysctls"],
      pods: policy.allowedUnsafeSysctls.map((pattern) => ({
        name: pattern,
        spec: pod({}, { securityContext: { sysctls: [{ name: pattern.replace(/\*$/, "example"), value: "1" }] } }),
      })),
    },
    {
      ...grant,
      may: "switch seccomp off",
      because: "seccomp allowedProfileNames",
      checks: ["seccompProfile_baseline", "seccompProfile_restricted"],
      pods: pods(pod({}, { securityContext: { seccompProfile: { type: "Unconfined" } } })),
    },
    {
      isGrant: policy.appArmor.allowedProfiles !== undefined,
      may: "switch AppArmor off",
      because:
        policy.appArmor.allowedProfiles === undefined ? "no AppArmor annotation" : "apparmor allowedProfileNames",
      checks: ["appArmorProfile"],
      pods: pods(secured({ appArmorProfile: { type: "Unconfined" } })),
    },
    {
      isGrant: policy.seLinux.rule === "MustRunAs",
      may: "choose an SELinux user, role or type that is not for containers",
      because: `seLinux.rule: ${policy.seLinux.rule}`,
      checks: ["seLinuxOptions"],
      pods: pods(
        pod({}),
        secured({ seLinuxOptions: { type: "spc_t" } }),
        secured({ seLinuxOptions: { user: "system_u" } }),
      ),
    },
    {
      ...silent,
      may: "run as processes of a Windows node",
      because: "no field of a PodSecurityPolicy is about it",
      checks: ["windowsHostProcess"],
      pods: pods(secured({ windowsOptions: { hostProcess: true } })),
    },
    {
      ...silent,
      may: "have probes and hooks that call another host",
      because: "no field of a PodSecurityPolicy is about it",
      checks: ["hostProbesAndHostLifecycle"],
      pods: pods(pod({ livenessProbe: { tcpSocket: { host: "example.test", port: 80 } } })),
    },
    {
      ...grant,
      may: "gain privileges through set-user-ID programs",
      because: "allowPrivilegeEscalation",
      checks: ["allowPrivilegeEscalation"],
      pods: pods(pod({}), secured({ allowPrivilegeEscalation: true })),
    },
    {
      ...grant,
      may: "keep the runtime's default capabilities",
      because: "requiredDropCapabilities",
      checks: ["capabilities_restricted"],
      pods: pods(pod({})),
    },
    {
      ...grant,
      may: "run as root",
      because: "runAsUser",
      checks: ["runAsNonRoot", "runAsUser"],
      pods: forbidsRoot(policy) ? [] : pods(pod({}), secured({ runAsUser: 0 }), secured({ runAsNonRoot: false })),
    },
    {
      ...silent,
      may: "leave runAsNonRoot out",
      because: "runAsUser.rule: MustRunAs",
      checks: ["runAsNonRoot"],
      pods: forbidsRoot(policy) ? pods(pod({})) : [],
      asIs: true,
    },
    {
      ...silent,
      may: "leave the seccomp profile out",
      because: "no default seccomp profile",
      checks: ["seccompProfile_restricted"],
      pods: pods(pod({})),
      asIs: true,
    },
  ];
}

function volumeProbe(policy: PodSecurityPolicy): Probe {
  const allowed = VOLUME_SOURCES.map((source): readonly [string, Volume] => {
    const volume: Volume = { name: "v", [source]: {} };
    return [volumeType(volume) ?? source, volume];
  }).filter(([type]) => policy.volumes.includes("*") || policy.volumes.includes(type));
  return {
    isGrant: true,
    may: "use volumes of the types %",
    because: "volumes",
    checks: ["hostPathVolumes", "restrictedVolumes"],
    pods: allowed.map(([type, volume]) => ({ name: type, spec: pod({}, { volumes: [permitted(policy, volume)] }) })),
  };
}

/** The volume with a path or driver that the policy lists, where it lists them. */
function permitted(
  { allowedHostPaths, allowedFlexVolumes, allowedCSIDrivers }: PodSecurityPolicy,
  volume: Volume,
): Volume {
  if (volume.hostPath !== undefined) return { name: "v", hostPath: { path: allowedHostPaths[0]?.pathPrefix ?? "/" } };
  if (volume.flexVolume !== undefined) return { name: "v", flexVolume: { driver: allowedFlexVolumes[0] ?? "a/b" } };
  return volume.csi === undefined ? volume : { name: "v", csi: { driver: allowedCSIDrivers[0] ?? "example.test" } };
}

function capabilityProbes(policy: PodSecurityPolicy): Probe[] {
  return (["allowedCapabilities", "defaultAddCapabilities"] as const).map((field) => ({
    isGrant: true,
    may: "add the capabilities %",
    because: field,
    checks: ["capabilities_baseline", "capabilities_restricted"],
    pods: policy[field].map((name) => ({
      name: name === "*" ? "SYS_ADMIN (and every other)" : name,
      spec: secured({ capabilities: { drop: ["ALL"], add: [name === "*" ? "SYS_ADMIN" : name] } }),
    })),
  }));
}

/**
 * The pod with what the policy insists on and does not fill in itself: a profile, a kind of /proc. Else it would be refused
 * for that, and its use of something else go unnoticed.
 */
export function acceptable(policy: PodSecurityPolicy, spec: PodSpec): PodSpec {
  const { seccomp, appArmor, allowedProcMountTypes } = policy;
  const seccompProfile = insisted(seccomp.defaultProfile, seccomp.allowedProfiles);
  const appArmorProfile = insisted(appArmor.defaultProfile, appArmor.allowedProfiles);
  const procMount = allowedProcMountTypes.includes("Default") ? undefined : allowedProcMountTypes[0];
  return {
    ...spec,
    securityContext: { ...(seccompProfile === undefined ? {} : { seccompProfile }), ...spec.securityContext },
    containers: (spec.containers ?? []).map((container) => ({
      ...container,
      securityContext: {
        ...(appArmorProfile === undefined ? {} : { appArmorProfile }),
        ...(procMount === undefined ? {} : { procMount }),
        ...container.securityContext,
      },
    })),
  };
}

function insisted(
  defaultProfile: string | undefined,
  allowed: readonly string[] | undefined,
): ReturnType<typeof profileField> {
  if (defaultProfile !== undefined || allowed === undefined) return undefined;
  if (allowed.includes("*") || allowed.includes("")) return undefined;
  return allowed.map(profileField).find((profile) => profile !== undefined);
}

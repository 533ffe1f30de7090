import type {
  Capabilities,
  Container,
  ContainerPort,
  Pod,
  PodSecurityContext,
  PodSpec,
  Probe,
  SecurityContext,
  SELinuxOptions,
  SeccompProfile,
  Sysctl,
  Volume,
} from "@redoubt/kube";
import type { SeededRandom } from "@redoubt/peers";

/** Pods over every field that the Pod Security Standards look at; most are valid, as the API server's validation goes. */
export function generatePod(random: SeededRandom, name: string): Pod {
  const windows = random.chance(0.12);
  const names = ["app", "side", "cache"].slice(0, random.integer(1, 3));
  const initNames = random.chance(0.3) ? ["init"] : [];
  const annotations = windows ? {} : appArmorAnnotations(random, [...initNames, ...names]);
  const ownUsers = random.chance(0.15) && !windows;
  // The API server takes host process containers only in pods that are host processes as a whole.
  const hostProcess = windows && random.chance(0.3);
  const spec: PodSpec = {
    ...(windows ? { os: { name: "windows" } } : random.chance(0.1) ? { os: { name: "linux" } } : {}),
    ...(ownUsers ? { hostUsers: false } : {}),
    ...(hostProcess ? { hostNetwork: true } : windows || ownUsers ? {} : hostNamespaces(random)),
    ...(hostProcess
      ? { securityContext: { windowsOptions: { hostProcess, runAsUserName: "NT AUTHORITY\\SYSTEM" } } }
      : random.chance(0.6)
        ? { securityContext: podContext(random, windows) }
        : {}),
    ...(initNames.length > 0
      ? { initContainers: initNames.map((init) => container(random, init, { windows, ownUsers, init: true })) }
      : {}),
    containers: names.map((one) => container(random, one, { windows, ownUsers, init: false })),
    ...(random.chance(0.35) ? { volumes: volumes(random) } : {}),
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: spec.hostNetwork === true ? withoutDuplicatePorts(spec) : spec,
  };
}

function hostNamespaces(random: SeededRandom): PodSpec {
  return {
    ...(random.chance(0.12) ? { hostNetwork: true } : {}),
    ...(random.chance(0.1) ? { hostPID: true } : {}),
    ...(random.chance(0.1) ? { hostIPC: true } : {}),
  };
}

interface Place {
  readonly windows: boolean;
  /** The pod has a user namespace, where masked paths of /proc may be shown. */
  readonly ownUsers: boolean;
  readonly init: boolean;
}

function container(random: SeededRandom, name: string, { windows, ownUsers, init }: Place): Container {
  const ports = random.chance(0.3) ? containerPorts(random) : [];
  return {
    name,
    image: "registry.example.com/app:v1",
    ...(random.chance(0.75) ? { securityContext: context(random, windows, ownUsers) } : {}),
    ...(ports.length > 0 ? { ports } : {}),
    ...(!init && random.chance(0.2) ? { livenessProbe: probe(random) } : {}),
    ...(!init && random.chance(0.1) ? { lifecycle: { postStart: { httpGet: httpGet(random) } } } : {}),
  };
}

function context(random: SeededRandom, windows: boolean, ownUsers: boolean): SecurityContext {
  if (windows) {
    return {
      ...(random.chance(0.3) ? { runAsNonRoot: random.chance(0.7) } : {}),
      ...(random.chance(0.2) ? { windowsOptions: { runAsUserName: "ContainerUser" } } : {}),
    };
  }
  const privileged = random.chance(0.1);
  const capabilities = random.chance(0.6) ? { capabilities: capabilitySet(random) } : {};
  const grantsAdmin = capabilities.capabilities?.add?.some((one) => /^(CAP_)?SYS_ADMIN$/.test(one)) === true;
  return {
    ...(privileged ? { privileged } : random.chance(0.2) ? { privileged: false } : {}),
    // The API server refuses `false` beside privileged or SYS_ADMIN.
    ...(random.chance(0.6) ? { allowPrivilegeEscalation: privileged || grantsAdmin || random.chance(0.25) } : {}),
    ...capabilities,
    ...(random.chance(0.4) ? { runAsNonRoot: random.chance(0.75) } : {}),
    ...(random.chance(0.3) ? { runAsUser: random.pick([0, 1, 1000, 65534]) } : {}),
    ...(random.chance(0.4) ? { seccompProfile: seccompProfile(random) } : {}),
    ...(random.chance(0.15) ? { seLinuxOptions: seLinux(random) } : {}),
    ...(random.chance(0.15)
      ? {
          appArmorProfile: random.pick([
            { type: "RuntimeDefault" },
            { type: "Unconfined" },
            { type: "Localhost", localhostProfile: "own" },
          ]),
        }
      : {}),
    ...(random.chance(ownUsers ? 0.5 : 0.1) ? { procMount: ownUsers ? "Unmasked" : "Default" } : {}),
    ...(random.chance(0.3) ? { readOnlyRootFilesystem: random.chance(0.5) } : {}),
  };
}

function podContext(random: SeededRandom, windows: boolean): PodSecurityContext {
  if (windows) {
    return {
      ...(random.chance(0.5) ? { runAsNonRoot: random.chance(0.7) } : {}),
      ...(random.chance(0.2) ? { windowsOptions: { hostProcess: false } } : {}),
    };
  }
  return {
    ...(random.chance(0.5) ? { runAsNonRoot: random.chance(0.75) } : {}),
    ...(random.chance(0.3) ? { runAsUser: random.pick([0, 1000, 10001]) } : {}),
    ...(random.chance(0.4) ? { seccompProfile: seccompProfile(random) } : {}),
    ...(random.chance(0.15) ? { seLinuxOptions: seLinux(random) } : {}),
    ...(random.chance(0.15)
      ? { appArmorProfile: random.pick([{ type: "RuntimeDefault" }, { type: "Unconfined" }]) }
      : {}),
    ...(random.chance(0.2) ? { sysctls: sysctls(random) } : {}),
    ...(random.chance(0.2) ? { fsGroup: 2000 } : {}),
  };
}

function capabilitySet(random: SeededRandom): Capabilities {
  const add = random.some(
    ["NET_BIND_SERVICE", "CHOWN", "SETUID", "NET_RAW", "NET_ADMIN", "SYS_ADMIN", "CAP_CHOWN", "MKNOD", "ALL"],
    0.1,
  );
  const drop = random.some(["ALL", "NET_RAW", "CHOWN"], 0.5);
  return { ...(add.length > 0 ? { add } : {}), ...(drop.length > 0 ? { drop } : {}) };
}

function seccompProfile(random: SeededRandom): SeccompProfile {
  return random.pick<SeccompProfile>([
    { type: "RuntimeDefault" },
    { type: "RuntimeDefault" },
    { type: "Unconfined" },
    { type: "Localhost", localhostProfile: "profiles/own.json" },
  ]);
}

function seLinux(random: SeededRandom): SELinuxOptions {
  return {
    ...(random.chance(0.8)
      ? { type: random.pick(["container_t", "container_init_t", "container_kvm_t", "container_engine_t", "spc_t", ""]) }
      : {}),
    ...(random.chance(0.2) ? { user: "system_u" } : {}),
    ...(random.chance(0.2) ? { role: "system_r" } : {}),
    ...(random.chance(0.2) ? { level: "s0:c1,c2" } : {}),
  };
}

function sysctls(random: SeededRandom): Sysctl[] {
  const names = [
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.core.somaxconn",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_slow_start_after_idle",
  ];
  return random.some(names, 0.3).map((name) => ({ name, value: "1" }));
}

function containerPorts(random: SeededRandom): ContainerPort[] {
  const start = random.integer(1, 300) * 100;
  return [0, 1].slice(0, random.integer(1, 2)).map((offset) => ({
    containerPort: start + offset,
    ...(random.chance(0.4) ? { hostPort: start + offset } : {}),
  }));
}

function probe(random: SeededRandom): Probe {
  return random.chance(0.5)
    ? { httpGet: httpGet(random) }
    : { tcpSocket: { port: 80, ...(random.chance(0.5) ? { host: random.pick(["127.0.0.1", "10.0.0.1", ""]) } : {}) } };
}

function httpGet(random: SeededRandom): { readonly port: number; readonly path: string; readonly host?: string } {
  return {
    port: 80,
    path: "/",
    ...(random.chance(0.4) ? { host: random.pick(["localhost", "10.0.0.1", "::1"]) } : {}),
  };
}

function volumes(random: SeededRandom): Volume[] {
  const sources: readonly Volume[] = [
    { emptyDir: {} },
    { hostPath: { path: "/var/log" } },
    { configMap: { name: "config" } },
    { secret: { secretName: "secret" } },
    { nfs: { server: "nfs.example.com", path: "/" } },
    { persistentVolumeClaim: { claimName: "claim" } },
    { projected: { sources: [{ configMap: { name: "config" } }] } },
    { iscsi: { targetPortal: "10.0.0.1:3260", iqn: "iqn.2001-04.com.example:storage", lun: 0 } },
    { csi: { driver: "inline.example.com" } },
    { downwardAPI: { items: [{ path: "name", fieldRef: { fieldPath: "metadata.name" } }] } },
    {},
  ];
  return random.some(sources, 0.25).map((source, index) => ({ name: `volume-${index}`, ...source }));
}

/** Beta annotations; the API server keeps them beside the fields that it makes of them. */
function appArmorAnnotations(random: SeededRandom, containers: readonly string[]): Record<string, string> {
  if (!random.chance(0.12)) return {};
  const name = random.pick([containers[0] ?? "app", ...containers.slice(1)]);
  return {
    [`container.apparmor.security.beta.kubernetes.io/${name}`]: random.pick([
      "runtime/default",
      "unconfined",
      "localhost/own",
    ]),
  };
}

/** With host networking every port is a host port, and two containers may not ask for the same. */
function withoutDuplicatePorts(spec: PodSpec): PodSpec {
  const { containers = [] } = spec;
  return { ...spec, containers: containers.map((one, index) => (index === 0 ? one : { ...one, ports: [] })) };
}

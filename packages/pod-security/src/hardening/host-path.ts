import type { Volume, Workload } from "@redoubt/kube";

/** What a directory or file of the node gives to whoever can reach it from a container. */
export interface HostPathKind {
  readonly kind: "socket" | "sensitive" | "ordinary";
  /** Completes "which gives the container ...". */
  readonly gives: string;
  /** Reading alone is enough to take the node or its pods over. */
  readonly dangerousToRead: boolean;
}

const SOCKETS: readonly (readonly [pattern: RegExp, runtime: string])[] = [
  [/^\/(?:var\/)?run\/docker\.sock$/, "Docker"],
  [/^\/(?:var\/)?run\/(?:k3s\/)?containerd(?:\/containerd\.sock)?$/, "containerd"],
  [/^\/(?:var\/)?run\/crio(?:\/crio\.sock)?$/, "CRI-O"],
  [/^\/(?:var\/)?run\/cri-dockerd\.sock$/, "Docker (through cri-dockerd)"],
  [/^\/(?:var\/)?run\/dockershim\.sock$/, "Docker (through dockershim)"],
  [/^\/\\\\\.\\pipe\\docker_engine$/i, "Docker"],
  [/^\/\\\\\.\\pipe\\containerd-containerd$/i, "containerd"],
  [/^\/(?:var\/)?run\/podman(?:\/podman\.sock)?$/, "Podman"],
  // Distributions put them elsewhere (k0s: /run/k0s, MicroK8s: /var/snap/microk8s/common/run), under the same names.
  [/\/docker\.sock$/, "Docker"],
  [/\/containerd\.sock$/, "containerd"],
  [/\/crio\.sock$/, "CRI-O"],
  [/\/podman\.sock$/, "Podman"],
];

interface SensitivePlace {
  readonly gives: string;
  readonly dangerousToRead: boolean;
  /** Whether what lies below is as sensitive as the place itself. */
  readonly below: boolean;
}

const SENSITIVE: ReadonlyMap<string, SensitivePlace> = new Map([
  ["/", { gives: "the node's whole file system", dangerousToRead: true, below: false }],
  [
    "/etc",
    { gives: "the node's configuration, accounts and Kubernetes credentials", dangerousToRead: true, below: false },
  ],
  [
    "/etc/kubernetes",
    { gives: "the control plane's keys and the kubelet's credentials", dangerousToRead: true, below: true },
  ],
  ["/etc/shadow", { gives: "the node's password hashes", dangerousToRead: true, below: false }],
  ["/etc/cron.d", { gives: "programs that the node runs as root", dangerousToRead: false, below: true }],
  ["/etc/systemd", { gives: "services that the node runs as root", dangerousToRead: false, below: true }],
  ["/etc/cni", { gives: "the node's network configuration", dangerousToRead: false, below: true }],
  ["/etc/ssh", { gives: "the node's SSH keys and configuration", dangerousToRead: true, below: true }],
  [
    "/proc",
    { gives: "every process of the node and, where writable, its kernel settings", dangerousToRead: true, below: true },
  ],
  ["/sys", { gives: "the node's devices and kernel settings", dangerousToRead: false, below: true }],
  ["/dev", { gives: "the node's disks and devices", dangerousToRead: true, below: false }],
  ["/boot", { gives: "the node's kernel images", dangerousToRead: false, below: true }],
  ["/root", { gives: "the node's root account with its keys", dangerousToRead: true, below: true }],
  ["/home", { gives: "the accounts of the node with their keys", dangerousToRead: true, below: true }],
  ["/usr", { gives: "programs that the node runs as root", dangerousToRead: false, below: false }],
  ["/usr/bin", { gives: "programs that the node runs as root", dangerousToRead: false, below: true }],
  ["/usr/sbin", { gives: "programs that the node runs as root", dangerousToRead: false, below: true }],
  ["/usr/local/bin", { gives: "programs that the node runs as root", dangerousToRead: false, below: true }],
  ["/bin", { gives: "programs that the node runs as root", dangerousToRead: false, below: true }],
  ["/sbin", { gives: "programs that the node runs as root", dangerousToRead: false, below: true }],
  ["/lib", { gives: "libraries that the node's programs load", dangerousToRead: false, below: false }],
  ["/lib64", { gives: "libraries that the node's programs load", dangerousToRead: false, below: false }],
  ["/lib/modules", { gives: "modules that the node's kernel loads", dangerousToRead: false, below: true }],
  [
    "/usr/libexec/kubernetes",
    { gives: "volume plugins that the kubelet runs as root", dangerousToRead: false, below: true },
  ],
  ["/opt/cni", { gives: "network plugins that the node runs as root", dangerousToRead: false, below: true }],
  [
    "/var",
    { gives: "the kubelet's pods with their secrets and the runtime's storage", dangerousToRead: true, below: false },
  ],
  [
    "/var/run",
    { gives: "the control sockets of the container runtime and other services", dangerousToRead: true, below: false },
  ],
  [
    "/run",
    { gives: "the control sockets of the container runtime and other services", dangerousToRead: true, below: false },
  ],
  [
    "/var/lib",
    { gives: "the kubelet's pods with their secrets and the runtime's storage", dangerousToRead: true, below: false },
  ],
  [
    "/var/lib/kubelet",
    { gives: "the secrets and tokens of every pod of the node", dangerousToRead: true, below: false },
  ],
  [
    "/var/lib/kubelet/pods",
    { gives: "the secrets and tokens of every pod of the node", dangerousToRead: true, below: true },
  ],
  ["/var/lib/kubelet/pki", { gives: "the kubelet's client certificate", dangerousToRead: true, below: true }],
  ["/var/lib/etcd", { gives: "every object and Secret of the cluster", dangerousToRead: true, below: true }],
  ["/var/lib/docker", { gives: "the file systems of every container of the node", dangerousToRead: true, below: true }],
  [
    "/var/lib/containerd",
    { gives: "the file systems of every container of the node", dangerousToRead: true, below: true },
  ],
  [
    "/var/lib/containers",
    { gives: "the file systems of every container of the node", dangerousToRead: true, below: true },
  ],
  [
    "/var/log",
    {
      gives: "the logs of the node and, through planted links, files that the kubelet reads",
      dangerousToRead: false,
      below: false,
    },
  ],
  ["/var/log/pods", { gives: "the logs of every pod of the node", dangerousToRead: false, below: true }],
]);

/** A cleaned absolute path: no doubled or trailing slashes, no dot segments. */
export function cleanPath(written: string): string {
  if (/^\/(?:[^/.][^/]*\/)*[^/.][^/]*$/.test(written)) return written;
  const segments: string[] = [];
  for (const segment of written.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") segments.pop();
    else segments.push(segment);
  }
  return `/${segments.join("/")}`;
}

/** What mounting `written` of the node gives. */
export function classifyHostPath(written: string): HostPathKind {
  const path = cleanPath(written);
  for (const [pattern, runtime] of SOCKETS) {
    if (pattern.test(path)) {
      return { kind: "socket", gives: `control of ${runtime}, and so root on the node`, dangerousToRead: true };
    }
  }
  const exact = SENSITIVE.get(path);
  if (exact !== undefined) return { kind: "sensitive", gives: exact.gives, dangerousToRead: exact.dangerousToRead };
  if (/^\/[a-z]:\\*$/i.test(path)) {
    return { kind: "sensitive", gives: "a whole drive of the Windows node", dangerousToRead: true };
  }
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const above = SENSITIVE.get(path.slice(0, end));
    if (above?.below === true)
      return { kind: "sensitive", gives: `part of ${above.gives}`, dangerousToRead: above.dangerousToRead };
  }
  return { kind: "ordinary", gives: "files of the node", dangerousToRead: false };
}

/** How the containers of a pod mount one volume. */
export function mountAccess(workload: Workload, volume: Volume): "writable" | "read-only" | "unmounted" {
  let access: "read-only" | "unmounted" = "unmounted";
  for (const { container } of workload.containers) {
    for (const mount of container.volumeMounts ?? []) {
      if (mount.name !== volume.name) continue;
      if (mount.readOnly !== true) return "writable";
      access = "read-only";
    }
  }
  return access;
}

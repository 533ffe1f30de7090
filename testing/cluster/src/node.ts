import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RedoubtError } from "@redoubt/kube";
import { findBinary, onPath } from "./binaries.ts";
import { busyboxImage } from "./container-image.ts";
import { ControlPlane, type ControlPlaneOptions } from "./control-plane.ts";
import { DEVICE_PLUGIN_SOCKET, hostInterface, podLogsFolder } from "./node-cleanup.ts";
import { ClusterState, removeCluster, sweep } from "./state.ts";

/** The image that tests' pods run; there is no registry, so `imagePullPolicy: Never`. */
export const TEST_IMAGE = "redoubt.test/busybox:1";
const PAUSE_IMAGE = "redoubt.test/pause:1";
export const NODE_NAME = "node-1";

const POD_NETWORK = "10.244.0.0/24";

/** Debian's names of what a node needs besides the Kubernetes binaries. */
const PACKAGES = "containerd runc containernetworking-plugins busybox-static iproute2 iptables conntrack";
const CNI_PLUGINS = "/usr/lib/cni";

/** A control plane with controllers and one node that runs pods, all in a network namespace of its own. */
export interface ClusterWithNode {
  readonly plane: ControlPlane;
  /** Puts a busybox image with this name onto the node; `programs` are files of this machine by their names in its /bin. */
  addImage(name: string, command: readonly string[], programs?: Readonly<Record<string, string>>): void;
  /** Puts an image onto the node that is made already: a docker-archive tar. */
  importImage(archive: Buffer): void;
  stop(): Promise<void>;
}

export interface NodeOptions extends ControlPlaneOptions {
  /** Run kube-proxy too, so that the addresses of Services lead to their pods, from pods and from the API server. */
  readonly serviceProxy?: boolean;
}

/** What this machine lacks for a node, as a sentence; undefined when a node can run. */
export function whyNoNode(): string | undefined {
  if (process.getuid?.() !== 0) return "a node needs root";
  const missing = ["containerd", "runc", "ctr", "iptables", "ip", "nsenter"].filter((command) => !onPath(command));
  if (!existsSync(join(CNI_PLUGINS, "bridge"))) missing.push(`${CNI_PLUGINS}/bridge`);
  if (busyboxPath() === undefined) missing.push("busybox (static)");
  return missing.length === 0 ? undefined : `missing: ${missing.join(", ")} (Debian: apt-get install ${PACKAGES})`;
}

/**
 * Starts the control plane, containerd and a kubelet, and waits until the node is Ready.
 *
 * @throws RedoubtError `CLUSTER_NODE_UNSUPPORTED` saying what is missing, or the errors of `ControlPlane.start`.
 */
export async function startClusterWithNode(options: NodeOptions = {}): Promise<ClusterWithNode> {
  const reason = whyNoNode();
  if (reason !== undefined) throw new RedoubtError("CLUSTER_NODE_UNSUPPORTED", `no node can run here: ${reason}`);
  await sweep();
  if (existsSync(DEVICE_PLUGIN_SOCKET)) {
    throw new RedoubtError(
      "CLUSTER_NODE_UNSUPPORTED",
      `another kubelet uses this machine (${DEVICE_PLUGIN_SOCKET}): one node at a time`,
    );
  }
  const state = new ClusterState({ stays: options.stays ?? false });
  const namespace = `redoubt-${randomBytes(4).toString("hex")}`;
  state.update({ networkNamespace: namespace });
  try {
    const address = createNetworkNamespace(namespace);
    const plane = await ControlPlane.start(
      { ...options, controllers: true },
      { address, networkNamespace: namespace },
      state,
    );
    const socket = join(state.record.folder, "containerd.sock");
    await startContainerd(plane, namespace, socket);
    const importArchive = (archive: Buffer): void => importImage(socket, archive);
    const addImage: ClusterWithNode["addImage"] = (name, command, programs) =>
      importArchive(busyboxImage(name, busybox(), command, programs));
    addImage(PAUSE_IMAGE, ["/bin/sleep", "2147483647"]);
    addImage(TEST_IMAGE, ["/bin/sh"]);
    await startKubelet(plane, namespace, socket);
    if (options.serviceProxy === true) await startServiceProxy(plane);
    return { plane, addImage, importImage: importArchive, stop: () => plane.stop() };
  } catch (error) {
    await removeCluster(state.record);
    throw error;
  }
}

/** A network namespace with a veth pair to the host; returns its address. The third octets come from the name, so that several may exist. */
function createNetworkNamespace(name: string): string {
  const [second = 0, third = 0] = Buffer.from(name.slice(-8), "hex");
  const network = `10.${64 + (second % 32)}.${third}`;
  const outside = hostInterface(name);
  ip("netns", "add", name);
  ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", name);
  ip("address", "add", `${network}.1/24`, "dev", outside);
  ip("link", "set", outside, "up");
  ip("-n", name, "link", "set", "lo", "up");
  ip("-n", name, "address", "add", `${network}.2/24`, "dev", "eth0");
  ip("-n", name, "link", "set", "eth0", "up");
  // The kubelet and the API server ask for a default route; it leads to the host's end and no further.
  ip("-n", name, "route", "add", "default", "via", `${network}.1`);
  return `${network}.2`;
}

function ip(...args: readonly string[]): void {
  execFileSync("ip", [...args], { stdio: ["ignore", "ignore", "inherit"] });
}

async function startContainerd(plane: ControlPlane, network: string, socket: string): Promise<void> {
  const folder = plane.folder;
  const cni = join(folder, "cni");
  mkdirSync(cni, { recursive: true });
  writeFileSync(
    join(cni, "10-redoubt.conflist"),
    JSON.stringify({
      cniVersion: "0.4.0",
      name: network,
      plugins: [
        {
          type: "bridge",
          bridge: "cni0",
          isGateway: true,
          ipMasq: false,
          ipam: {
            type: "host-local",
            dataDir: join(folder, "ipam"),
            ranges: [[{ subnet: POD_NETWORK }]],
            routes: [{ dst: "0.0.0.0/0" }],
          },
        },
        { type: "portmap", capabilities: { portMappings: true } },
      ],
    }),
  );
  const config = join(folder, "containerd.toml");
  writeFileSync(
    config,
    `version = 2
root = "${join(folder, "containerd")}"
state = "${join(folder, "containerd-state")}"
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${CNI_PLUGINS}"
    conf_dir = "${cni}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
      Root = "${join(folder, "runc")}"
`,
  );
  const component = plane.spawnComponent("containerd", "containerd", ["--config", config]);
  await plane.waitFor(component, async () => {
    execFileSync("ctr", ["--address", socket, "version"], { stdio: "ignore" });
    return true;
  });
}

function importImage(socket: string, archive: Buffer): void {
  execFileSync("ctr", ["--address", socket, "--namespace", "k8s.io", "images", "import", "-"], {
    input: archive,
    stdio: ["pipe", "ignore", "inherit"],
  });
}

function busybox(): string {
  const path = busyboxPath();
  if (path === undefined) throw new RedoubtError("CLUSTER_NODE_UNSUPPORTED", "no static busybox on this machine");
  return path;
}

function busyboxPath(): string | undefined {
  return ["/bin/busybox", "/usr/bin/busybox"].find((path) => existsSync(path));
}

async function startKubelet(plane: ControlPlane, network: string, socket: string): Promise<void> {
  const { folder } = plane;
  const address = plane.placement.address;
  const serving = await plane.ca.server(`system:node:${NODE_NAME}`, [address, NODE_NAME]);
  writeFileSync(plane.pki("kubelet.crt"), serving.certificate, { mode: 0o600 });
  writeFileSync(plane.pki("kubelet.key"), serving.key, { mode: 0o600 });
  const kubeconfig = await plane.writeKubeconfig("kubelet", `system:node:${NODE_NAME}`, ["system:nodes"]);
  const config = join(folder, "kubelet.yaml");
  writeFileSync(
    config,
    JSON.stringify({
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: plane.pki("ca.crt") },
      },
      authorization: { mode: "Webhook" },
      tlsCertFile: plane.pki("kubelet.crt"),
      tlsPrivateKeyFile: plane.pki("kubelet.key"),
      address,
      cgroupDriver: "cgroupfs",
      cgroupRoot: `/${network}`,
      cgroupsPerQOS: true,
      enforceNodeAllocatable: [],
      failSwapOn: false,
      failCgroupV1: false,
      containerRuntimeEndpoint: `unix://${socket}`,
      podLogsDir: podLogsFolder(network),
      resolvConf: "",
      evictionHard: { "memory.available": "1Mi" },
      imageGCHighThresholdPercent: 100,
      syncFrequency: "2s",
      nodeStatusUpdateFrequency: "2s",
    }),
  );
  makeCgroups(network);
  const component = plane.spawnComponent("kubelet", findBinary("kubelet"), [
    `--config=${config}`,
    `--kubeconfig=${kubeconfig}`,
    `--root-dir=${join(folder, "kubelet")}`,
    `--cert-dir=${join(folder, "pki")}`,
    `--hostname-override=${NODE_NAME}`,
    `--node-ip=${address}`,
  ]);
  await plane.waitFor(component, async () => isReady((await plane.admin.get(`/api/v1/nodes/${NODE_NAME}`)).body));
}

/** Its rules are in the node's network namespace, which the API server shares, and go with it. */
async function startServiceProxy(plane: ControlPlane): Promise<void> {
  const kubeconfig = await plane.writeKubeconfig("kube-proxy", "system:kube-proxy");
  const component = plane.spawnComponent("kube-proxy", findBinary("kube-proxy"), [
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${NODE_NAME}`,
    `--cluster-cidr=${POD_NETWORK}`,
    "--proxy-mode=iptables",
    "--healthz-bind-address=127.0.0.1:10256",
    "--metrics-bind-address=127.0.0.1:10249",
    // The machine's own limits stay as they are.
    "--conntrack-max-per-core=0",
    "--conntrack-tcp-timeout-established=0s",
    "--conntrack-tcp-timeout-close-wait=0s",
  ]);
  await plane.waitFor(component, async () => {
    const network = `--net=/run/netns/${plane.placement.networkNamespace ?? ""}`;
    const rules = execFileSync("nsenter", [network, "iptables-save", "-t", "nat"], { encoding: "utf8" });
    return rules.includes("default/kubernetes:https");
  });
}

/** The kubelet wants its root cgroup to exist in every controller. */
function makeCgroups(name: string): void {
  const top = "/sys/fs/cgroup";
  const controllers = existsSync(join(top, "cgroup.controllers"))
    ? [""]
    : [
        "cpu",
        "cpuacct",
        "cpuset",
        "memory",
        "devices",
        "freezer",
        "blkio",
        "pids",
        "hugetlb",
        "net_cls",
        "net_prio",
        "perf_event",
        "systemd",
      ];
  for (const controller of controllers) {
    if (existsSync(join(top, controller))) mkdirSync(join(top, controller, name), { recursive: true });
  }
}

function isReady(node: unknown): boolean {
  const conditions: unknown = Object(Object(node).status).conditions;
  return (
    Array.isArray(conditions) &&
    conditions.some((condition) => Object(condition).type === "Ready" && Object(condition).status === "True")
  );
}

import { readFile, readdir, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join, relative, sep } from "node:path";
import { type ClusterEvidence, type EvidenceData, toEvidence } from "./evidence.ts";

export interface NodeEvidenceOptions {
  /** Where the node's file system is mounted: `/` when absent. */
  readonly root?: string;
  /** Default: this machine's host name. */
  readonly node?: string;
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
}

export interface NodeEvidence {
  readonly evidence: readonly ClusterEvidence[];
  /** Files worth loading as objects: static pod manifests, and the configuration files that flags name. */
  readonly configurationFiles: readonly string[];
  /** Files that are there and could not be looked at, with the reason. */
  readonly unreadable: readonly { readonly path: string; readonly message: string }[];
}

const COMPONENTS: ReadonlySet<string> = new Set([
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
  "kubelet",
  "etcd",
]);

/** Where kubeadm and the distributions that follow it put things. Folders are looked at with what is in them, `depth` levels down. */
const PLACES: readonly { readonly path: string; readonly depth?: number }[] = [
  { path: "/etc/kubernetes/manifests", depth: 1 },
  { path: "/etc/kubernetes/pki", depth: 2 },
  { path: "/etc/kubernetes/admin.conf" },
  { path: "/etc/kubernetes/super-admin.conf" },
  { path: "/etc/kubernetes/scheduler.conf" },
  { path: "/etc/kubernetes/controller-manager.conf" },
  { path: "/etc/kubernetes/kubelet.conf" },
  { path: "/etc/kubernetes/bootstrap-kubelet.conf" },
  { path: "/etc/kubernetes/proxy.conf" },
  { path: "/etc/systemd/system/kubelet.service" },
  { path: "/etc/systemd/system/kubelet.service.d", depth: 1 },
  { path: "/usr/lib/systemd/system/kubelet.service" },
  { path: "/usr/lib/systemd/system/kubelet.service.d", depth: 1 },
  { path: "/var/lib/kubelet/config.yaml" },
  { path: "/var/lib/kubelet/kubeconfig" },
  { path: "/etc/cni/net.d", depth: 1 },
  { path: "/var/lib/etcd" },
];

/** Flags that name a file that decides something, by component; `load` where it is a configuration to be judged. */
const FILE_FLAGS: Readonly<Record<string, readonly { readonly flag: string; readonly load?: boolean }[]>> = {
  kubelet: [{ flag: "config", load: true }, { flag: "kubeconfig" }, { flag: "client-ca-file" }],
  "kube-proxy": [{ flag: "config", load: true }, { flag: "kubeconfig" }],
  etcd: [{ flag: "data-dir" }],
  "kube-apiserver": [
    { flag: "encryption-provider-config", load: true },
    { flag: "audit-policy-file", load: true },
    { flag: "admission-control-config-file", load: true },
    { flag: "authorization-config", load: true },
    { flag: "authentication-config", load: true },
  ],
};

const DEFAULT_KUBELET_CONFIG = "/var/lib/kubelet/config.yaml";
const MOST_FILES = 2000;

/** Looks at a node from the inside: who may read its files, how its components were started, which configuration they were given. */
export async function collectNodeEvidence(options: NodeEvidenceOptions = {}): Promise<NodeEvidence> {
  const node = options.node ?? hostname();
  const visit = new NodeVisit(options, node);
  await visit.readNames();
  await visit.processes();
  for (const { path, depth = 0 } of PLACES) await visit.look(path, depth);
  await visit.configurations();
  return { evidence: visit.evidence, configurationFiles: [...visit.configurationFiles], unreadable: visit.unreadable };
}

class NodeVisit {
  readonly evidence: ClusterEvidence[] = [];
  readonly configurationFiles = new Set<string>();
  readonly unreadable: { readonly path: string; readonly message: string }[] = [];
  readonly #options: NodeEvidenceOptions;
  readonly #root: string;
  readonly #node: string;
  readonly #seen = new Set<string>();
  readonly #users = new Map<number, string>();
  readonly #groups = new Map<number, string>();
  #named: { readonly path: string; readonly load: boolean }[] = [{ path: DEFAULT_KUBELET_CONFIG, load: true }];

  constructor(options: NodeEvidenceOptions, node: string) {
    this.#options = options;
    this.#root = options.root ?? "/";
    this.#node = node;
  }

  async readNames(): Promise<void> {
    await this.#readIds("/etc/passwd", this.#users);
    await this.#readIds("/etc/group", this.#groups);
  }

  /** Command lines from /proc; each component once, its own threads and shells aside. */
  async processes(): Promise<void> {
    const entries = await readdir(this.#host("/proc")).catch(() => []);
    for (const entry of entries) {
      if (!/^\d+$/.test(entry)) continue;
      this.#options.signal?.throwIfAborted();
      const text = await readFile(this.#host(`/proc/${entry}/cmdline`), "utf8").catch(() => "");
      const [command = "", ...args] = text.split("\0");
      const component = command.split("/").at(-1) ?? "";
      if (!COMPONENTS.has(component)) continue;
      const flags = parseFlags(args);
      this.#add({ type: "flags", component, node: this.#node, flags, effective: false }, "command line on the node");
      const files = FILE_FLAGS[component] ?? [];
      for (const { flag, load = false } of files)
        if (Object.hasOwn(flags, flag)) this.#named.push({ path: flags[flag] ?? "", load });
    }
  }

  /** What flags name, and static pod manifests. */
  async configurations(): Promise<void> {
    for (const { path, load } of this.#named) {
      if (!path.startsWith("/")) continue;
      await this.look(path, 0);
      if (load && this.#seen.has(path)) this.configurationFiles.add(this.#host(path));
    }
  }

  async look(path: string, depth: number): Promise<void> {
    this.#options.signal?.throwIfAborted();
    if (this.#seen.has(path) || this.#seen.size >= MOST_FILES) return;
    try {
      const { mode, uid, gid } = await stat(this.#host(path));
      this.#seen.add(path);
      const directory = (mode & 0o170000) === 0o040000;
      const owner = this.#users.get(uid) ?? String(uid);
      const group = this.#groups.get(gid) ?? String(gid);
      this.#add(
        { type: "node-file", node: this.#node, path, directory, mode: mode & 0o7777, owner, group },
        "the node",
      );
      if (/^\/etc\/kubernetes\/manifests\/[^.][^/]*\.(?:ya?ml|json)$/.test(path))
        this.configurationFiles.add(this.#host(path));
      if (!directory || depth === 0) return;
      for (const name of (await readdir(this.#host(path))).sort()) await this.look(`${path}/${name}`, depth - 1);
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      if (isAbsent(error)) return;
      this.unreadable.push({ path, message: error instanceof Error ? error.message : String(error) });
    }
  }

  #host(path: string): string {
    return join(this.#root, relative(sep, path));
  }

  async #readIds(path: string, names: Map<number, string>): Promise<void> {
    const text = await readFile(this.#host(path), "utf8").catch(() => "");
    for (const line of text.split("\n")) {
      const [name = "", , id = ""] = line.split(":");
      if (name !== "" && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name);
    }
  }

  #add(data: EvidenceData, source: string): void {
    const time = (this.#options.now?.() ?? new Date()).toISOString();
    this.evidence.push(toEvidence(data, { source, time }, `node ${this.#node}`));
  }
}

/** `--name=value`, `--name value` and `--name`, as pflag reads them. */
function parseFlags(args: readonly string[]): Readonly<Record<string, string>> {
  const flags = new Map<string, string>();
  for (const [index, arg] of args.entries()) {
    const match = /^--?([a-zA-Z][\w.-]*)(?:=([^]*))?$/.exec(arg);
    if (match?.[1] === undefined) continue;
    const next = args[index + 1];
    flags.set(match[1], match[2] ?? (next === undefined || next === "" || next.startsWith("-") ? "true" : next));
  }
  return Object.fromEntries(flags);
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

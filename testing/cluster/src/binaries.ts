import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { RedoubtError } from "@redoubt/kube";
import { cacheFolder } from "@redoubt/peers";

/** The Kubernetes that testing/cluster/binaries/go.mod pins. */
export const KUBERNETES_VERSION = "v1.34.4";
/** The etcd that testing/cluster/etcd/go.mod pins. */
export const ETCD_VERSION = "v3.6.13";

const KUBERNETES_COMMANDS = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
  "kubelet",
  "kubectl",
] as const;
export type KubernetesCommand = (typeof KUBERNETES_COMMANDS)[number] | "etcd";

const modules = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/**
 * Path of a control-plane binary: `KUBEBUILDER_ASSETS` first, then the cache, then a build with Go into the cache
 * (from nothing about 10 minutes for the API server on two cores; never when the cache has that version).
 *
 * @throws RedoubtError `CLUSTER_BINARY_MISSING` when there is none and none can be built.
 */
export function findBinary(command: KubernetesCommand): string {
  const assets = process.env["KUBEBUILDER_ASSETS"];
  if (assets !== undefined && existsSync(join(assets, command))) return join(assets, command);
  const folder = join(cacheFolder(), command === "etcd" ? `etcd-${ETCD_VERSION}` : `kubernetes-${KUBERNETES_VERSION}`);
  const path = join(folder, command);
  if (!existsSync(path)) build(command, folder, path);
  return path;
}

function build(command: KubernetesCommand, folder: string, path: string): void {
  if (!onPath("go")) {
    throw new RedoubtError(
      "CLUSTER_BINARY_MISSING",
      `${command} is not in KUBEBUILDER_ASSETS nor in ${folder}, and Go, which could build it, is not on the PATH: install Go, or set KUBEBUILDER_ASSETS to a folder with the Kubernetes test binaries`,
    );
  }
  mkdirSync(folder, { recursive: true });
  process.stderr.write(`building ${command} (once for this version; this takes minutes)\n`);
  const partial = `${path}.${process.pid}`;
  const [source, target] =
    command === "etcd" ? ["etcd", "go.etcd.io/etcd/server/v3"] : ["binaries", `k8s.io/kubernetes/cmd/${command}`];
  try {
    execFileSync("go", ["build", "-trimpath", "-ldflags", linkerFlags(), "-o", partial, target], {
      cwd: modules(source),
      stdio: ["ignore", "inherit", "inherit"],
    });
  } catch (error) {
    throw new RedoubtError("CLUSTER_BINARY_MISSING", `${command} could not be built with Go; its output is above`, {
      cause: error,
    });
  }
  renameSync(partial, path);
}

/** The version must be stamped in: components refuse peers that are too far from their own version. */
function linkerFlags(): string {
  const [major = "", minor = ""] = KUBERNETES_VERSION.slice(1).split(".");
  const stamp = "k8s.io/component-base/version";
  return `-s -w -X ${stamp}.gitVersion=${KUBERNETES_VERSION} -X ${stamp}.gitMajor=${major} -X ${stamp}.gitMinor=${minor}`;
}

export function onPath(command: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, command)));
}

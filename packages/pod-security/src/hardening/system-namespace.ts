import type { Fix } from "@redoubt/control";
import type { Workload } from "@redoubt/kube";

/** Where the cluster's own components and the usual network plugins run. */
const SYSTEM_NAMESPACES: ReadonlySet<string> = new Set([
  "kube-system",
  "kube-public",
  "kube-node-lease",
  "calico-system",
  "tigera-operator",
  "kube-flannel",
]);

export function isSystemNamespace(namespace: string): boolean {
  return SYSTEM_NAMESPACES.has(namespace);
}

/** Appended to messages about host access: components there are reported too, but can need it. */
export function systemNote(workload: Workload): string {
  return isSystemNamespace(workload.namespace)
    ? `; network, storage and proxy components in ${workload.namespace} can need this, so confirm that it is one of them`
    : "";
}

/** No automatic fix takes host access from a system component: the node would lose its network or its storage. */
export function unlessSystem(workload: Workload, fix: Fix | undefined): Fix | undefined {
  return isSystemNamespace(workload.namespace) ? undefined : fix;
}

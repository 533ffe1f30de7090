import type { ContainerView, Edit, Workload } from "@redoubt/kube";
import { keepRestrictedCapabilities } from "./capability.ts";
import { isSystemNamespace } from "./system-namespace.ts";

/**
 * The edits that end privilege escalation, privileged mode included: the API server refuses `allowPrivilegeEscalation: false` beside
 * `privileged: true` or an added `CAP_SYS_ADMIN`, so they go together. Undefined where privileged mode cannot be taken away blindly:
 * in system components, and where a mount propagates to the node, which only privileged containers may ask for.
 */
export function endPrivilege(view: ContainerView, workload: Workload): Edit[] | undefined {
  const context = view.container.securityContext;
  const edits: Edit[] = [];
  if (context?.privileged === true) {
    if (view.role === "ephemeral" || isSystemNamespace(workload.namespace) || propagatesMounts(view)) return undefined;
    edits.push({ op: "set", path: [...view.path, "securityContext", "privileged"], value: false });
  }
  if (context?.capabilities?.add?.includes("CAP_SYS_ADMIN") === true) {
    if (isSystemNamespace(workload.namespace)) return undefined;
    edits.push(...keepRestrictedCapabilities(view));
  }
  edits.push({ op: "set", path: [...view.path, "securityContext", "allowPrivilegeEscalation"], value: false });
  return edits;
}

/** `mountPropagation: Bidirectional` is refused by the API server unless the container is privileged. */
export function propagatesMounts(view: ContainerView): boolean {
  return view.container.volumeMounts?.some((mount) => mount.mountPropagation === "Bidirectional") ?? false;
}

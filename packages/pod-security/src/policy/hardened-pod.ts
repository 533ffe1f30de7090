import type { PodSpec, SecurityContext } from "@redoubt/kube";

/** A pod that every level allows, with changes laid over its container's security context and its spec. */
export function hardened(container: SecurityContext, spec: PodSpec = {}): PodSpec {
  return {
    ...spec,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" }, ...spec.securityContext },
    containers: [
      {
        name: "app",
        image: "app",
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, ...container },
      },
    ],
  };
}

import type { NetworkPolicyPort, Workload } from "@redoubt/kube";

/** Whether the ports of a rule allow a port; empty allows all. `names` are the names that the destination gives this port. */
export function portsAllow(
  ports: readonly NetworkPolicyPort[],
  protocol: "TCP" | "UDP" | "SCTP",
  port: number,
  names: readonly string[] = [],
): boolean {
  if (ports.length === 0) return true;
  return ports.some((allowed) => {
    if ((allowed.protocol ?? "TCP") !== protocol) return false;
    if (allowed.port === undefined) return true;
    if (typeof allowed.port === "string") return names.includes(allowed.port);
    return allowed.endPort === undefined ? allowed.port === port : allowed.port <= port && port <= allowed.endPort;
  });
}

/** Whether some container of a workload declares a port by this name and protocol, which is what a named port resolves by. */
export function exposesNamedPort(workload: Workload, name: string, protocol: string): boolean {
  return workload.containers.some(({ container }) =>
    (container.ports ?? []).some((port) => port.name === name && (port.protocol ?? "TCP") === protocol),
  );
}

/** `TCP 8080`, `UDP 53-60`, `every TCP port`, or `every port` for none. */
export function describePorts(ports: readonly NetworkPolicyPort[]): string {
  if (ports.length === 0) return "every port";
  return ports
    .map(({ protocol = "TCP", port, endPort }) =>
      port === undefined
        ? `every ${protocol} port`
        : `${protocol} ${port}${endPort === undefined ? "" : `-${endPort}`}`,
    )
    .join(", ");
}

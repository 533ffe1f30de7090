import type { NetworkPolicyPort } from "@redoubt/kube";

const PROTOCOLS: ReadonlySet<string> = new Set(["TCP", "UDP", "SCTP"]);

/** Why the API server refuses a port of a rule, as a clause; the rules of ValidateNetworkPolicyPort in Kubernetes. */
export function portProblem({ protocol = "TCP", port, endPort }: NetworkPolicyPort): string | undefined {
  if (!PROTOCOLS.has(protocol)) return `protocol ${protocol} is none of TCP, UDP and SCTP`;
  if (port === undefined) return endPort === undefined ? undefined : `endPort ${endPort} stands without port`;
  if (typeof port === "string") {
    if (endPort !== undefined) return `endPort ${endPort} stands beside the named port ${port}`;
    return isPortName(port) ? undefined : `${JSON.stringify(port)} is no port name (at most 15 of a-z, 0-9 and -)`;
  }
  if (port < 1 || port > 65535) return `port ${port} is not from 1 to 65535`;
  if (endPort === undefined) return undefined;
  if (endPort < port) return `endPort ${endPort} is below port ${port}`;
  return endPort > 65535 ? `endPort ${endPort} is above 65535` : undefined;
}

/** RFC 6335 as Kubernetes reads it: IsValidPortName. */
function isPortName(name: string): boolean {
  return /^(?=.*[a-z])(?!.*--)[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(name);
}

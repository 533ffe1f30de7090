import type { NetworkPolicyPeer, Path } from "@redoubt/kube";
import { containsCidr, parseCidr } from "../model/cidr.ts";

/** Why the API server refuses a peer with an ipBlock. `path` is inside the peer; the message is a clause. */
export interface IpBlockProblem {
  readonly message: string;
  readonly path: Path;
}

/** The rules of ValidateNetworkPolicyPeer and ValidateIPBlock in Kubernetes. */
export function ipBlockProblems(peer: NetworkPolicyPeer): readonly IpBlockProblem[] {
  const { ipBlock } = peer;
  if (ipBlock === undefined) return [];
  const problems: IpBlockProblem[] = [];
  if (peer.podSelector !== undefined || peer.namespaceSelector !== undefined) {
    problems.push({ message: "ipBlock stands beside a selector in one peer", path: ["ipBlock"] });
  }
  const text = ipBlock.cidr ?? "";
  const cidr = parseCidr(text);
  if (cidr === undefined) {
    problems.push({ message: `cidr ${text === "" ? "(empty)" : text} is not ADDRESS/BITS`, path: ["ipBlock", "cidr"] });
    return problems;
  }
  for (const [index, exception] of (ipBlock.except ?? []).entries()) {
    const path: Path = ["ipBlock", "except", index];
    const parsed = parseCidr(exception);
    if (parsed === undefined) problems.push({ message: `exception ${exception} is not ADDRESS/BITS`, path });
    else if (!containsCidr(cidr, parsed) || parsed.prefix === cidr.prefix) {
      problems.push({ message: `exception ${exception} is not a smaller part of ${text}`, path });
    }
  }
  return problems;
}

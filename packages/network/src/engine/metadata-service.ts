import type { IPBlock, NetworkPolicyPort } from "@redoubt/kube";
import { containsCidr, parseCidr } from "../model/cidr.ts";
import { portsAllow } from "./ports.ts";

/** Where clouds serve instance metadata: the link-local address of most of them, and the IPv6 one of AWS. */
const METADATA = ["169.254.169.254/32", "fd00:ec2::254/128"] as const;

/** Blocks that hold nothing but link-local or unique-local addresses: who writes one means the service behind it. */
const DELIBERATE = ["169.254.0.0/16", "fd00:ec2::/32"].flatMap((text) => parseCidr(text) ?? []);

/** The metadata address, as a block, that an ipBlock opens on port 80; undefined when none, or when it was meant. */
export function reachableMetadata(block: IPBlock, ports: readonly NetworkPolicyPort[]): string | undefined {
  const cidr = parseCidr(block.cidr ?? "");
  if (cidr === undefined || !portsAllow(ports, "TCP", 80)) return undefined;
  if (DELIBERATE.some((narrow) => containsCidr(narrow, cidr))) return undefined;
  const excepted = (block.except ?? []).flatMap((text) => parseCidr(text) ?? []);
  return METADATA.find((text) => {
    const address = parseCidr(text);
    return (
      address !== undefined &&
      containsCidr(cidr, address) &&
      !excepted.some((exception) => containsCidr(exception, address))
    );
  });
}

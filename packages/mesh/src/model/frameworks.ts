import type { FrameworkReference } from "@redoubt/control";

/** A technique of MITRE ATT&CK 16. */
export function attack(id: string): FrameworkReference {
  return { framework: "MITRE-ATTACK", version: "16", id };
}

/** The section of the NSA and CISA hardening guidance 1.2 that traffic between Pods belongs to. */
export const nsa: FrameworkReference = {
  framework: "NSA-CISA",
  version: "1.2",
  id: "Network separation and hardening",
};

/** OWASP Kubernetes Top Ten 2025: missing network segmentation. */
export const owasp: FrameworkReference = { framework: "OWASP-K8S", version: "2025", id: "K05" };

import type { FrameworkReference } from "@redoubt/control";

/** A recommendation of the CIS Kubernetes Benchmark 1.11. */
export function cis(id: string): FrameworkReference {
  return { framework: "CIS", version: "1.11", id };
}

/** A section of the NSA and CISA Kubernetes Hardening Guidance 1.2, by its heading. */
export function nsa(id: NsaSection): FrameworkReference {
  return { framework: "NSA-CISA", version: "1.2", id };
}

type NsaSection =
  | "Kubernetes Pod security"
  | "Network separation and hardening"
  | "Authentication and authorization"
  | "Upgrading and application security practices";

/** A technique of MITRE ATT&CK 16. */
export function attack(id: string): FrameworkReference {
  return { framework: "MITRE-ATTACK", version: "16", id };
}

/** A risk of the OWASP Kubernetes Top Ten 2025. */
export function owasp(id: string): FrameworkReference {
  return { framework: "OWASP-K8S", version: "2025", id };
}

import type { FrameworkReference } from "@redoubt/control";

/** A recommendation of section 5.1 of the CIS Kubernetes Benchmark, which versions 1.11 and 1.12 number alike. */
export function cis(id: `5.1.${number}`): readonly FrameworkReference[] {
  return ["1.11", "1.12"].map((version) => ({ framework: "CIS", version, id }));
}

/** A technique of MITRE ATT&CK 16. */
export function attack(id: string): FrameworkReference {
  return { framework: "MITRE-ATTACK", version: "16", id };
}

/** The section of the NSA and CISA hardening guidance 1.2 that RBAC belongs to. */
export const nsa: FrameworkReference = {
  framework: "NSA-CISA",
  version: "1.2",
  id: "Authentication and authorization",
};

/** OWASP Kubernetes Top Ten 2025: overly permissive authorization. */
export const owasp: FrameworkReference = { framework: "OWASP-K8S", version: "2025", id: "K02" };

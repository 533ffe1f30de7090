import type { FrameworkReference } from "@redoubt/control";

/** What 1.12 of the benchmark calls recommendations of 1.11 that moved: it has none about added capabilities (5.2.9) any more. */
const MOVED: Readonly<Record<string, string | undefined>> = {
  "5.2.9": undefined,
  "5.2.10": "5.2.9",
  "5.2.11": "5.2.10",
  "5.2.12": "5.2.11",
  "5.2.13": "5.2.12",
};

/** A recommendation of the CIS Kubernetes Benchmark by its id in version 1.11, there and in 1.12. */
export function cis(id: string): readonly FrameworkReference[] {
  const later = Object.hasOwn(MOVED, id) ? MOVED[id] : id;
  return [
    { framework: "CIS", version: "1.11", id },
    ...(later === undefined ? [] : [{ framework: "CIS", version: "1.12", id: later } as const]),
  ];
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

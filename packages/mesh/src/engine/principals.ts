/** Why a value of `principals` can never be the identity of a workload, and its correction where there is only one. */
export interface PrincipalProblem {
  /** A clause. */
  readonly reason: string;
  readonly corrected?: string;
}

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/**
 * Judges one principal. Istio compares TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT, without a scheme, as it is, or as a prefix
 * or suffix when the value ends or begins with `*`; any other `*` is a plain character.
 */
export function principalProblem(principal: string): PrincipalProblem | undefined {
  if (principal === "*") return undefined;
  if (principal.startsWith("spiffe://")) {
    return {
      reason: "it begins with spiffe://, which Istio puts before it once more",
      corrected: principal.slice("spiffe://".length),
    };
  }
  const account = SERVICE_ACCOUNT.exec(principal);
  if (account !== null) {
    return {
      reason: `it is the Kubernetes user name; Istio's is cluster.local/ns/${account[1] ?? ""}/sa/${account[2] ?? ""}`,
    };
  }
  const suffix = principal.startsWith("*");
  const prefix = principal.endsWith("*");
  const core = principal.slice(suffix ? 1 : 0, prefix ? -1 : undefined);
  if (core.includes("*")) return { reason: "a * counts only as the first or last character" };
  if (suffix && prefix) return { reason: "a * counts at one end only" };
  if (!suffix && principal.startsWith("ns/")) {
    return {
      reason: `the trust domain is missing before it (cluster.local/${principal}, unless the mesh has another)`,
    };
  }
  if (suffix || prefix) return undefined;
  return /^[^/]+\/ns\/[^/]+\/sa\/[^/]+$/.test(principal)
    ? undefined
    : { reason: "an identity reads TRUST-DOMAIN/ns/NAMESPACE/sa/SERVICE-ACCOUNT" };
}

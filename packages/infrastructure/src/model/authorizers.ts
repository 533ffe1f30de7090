import type { ClusterSnapshot, EvidenceOf } from "@redoubt/kube";
import { evidenceOfType, readAt } from "./evidence.ts";

/** What an API server's counters tell of its authorizers. A type that is missing may just not have decided anything yet. */
export interface AuthorizersSeen {
  readonly evidence: EvidenceOf<"metrics">;
  readonly source: string;
  readonly node: boolean;
  readonly rbac: boolean;
  readonly alwaysAllow: boolean;
  /** Whether any request was refused: then nothing at the end of the chain allows all. */
  readonly denies: boolean;
}

/** From `apiserver_authorization_decisions_total` and `authorization_attempts_total`; undefined where there are no metrics. */
export function authorizersSeen(snapshot: ClusterSnapshot): AuthorizersSeen | undefined {
  const evidence = evidenceOfType(snapshot, "metrics").find(({ component }) => component === "kube-apiserver");
  if (evidence === undefined) return undefined;
  const decided = (type: string): boolean =>
    evidence.samples.some(
      ({ name, labels, value }) =>
        name === "apiserver_authorization_decisions_total" && labels["type"] === type && value > 0,
    );
  const denies = evidence.samples.some(
    ({ name, labels, value }) => name === "authorization_attempts_total" && labels["result"] !== "allowed" && value > 0,
  );
  return {
    evidence,
    source: readAt(evidence),
    node: decided("Node"),
    rbac: decided("RBAC"),
    alwaysAllow: decided("AlwaysAllow"),
    denies,
  };
}

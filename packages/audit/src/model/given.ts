import type { ClusterSnapshot, KubeObject } from "@redoubt/kube";
import { type AuditPolicy, readAuditPolicy } from "./policy.ts";

export interface GivenPolicy {
  readonly object: KubeObject<object>;
  readonly policy: AuditPolicy;
}

/** Every audit policy file in what was given. */
export function auditPoliciesOf(snapshot: ClusterSnapshot): readonly GivenPolicy[] {
  return snapshot
    .listUntyped("audit.k8s.io", "Policy")
    .map((object) => ({ object, policy: readAuditPolicy(object.value) }));
}

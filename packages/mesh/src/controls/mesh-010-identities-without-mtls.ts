import type { Control } from "@redoubt/control";
import { plaintextLoopholes } from "../engine/authorization-rules.ts";
import { effectiveMtls } from "../engine/mtls.ts";
import { ROOT_NAMESPACE, meshPolicies } from "../model/policies.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const identitiesWithoutMtls: Control = {
  id: "MESH-010",
  title: "Rules about identities where plaintext is accepted",
  layer: "cluster",
  item: "network-policies",
  severity: "high",
  references: [nsa, attack("T1557"), owasp],
  rationale:
    "A plaintext client has no identity. It matches no rule that names one, so a DENY rule by principal or namespace does not stop it, and it matches every rule that excludes some, so an ALLOW rule with notPrincipals lets it in.",
  remediation: "Set mTLS to STRICT for the workloads of the policy.",
  examples: {
    failing: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: deny
  namespace: shop
spec:
  selector:
    matchLabels: { app: web }
  action: DENY
  rules:
    - from:
        - source: { namespaces: [untrusted] }
`,
    passing: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: default
  namespace: shop
spec:
  mtls:
    mode: STRICT
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: deny
  namespace: shop
spec:
  selector:
    matchLabels: { app: web }
  action: DENY
  rules:
    - from:
        - source: { namespaces: [untrusted] }
`,
  },
  fixable: false,
  check(snapshot, report) {
    const { peerAuthentications, authorizationPolicies } = meshPolicies(snapshot);
    for (const policy of authorizationPolicies) {
      if (policy.attached || policy.namespace === ROOT_NAMESPACE) continue;
      const loopholes = plaintextLoopholes(policy);
      if (loopholes.length === 0) continue;
      const { mode } = effectiveMtls(peerAuthentications, {
        namespace: policy.namespace,
        labels: policy.selector ?? {},
      });
      if (mode === "STRICT") {
        report.pass(policy.object);
        continue;
      }
      for (const { field, path } of loopholes) {
        const effect =
          policy.action === "DENY"
            ? "a plaintext client has no identity to match, so it is not denied"
            : "a plaintext client has no identity to exclude, so it is allowed";
        report.fail(policy.object, {
          message: `AuthorizationPolicy ${policy.name} relies on ${field} where mTLS is ${mode}: ${effect}.`,
          path,
        });
      }
    }
  },
};

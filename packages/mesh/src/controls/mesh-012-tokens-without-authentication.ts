import type { Control } from "@redoubt/control";
import { usesJwt } from "../engine/authorization-rules.ts";
import { mayOverlap } from "../engine/policy-selection.ts";
import { meshPolicies } from "../model/policies.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const tokensWithoutAuthentication: Control = {
  id: "MESH-012",
  title: "Rules about tokens that nothing checks",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, owasp],
  rationale:
    "requestPrincipals and request.auth come from a RequestAuthentication. Without one for the same workloads no request has them: an ALLOW rule admits no one, a DENY rule by notRequestPrincipals refuses everyone.",
  remediation: "Add a RequestAuthentication with the issuer for the same workloads.",
  examples: {
    failing: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels: { app: web }
  action: ALLOW
  rules:
    - from:
        - source: { requestPrincipals: ["https://login.example.com/*"] }
`,
    passing: `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata:
  name: jwt
  namespace: shop
spec:
  selector:
    matchLabels: { app: web }
  jwtRules:
    - issuer: https://login.example.com
      jwksUri: https://login.example.com/keys
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels: { app: web }
  action: ALLOW
  rules:
    - from:
        - source: { requestPrincipals: ["https://login.example.com/*"] }
`,
  },
  fixable: false,
  check(snapshot, report) {
    const { authorizationPolicies, requestAuthentications } = meshPolicies(snapshot);
    for (const policy of authorizationPolicies) {
      if (!usesJwt(policy)) continue;
      if (requestAuthentications.some((authentication) => mayOverlap(policy, authentication))) {
        report.pass(policy.object);
        continue;
      }
      report.fail(policy.object, {
        message: `AuthorizationPolicy ${policy.name} asks for the identity in a token, but no RequestAuthentication given is for the same workloads: no request ever has one.`,
        path: ["spec", "rules"],
      });
    }
  },
};

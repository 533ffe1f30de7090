import type { Control } from "@redoubt/control";
import { usesJwt } from "../engine/authorization-rules.ts";
import { mayOverlap } from "../engine/policy-selection.ts";
import { meshPolicies } from "../model/policies.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const optionalTokens: Control = {
  id: "MESH-013",
  title: "Tokens that are checked but not required",
  layer: "cluster",
  item: "network-policies",
  severity: "high",
  references: [nsa, attack("T1190"), owasp],
  rationale:
    "A RequestAuthentication refuses a bad token and lets a request without any token through. Only an AuthorizationPolicy makes the token a must.",
  remediation: "Add an AuthorizationPolicy for the same workloads that allows requestPrincipals of the issuer only.",
  examples: {
    failing: `apiVersion: security.istio.io/v1
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
    for (const authentication of requestAuthentications) {
      if (authentication.issuers.length === 0) continue;
      const required = authorizationPolicies.some(
        (policy) =>
          !policy.dryRun &&
          policy.action !== "AUDIT" &&
          mayOverlap(policy, authentication) &&
          (usesJwt(policy) || policy.action === "CUSTOM"),
      );
      if (required) {
        report.pass(authentication.object);
        continue;
      }
      report.fail(authentication.object, {
        message: `RequestAuthentication ${authentication.name} checks tokens of ${authentication.issuers.join(", ")}, but no AuthorizationPolicy given requires one: a request without a token passes.`,
        path: ["spec", "jwtRules"],
      });
    }
  },
};

import type { Control } from "@redoubt/control";
import { principalProblem } from "../engine/principals.ts";
import { meshPolicies } from "../model/policies.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const impossiblePrincipals: Control = {
  id: "MESH-009",
  title: "Principals that no workload has",
  layer: "cluster",
  item: "network-policies",
  severity: "high",
  references: [nsa, owasp],
  rationale:
    "Istio compares principals as text. One with a scheme before it, without its trust domain, or with a * in the middle matches nobody: an ALLOW rule then admits no one, and a DENY rule stops no one.",
  remediation:
    "Write TRUST-DOMAIN/ns/NAMESPACE/sa/SERVICE-ACCOUNT, with cluster.local as trust domain unless the mesh has another.",
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
        - source: { principals: ["spiffe://cluster.local/ns/shop/sa/gateway"] }
`,
    passing: `apiVersion: security.istio.io/v1
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
        - source: { principals: [cluster.local/ns/shop/sa/gateway] }
`,
  },
  fixable: true,
  check(snapshot, report) {
    for (const policy of meshPolicies(snapshot).authorizationPolicies) {
      const sources = (policy.rules ?? []).flatMap(({ from }) => from);
      const named = sources.flatMap(({ fields, path }) =>
        ["principals", "notPrincipals"].flatMap((field) =>
          (fields.get(field) ?? []).map((principal, index) => ({ principal, field, path: [...path, field, index] })),
        ),
      );
      if (named.length === 0) continue;
      let failed = false;
      for (const { principal, field, path } of named) {
        const problem = principalProblem(principal);
        if (problem === undefined) continue;
        failed = true;
        report.fail(policy.object, {
          message: `AuthorizationPolicy ${policy.name}: ${field} ${principal} matches nobody, because ${problem.reason}.`,
          path,
          ...(problem.corrected === undefined
            ? {}
            : {
                fix: {
                  description: `Write the identity as ${problem.corrected}.`,
                  edits: [{ op: "set", path, value: problem.corrected }],
                  caution: "The rule starts to match that workload.",
                },
              }),
        });
      }
      if (!failed) report.pass(policy.object);
    }
  },
};

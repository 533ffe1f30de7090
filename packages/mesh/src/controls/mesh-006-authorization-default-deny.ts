import type { Control } from "@redoubt/control";
import { addAllowNothing } from "../engine/authorization-fixes.ts";
import { isScopeDefaultDeny } from "../engine/authorization-rules.ts";
import { meshNamespaces } from "../engine/membership.ts";
import { ROOT_NAMESPACE, meshPolicies } from "../model/policies.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const authorizationDefaultDeny: Control = {
  id: "MESH-006",
  title: "Namespaces in the mesh without default-deny authorization",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, attack("T1210"), owasp],
  rationale:
    "Without an ALLOW policy a workload takes requests from everyone: mTLS says who a client is, and nothing asks.",
  remediation:
    "Apply an AuthorizationPolicy with an empty spec, which allows nothing, to the namespace; then one for each caller.",
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    istio-injection: enabled
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
        - source: { principals: [cluster.local/ns/shop/sa/gateway] }
`,
    passing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    istio-injection: enabled
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: allow-nothing
  namespace: shop
spec: {}
`,
  },
  fixable: true,
  check(snapshot, report) {
    const { authorizationPolicies } = meshPolicies(snapshot);
    for (const namespace of meshNamespaces(snapshot).values()) {
      const inScope = authorizationPolicies.filter(
        (policy) => policy.namespace === namespace.name || policy.namespace === ROOT_NAMESPACE,
      );
      const deny = inScope.find(isScopeDefaultDeny);
      if (deny !== undefined) {
        report.pass(deny.object);
        continue;
      }
      const some = inScope.filter(
        ({ action, dryRun, selector }) => action === "ALLOW" && !dryRun && selector !== undefined,
      );
      const others =
        some.length === 0
          ? "no AuthorizationPolicy given limits who may call its workloads"
          : `only the workloads that ${some
              .map(({ name }) => name)
              .slice(0, 3)
              .join(
                ", ",
              )} ${some.length === 1 ? "selects" : "select"} are guarded, and every other one accepts all callers`;
      report.fail(namespace.witness, {
        message: `Namespace ${namespace.name} is in the mesh without a default deny: ${others}.`,
        path: ["metadata"],
        severity: some.length === 0 ? "medium" : "low",
        fix: addAllowNothing(namespace.name, authorizationPolicies),
      });
    }
  },
};

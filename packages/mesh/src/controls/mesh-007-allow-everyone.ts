import type { Control } from "@redoubt/control";
import { matchesEverything } from "../engine/authorization-rules.ts";
import { type MatchView, ROOT_NAMESPACE, meshPolicies } from "../model/policies.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const allowEveryone: Control = {
  id: "MESH-007",
  title: "Authorization that allows everyone",
  layer: "cluster",
  item: "network-policies",
  severity: "high",
  references: [nsa, attack("T1210"), owasp],
  rationale:
    "A rule without from, to and when matches every request: one such ALLOW rule undoes all the others for the workloads it is for.",
  remediation:
    "Say who may call in from.source, and what in to.operation. An ALLOW policy without rules allows nothing, which is the safe default.",
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
    - {}
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
  fixable: false,
  check(snapshot, report) {
    for (const policy of meshPolicies(snapshot).authorizationPolicies) {
      if (policy.action !== "ALLOW") continue;
      const open = (policy.rules ?? []).filter(matchesEverything);
      const anyIdentity = (policy.rules ?? []).filter(
        (rule) => rule.to.length === 0 && rule.when.length === 0 && rule.from.some(isAnyIdentity),
      );
      const scope =
        policy.selector === undefined
          ? `every workload of ${policy.namespace === ROOT_NAMESPACE ? "the mesh" : `namespace ${policy.namespace}`}`
          : "the workloads it selects";
      for (const { path } of open) {
        report.fail(policy.object, {
          message: `AuthorizationPolicy ${policy.name} allows every request to ${scope}: the rule names neither a source nor an operation nor a condition.`,
          path,
        });
      }
      for (const { path } of anyIdentity) {
        report.fail(policy.object, {
          message: `AuthorizationPolicy ${policy.name} allows every request to ${scope} from any workload of the mesh: principals * is any identity.`,
          path: [...path, "from"],
          severity: "medium",
        });
      }
      if (open.length + anyIdentity.length === 0) report.pass(policy.object);
    }
  },
};

/** A source that asks for nothing but some identity. */
function isAnyIdentity({ fields }: MatchView): boolean {
  return fields.size === 1 && (fields.get("principals")?.includes("*") ?? false);
}

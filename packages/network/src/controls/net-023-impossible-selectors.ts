import type { Control } from "@redoubt/control";
import { toFieldPath } from "@redoubt/kube";
import { contradiction } from "../engine/selector-satisfiability.ts";
import { selectorsOf } from "../engine/selector-text.ts";
import { networkPolicies } from "../model/policy.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const impossibleSelectors: Control = {
  id: "NET-023",
  title: "Selectors that nothing can match",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, owasp],
  rationale:
    "Requirements of a selector must all hold. Two that exclude each other select nothing: the policy protects no pod, or its rule allows no peer.",
  remediation: "Remove one of the requirements, or split the policy in two.",
  examples: {
    failing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
    matchExpressions:
      - { key: app, operator: NotIn, values: [web] }
`,
    passing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
  ingress: []
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const policy of networkPolicies(snapshot)) {
      const selectors = selectorsOf(policy);
      const problems = selectors.flatMap(({ selector, path }) => {
        const reason = contradiction(selector);
        return reason === undefined ? [] : [{ reason, path }];
      });
      for (const { reason, path } of problems) {
        report.fail(policy.object, {
          message: `${toFieldPath(path)} of NetworkPolicy ${policy.name} can match nothing: ${reason}.`,
          path,
        });
      }
      if (problems.length === 0) report.pass(policy.object);
    }
  },
};

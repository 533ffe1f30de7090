import type { Control } from "@redoubt/control";
import type { Fix } from "@redoubt/control";
import type { Path } from "@redoubt/kube";
import { networkPolicies } from "../model/policy.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const namespaceNameLabel: Control = {
  id: "NET-013",
  title: "Namespaces selected by a label that they do not carry",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, owasp],
  rationale:
    "Kubernetes labels each namespace kubernetes.io/metadata.name. A label called just `name` exists only where somebody sets it, and whoever may label namespaces can give it to another.",
  remediation: "Use kubernetes.io/metadata.name, which nobody can change.",
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata:
  name: frontend
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
  ingress:
    - from:
        - namespaceSelector:
            matchLabels: { name: frontend }
`,
    passing: `apiVersion: v1
kind: Namespace
metadata:
  name: frontend
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
  ingress:
    - from:
        - namespaceSelector:
            matchLabels: { kubernetes.io/metadata.name: frontend }
`,
  },
  fixable: true,
  check(snapshot, report) {
    const namespaces = snapshot.list("Namespace");
    for (const policy of networkPolicies(snapshot)) {
      const selectors = policy.rules.flatMap((rule) =>
        rule.peers.flatMap(({ namespaceSelector }, index) =>
          namespaceSelector === undefined
            ? []
            : [{ selector: namespaceSelector, path: [...rule.peersPath, index, "namespaceSelector", "matchLabels"] }],
        ),
      );
      if (selectors.length === 0) continue;
      let failed = false;
      for (const { selector, path } of selectors) {
        const wanted = selector.matchLabels?.["name"];
        if (wanted === undefined || namespaces.some(({ labels }) => labels["name"] === wanted)) continue;
        failed = true;
        const target = namespaces.find(({ name }) => name === wanted);
        const seen =
          target === undefined
            ? "Kubernetes does not set such a label by itself"
            : `Namespace ${wanted} is given without that label`;
        report.fail(policy.object, {
          message: `NetworkPolicy ${policy.name} selects namespaces by label name=${wanted}, and ${seen}: ${target === undefined ? "unless somebody adds it, the peer matches nothing" : "the peer matches nothing"}.`,
          path: [...path, "name"],
          severity: target === undefined ? "low" : "medium",
          ...(target === undefined ? {} : { fix: renameLabel(path, wanted) }),
        });
      }
      if (!failed) report.pass(policy.object);
    }
  },
};

function renameLabel(path: Path, namespace: string): Fix {
  return {
    description: `Select namespace ${namespace} by the label that Kubernetes sets on it.`,
    edits: [
      { op: "set", path: [...path, "kubernetes.io/metadata.name"], value: namespace },
      { op: "remove", path: [...path, "name"] },
    ],
    caution: "The rule starts to match: check that the connection is still meant.",
  };
}

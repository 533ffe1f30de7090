import type { Control } from "@redoubt/control";
import { ipBlockProblems } from "../engine/ip-block-problems.ts";
import { networkPolicies } from "../model/policy.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const addressBlockMistakes: Control = {
  id: "NET-008",
  title: "Address blocks that the API server rejects",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, owasp],
  rationale:
    "An ipBlock with a malformed address, or an exception that is not a part of it, makes the API server refuse the whole policy: nothing is protected.",
  remediation:
    "Write cidr as ADDRESS/BITS, and exceptions as smaller ranges inside it; ipBlock stands alone in its list item.",
  examples: {
    failing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
  egress:
    - to:
        - ipBlock:
            cidr: 192.0.2.0/24
            except: [198.51.100.0/24]
`,
    passing: `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector:
    matchLabels: { app: web }
  egress:
    - to:
        - ipBlock:
            cidr: 192.0.2.0/24
            except: [192.0.2.128/25]
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const policy of networkPolicies(snapshot)) {
      const blocks = policy.written.flatMap((rule) =>
        rule.peers.flatMap((peer, index) =>
          peer.ipBlock === undefined ? [] : [{ peer, path: [...rule.peersPath, index] }],
        ),
      );
      if (blocks.length === 0) continue;
      const problems = blocks.flatMap(({ peer, path }) =>
        ipBlockProblems(peer).map((problem) => ({ ...problem, path: [...path, ...problem.path] })),
      );
      for (const { message, path } of problems) {
        report.fail(policy.object, {
          message: `NetworkPolicy ${policy.name}: ${message}; the API server rejects the policy.`,
          path,
        });
      }
      if (problems.length === 0) report.pass(policy.object);
    }
  },
};

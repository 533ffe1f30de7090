import type { Control } from "@redoubt/control";
import { describeGrants, grantsOf, listed } from "../engine/holders.ts";
import { capitalised } from "../engine/sentence.ts";
import { accessModel } from "../model/access.ts";
import { cis, nsa, owasp } from "../model/frameworks.ts";

export const urlWildcards: Control = {
  id: "RBAC-028",
  title: "Roles for every non-resource URL",
  layer: "cluster",
  item: "rbac",
  severity: "medium",
  references: [...cis("5.1.3"), nsa, owasp],
  rationale:
    "Non-resource URLs are the paths of the API server that are no objects: /metrics, /logs, /debug/pprof and what later versions add.",
  remediation: "List the paths that are used, such as /healthz and /metrics.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - nonResourceURLs: ["*"]
    verbs: [get]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: app
rules:
  - nonResourceURLs: [/metrics]
    verbs: [get]
`,
  },
  fixable: false,
  check(snapshot, report) {
    const model = accessModel(snapshot);
    for (const role of model.roles) {
      const urls = role.rules.flatMap(({ nonResourceURLs = [], verbs = [] }, rule) =>
        nonResourceURLs.map((url, index) => ({ url, verbs, path: ["rules", rule, "nonResourceURLs", index] })),
      );
      if (urls.length === 0 || role.bootstrap) continue;
      const grants = grantsOf(model, role).filter(({ binding }) => binding.kind === "ClusterRoleBinding");
      const wide = urls.filter(({ url }) => url === "*" || url === "/*");
      for (const { url, verbs, path } of wide) {
        const action = `${verbs.includes("*") ? "request" : listed(verbs)} every URL of the API server that is no resource`;
        report.fail(role.object, {
          message: `${capitalised(describeGrants(grants, action))}: nonResourceURLs ${url} includes /logs, /debug/pprof and /metrics.`,
          path,
          severity: grants.length > 0 ? "medium" : "low",
        });
      }
      if (wide.length === 0) report.pass(role.object);
    }
  },
};

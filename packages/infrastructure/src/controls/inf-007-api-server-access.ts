import type { Control } from "@redoubt/control";
import { type FlagRule, reportFlags, reportNoFlags } from "../engine/flag-rules.ts";
import { componentsOf, flagItems } from "../model/component.ts";
import { authorizersSeen } from "../model/authorizers.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

const RULES: readonly FlagRule[] = [
  {
    flag: "authorization-mode",
    severity: "critical",
    wrong(value, component) {
      if (component.flags.has("authorization-config")) return undefined;
      if (value === undefined)
        return "--authorization-mode is not set, and its default AlwaysAllow lets every authenticated request do anything";
      const modes = flagItems(component, "authorization-mode");
      if (modes.includes("AlwaysAllow"))
        return `--authorization-mode=${value} lets every authenticated request do anything`;
      const missing = ["Node", "RBAC"].filter((mode) => !modes.includes(mode));
      return missing.length === 0 ? undefined : `--authorization-mode=${value} leaves out ${missing.join(" and ")}`;
    },
  },
];

export const apiServerAccess: Control = {
  id: "INF-007",
  title: "The API server authorizes every request",
  layer: "infrastructure",
  item: "rbac",
  severity: "high",
  references: [
    ...cisReferences("1.2.6", "1.2.7", "1.2.8"),
    { framework: "NSA-CISA", version: "1.2", id: "Authentication and authorization" },
    { framework: "OWASP-K8S", version: "2025", id: "K09" },
  ],
  rationale:
    "RBAC rules only matter where the API server asks RBAC, and kubelets are held to their own node only where it asks the Node authorizer.",
  remediation:
    "Start kube-apiserver with --authorization-mode=Node,RBAC, or an AuthorizationConfiguration with both and no AlwaysAllow.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.34.4
    command:
    - kube-apiserver
    - --authorization-mode=AlwaysAllow
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.34.4
    command:
    - kube-apiserver
    - --authorization-mode=Node,RBAC
`,
  },
  fixable: false,
  check(snapshot, report) {
    const servers = componentsOf(snapshot, "kube-apiserver");
    for (const server of servers) reportFlags(server, RULES, report);
    if (servers.length > 0) return;
    // Without flags, decisions that the API server counted show which authorizers it asked.
    const seen = authorizersSeen(snapshot);
    if (seen?.alwaysAllow === true)
      report.fail(seen.evidence.object, {
        message: `kube-apiserver (${seen.source}): the AlwaysAllow authorizer made decisions, which lets every authenticated request do anything`,
        severity: "critical",
        path: ["samples"],
      });
    else if (seen?.denies === true && seen.node && seen.rbac) report.pass(seen.evidence.object);
    else reportNoFlags(snapshot, "kube-apiserver", report);
  },
};

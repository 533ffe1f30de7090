import type { Control } from "@redoubt/control";
import { type FlagRule, parseFlagBoolean, reportFlags } from "../engine/flag-rules.ts";
import { componentsOf, flagItems } from "../model/component.ts";

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
  {
    flag: "anonymous-auth",
    severity: "medium",
    wrong(value, component) {
      if (parseFlagBoolean(value) === false || component.flags.has("authentication-config")) return undefined;
      return `${value === undefined ? "--anonymous-auth is not set and defaults to true" : `--anonymous-auth=${value}`}: requests without credentials are served as system:anonymous, so every binding to that user or to system:unauthenticated counts for anyone who reaches the port`;
    },
  },
  {
    flag: "token-auth-file",
    wrong: (value) =>
      value === undefined
        ? undefined
        : "--token-auth-file holds static tokens that never expire and cannot be revoked without a restart",
  },
];

export const apiServerAccess: Control = {
  id: "INF-007",
  title: "The API server authenticates and authorizes every request",
  layer: "infrastructure",
  item: "rbac",
  severity: "high",
  references: [
    { framework: "CIS", version: "1.11", id: "1.2.1" },
    { framework: "CIS", version: "1.11", id: "1.2.6" },
    { framework: "CIS", version: "1.11", id: "1.2.7" },
    { framework: "CIS", version: "1.11", id: "1.2.8" },
    { framework: "NSA-CISA", version: "1.2", id: "Authentication and authorization" },
    { framework: "OWASP-K8S", version: "2025", id: "K09" },
  ],
  rationale:
    "RBAC rules only matter where the API server asks RBAC. Its flags decide whether it does, and who counts as a user at all.",
  remediation:
    "Start kube-apiserver with --authorization-mode=Node,RBAC and --anonymous-auth=false (or limit anonymous requests to health checks with an AuthenticationConfiguration).",
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
    - --anonymous-auth=false
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
    - --anonymous-auth=false
`,
  },
  fixable: false,
  check(snapshot, report) {
    const servers = componentsOf(snapshot, "kube-apiserver");
    for (const server of servers) reportFlags(server, RULES, report);
    if (servers.length === 0)
      report.unknown(undefined, {
        message: "how the API server authenticates and authorizes is not known: its flags were not given",
        needs:
          "the kube-apiserver static pod manifest or kubeadm ClusterConfiguration, or a live cluster that shows the mirror pod",
      });
  },
};

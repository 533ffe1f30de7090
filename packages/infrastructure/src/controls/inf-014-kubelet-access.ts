import type { Control } from "@redoubt/control";
import { type KubeletRule, judgeKubelets } from "../engine/kubelet-rules.ts";
import { settingText } from "../model/kubelet.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

const RULES: readonly KubeletRule[] = [
  {
    path: ["authentication", "anonymous", "enabled"],
    wrong: (value) =>
      value === true
        ? {
            message:
              "authentication.anonymous.enabled is true: the kubelet serves requests without credentials as system:anonymous",
          }
        : undefined,
    fix: { description: "Turns anonymous requests to the kubelet off.", value: false },
  },
  {
    path: ["authorization", "mode"],
    wrong: (value) =>
      value === "Webhook"
        ? undefined
        : {
            message: `authorization.mode is ${settingText(value)}: whoever the kubelet authenticates may run commands in every pod of the node`,
          },
    fix: { description: "Lets the API server decide who may call the kubelet.", value: "Webhook" },
  },
  {
    path: ["authentication", "webhook", "enabled"],
    wrong: (value) =>
      value === false
        ? {
            message:
              "authentication.webhook.enabled is false: the kubelet does not accept ServiceAccount tokens, so monitoring is tempted to use wider means",
            severity: "low",
          }
        : undefined,
  },
  {
    path: ["readOnlyPort"],
    wrong: (value) =>
      value === 0
        ? undefined
        : {
            message: `readOnlyPort ${settingText(value)} shows pods, their specifications and metrics to anyone who reaches the node, without authentication`,
            severity: "high",
          },
    fix: {
      description: "Closes the kubelet's read-only port.",
      value: 0,
      caution: "Monitoring that scrapes this port must move to the authenticated one.",
    },
  },
];

export const kubeletAccess: Control = {
  id: "INF-014",
  title: "Kubelets authenticate and authorize every request",
  layer: "infrastructure",
  item: "rbac",
  severity: "critical",
  references: [
    ...cisReferences("4.2.1", "4.2.2", "4.2.4"),
    { framework: "MITRE-ATTACK", version: "16", id: "T1609" },
    { framework: "OWASP-K8S", version: "2025", id: "K09" },
  ],
  rationale:
    "The kubelet's port can run commands in every pod of the node, and RBAC in the API server does not see it. Its own configuration is the only lock.",
  remediation:
    "Set authentication.anonymous.enabled: false, authentication.webhook.enabled: true, authorization.mode: Webhook and readOnlyPort: 0.",
  examples: {
    failing: `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous:
    enabled: true
authorization:
  mode: AlwaysAllow
readOnlyPort: 10255
`,
    passing: `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous:
    enabled: false
authorization:
  mode: Webhook
`,
  },
  fixable: true,
  check(snapshot, report) {
    judgeKubelets(snapshot, RULES, report);
  },
};

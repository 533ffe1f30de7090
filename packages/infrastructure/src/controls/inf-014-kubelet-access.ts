import type { Control, Failure } from "@redoubt/control";
import { booleanAt, numberAt, stringAt } from "@redoubt/kube";

export const kubeletAccess: Control = {
  id: "INF-014",
  title: "Kubelets authenticate and authorize every request",
  layer: "infrastructure",
  item: "rbac",
  severity: "critical",
  references: [
    { framework: "CIS", version: "1.11", id: "4.2.1" },
    { framework: "CIS", version: "1.11", id: "4.2.2" },
    { framework: "CIS", version: "1.11", id: "4.2.4" },
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
    for (const object of snapshot.listUntyped("kubelet.config.k8s.io", "KubeletConfiguration")) {
      const failures: Failure[] = [];
      if (booleanAt(object.value, ["authentication", "anonymous", "enabled"]) === true) {
        const path = ["authentication", "anonymous", "enabled"];
        failures.push({
          message:
            "authentication.anonymous.enabled is true: the kubelet serves requests without credentials as system:anonymous",
          path,
          fix: {
            description: "Turns anonymous requests to the kubelet off.",
            edits: [{ op: "set", path, value: false }],
          },
        });
      }
      const mode = stringAt(object.value, ["authorization", "mode"]);
      if (mode !== undefined && mode !== "Webhook") {
        const path = ["authorization", "mode"];
        failures.push({
          message: `authorization.mode is ${mode}: whoever the kubelet authenticates may run commands in every pod of the node`,
          path,
          fix: {
            description: "Lets the API server decide who may call the kubelet.",
            edits: [{ op: "set", path, value: "Webhook" }],
          },
        });
      }
      if (booleanAt(object.value, ["authentication", "webhook", "enabled"]) === false)
        failures.push({
          message:
            "authentication.webhook.enabled is false: the kubelet does not accept ServiceAccount tokens, so monitoring is tempted to use wider means",
          path: ["authentication", "webhook", "enabled"],
          severity: "low",
        });
      const port = numberAt(object.value, ["readOnlyPort"]);
      if (port !== undefined && port !== 0)
        failures.push({
          message: `readOnlyPort ${port} shows pods, their specifications and metrics to anyone who reaches the node, without authentication`,
          path: ["readOnlyPort"],
          severity: "high",
          fix: {
            description: "Closes the kubelet's read-only port.",
            edits: [{ op: "set", path: ["readOnlyPort"], value: 0 }],
            caution: "Monitoring that scrapes this port must move to the authenticated one.",
          },
        });
      if (failures.length === 0) report.pass(object);
      for (const failure of failures) report.fail(object, failure);
    }
  },
};

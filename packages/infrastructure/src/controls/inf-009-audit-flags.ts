import type { Control } from "@redoubt/control";
import { type FlagRule, reportFlags, reportNoFlags } from "../engine/flag-rules.ts";
import { auditEventsSeen } from "../model/audit-events.ts";
import { componentsOf } from "../model/component.ts";
import { looksAtCluster } from "../model/evidence.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

const RULES: readonly FlagRule[] = [
  {
    flag: "audit-policy-file",
    wrong: (value) => (value === undefined ? "--audit-policy-file is not set: nothing is recorded" : undefined),
  },
  {
    flag: "audit-log-path",
    wrong(value, { flags }) {
      if (value !== undefined || flags.has("audit-webhook-config-file") || !flags.has("audit-policy-file"))
        return undefined;
      return "neither --audit-log-path nor --audit-webhook-config-file is set: events are made and thrown away";
    },
  },
];

export const auditFlags: Control = {
  id: "INF-009",
  title: "The API server writes an audit log",
  layer: "infrastructure",
  item: "audit-logging",
  severity: "high",
  references: [
    ...cisReferences("1.2.16", "3.2.1"),
    { framework: "NSA-CISA", version: "1.2", id: "Audit logging & threat detection" },
    { framework: "OWASP-K8S", version: "2025", id: "K10" },
  ],
  rationale: "A policy file does nothing by itself: the API server must be told of it, and where to send the events.",
  remediation: "Set --audit-policy-file and either --audit-log-path or --audit-webhook-config-file.",
  examples: {
    failing: `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  extraArgs:
  - name: audit-policy-file
    value: /etc/kubernetes/audit.yaml
`,
    passing: `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  extraArgs:
  - name: audit-policy-file
    value: /etc/kubernetes/audit.yaml
  - name: audit-log-path
    value: /var/log/kubernetes/audit.log
`,
  },
  fixable: false,
  check(snapshot, report) {
    const servers = componentsOf(snapshot, "kube-apiserver");
    for (const server of servers) reportFlags(server, RULES, report);
    if (servers.length > 0 || !looksAtCluster(snapshot)) return;
    // Events are made only where there is a policy and somewhere to send them.
    const seen = auditEventsSeen(snapshot);
    if (seen.recorded === undefined) reportNoFlags(snapshot, "kube-apiserver", report);
    else report.pass(seen.recorded.object);
  },
};

import type { Control } from "@redoubt/control";
import { type FlagRule, judgeComponent } from "../engine/flag-rules.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

const RULES: readonly FlagRule[] = [
  {
    flag: "insecure-port",
    severity: "critical",
    wrong(value) {
      if (value === undefined) return undefined;
      return value === "0"
        ? "--insecure-port no longer exists since Kubernetes 1.24: a newer API server does not start with it"
        : `--insecure-port=${value} serves without TLS, authentication or authorization (and no longer exists since Kubernetes 1.24)`;
    },
  },
  {
    flag: "insecure-bind-address",
    wrong: (value) =>
      value === undefined
        ? undefined
        : `--insecure-bind-address=${value} opens the port without authentication (and no longer exists since Kubernetes 1.24)`,
  },
  {
    flag: "tls-min-version",
    severity: "medium",
    wrong: (value) =>
      value === "VersionTLS10" || value === "VersionTLS11"
        ? `--tls-min-version=${value} accepts TLS versions with known attacks`
        : undefined,
  },
  {
    flag: "kubelet-certificate-authority",
    severity: "medium",
    wrong: (value) =>
      value === undefined
        ? "--kubelet-certificate-authority is not set: it does not check a kubelet's certificate, so exec, logs and port-forward can be intercepted"
        : undefined,
  },
  {
    flag: "kubelet-client-certificate",
    wrong: (value) =>
      value === undefined ? "--kubelet-client-certificate is not set: it calls kubelets anonymously" : undefined,
  },
];

export const apiServerTransport: Control = {
  id: "INF-010",
  title: "The API server speaks only authenticated TLS, also to kubelets",
  layer: "infrastructure",
  item: "rbac",
  severity: "high",
  references: [...cisReferences("1.2.4", "1.2.5"), { framework: "MITRE-ATTACK", version: "16", id: "T1557" }],
  rationale: "What the API server sends to kubelets and takes from clients carries credentials and shells into pods.",
  remediation:
    "Set --kubelet-certificate-authority, --kubelet-client-certificate and --kubelet-client-key; remove the --insecure flags.",
  examples: {
    failing: `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  extraArgs:
  - name: tls-min-version
    value: VersionTLS10
`,
    passing: `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  extraArgs:
  - name: kubelet-certificate-authority
    value: /etc/kubernetes/pki/kubelet-ca.crt
`,
  },
  fixable: false,
  check(snapshot, report) {
    judgeComponent(snapshot, "kube-apiserver", RULES, report);
  },
};

import type { Control } from "@redoubt/control";
import { type FlagRule, parseFlagBoolean, reportFlags } from "../engine/flag-rules.ts";
import { componentsOf } from "../model/component.ts";

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
  {
    flag: "profiling",
    severity: "low",
    wrong: (value) =>
      parseFlagBoolean(value) === false
        ? undefined
        : `${value === undefined ? "--profiling is not set and defaults to true" : `--profiling=${value}`}: /debug/pprof shows internals of the process`,
  },
];

export const apiServerTransport: Control = {
  id: "INF-010",
  title: "The API server speaks only authenticated TLS, also to kubelets",
  layer: "infrastructure",
  item: "rbac",
  severity: "high",
  references: [
    { framework: "CIS", version: "1.11", id: "1.2.4" },
    { framework: "CIS", version: "1.11", id: "1.2.5" },
    { framework: "CIS", version: "1.11", id: "1.2.15" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1557" },
  ],
  rationale: "What the API server sends to kubelets and takes from clients carries credentials and shells into pods.",
  remediation:
    "Set --kubelet-certificate-authority, --kubelet-client-certificate, --kubelet-client-key and --profiling=false; remove the --insecure flags.",
  examples: {
    failing: `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  extraArgs:
  - name: tls-min-version
    value: VersionTLS10
  - name: profiling
    value: "false"
`,
    passing: `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  extraArgs:
  - name: kubelet-certificate-authority
    value: /etc/kubernetes/pki/kubelet-ca.crt
  - name: profiling
    value: "false"
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const server of componentsOf(snapshot, "kube-apiserver")) reportFlags(server, RULES, report);
  },
};

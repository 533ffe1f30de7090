import { mustBeSet, mustKeepGate } from "../engine/flag-conditions.ts";
import type { FlagSetting } from "../engine/flag-control.ts";

/** Settings of kube-controller-manager (CIS 1.3). */
export const CONTROLLER_MANAGER_SETTINGS: readonly FlagSetting[] = [
  {
    id: "INF-033",
    title: "Finished pods are cleaned up",
    component: "kube-controller-manager",
    item: "updates",
    severity: "info",
    cis: ["1.3.1"],
    rationale: "Pods that ended stay in etcd until someone removes them; with no limit they fill it.",
    remediation: "Remove --terminated-pod-gc-threshold, or set it above zero.",
    rules: [
      {
        flag: "terminated-pod-gc-threshold",
        wrong: (value) =>
          value !== undefined && Number(value) <= 0
            ? `--terminated-pod-gc-threshold=${value} never removes pods that ended`
            : undefined,
      },
    ],
    failing: ["--terminated-pod-gc-threshold=0"],
    passing: ["--terminated-pod-gc-threshold=1000"],
  },
  {
    id: "INF-034",
    title: "The controller manager signs ServiceAccount tokens with a key of their own",
    component: "kube-controller-manager",
    item: "rbac",
    severity: "medium",
    cis: ["1.3.4"],
    rationale:
      "Without a key the tokens that Secrets of type service-account-token promise are never made, and workarounds with wider rights follow.",
    remediation: "Set --service-account-private-key-file to the private key whose public half the API server knows.",
    rules: [mustBeSet("service-account-private-key-file", "it cannot sign ServiceAccount tokens")],
    failing: ["--use-service-account-credentials=true"],
    passing: ["--service-account-private-key-file=/etc/kubernetes/pki/sa.key"],
  },
  {
    id: "INF-035",
    title: "Pods can check the API server's certificate",
    component: "kube-controller-manager",
    item: "rbac",
    severity: "medium",
    cis: ["1.3.5"],
    references: [{ framework: "MITRE-ATTACK", version: "16", id: "T1557" }],
    rationale:
      "Pods get the authority from the kube-root-ca.crt ConfigMap. Without it, clients in pods cannot tell the API server from an impostor.",
    remediation: "Set --root-ca-file to the authority that signed the API server's certificate.",
    rules: [mustBeSet("root-ca-file", "pods get no certificate authority to check the API server by")],
    failing: ["--use-service-account-credentials=true"],
    passing: ["--root-ca-file=/etc/kubernetes/pki/ca.crt"],
  },
  {
    id: "INF-036",
    title: "Kubelets' serving certificates can be renewed",
    component: "kube-controller-manager",
    item: "updates",
    severity: "medium",
    cis: ["1.3.6"],
    rationale: "A serving certificate that cannot be renewed is one that is made to last, or that nobody checks.",
    remediation: "Remove RotateKubeletServerCertificate=false from --feature-gates.",
    rules: [
      mustKeepGate("RotateKubeletServerCertificate", "kubelets' requests for serving certificates are not answered"),
    ],
    failing: ["--feature-gates=RotateKubeletServerCertificate=false"],
    passing: ["--feature-gates=RotateKubeletServerCertificate=true"],
  },
];

import type { KubeletSetting } from "../engine/kubelet-control.ts";
import { settingText } from "../model/kubelet.ts";

/** Settings of the kubelet that one field decides (CIS 4.2), besides those of INF-014 and INF-015. */
export const KUBELET_SETTINGS: readonly KubeletSetting[] = [
  {
    id: "INF-038",
    title: "Kubelets check client certificates",
    item: "rbac",
    severity: "medium",
    cis: ["4.2.3"],
    rationale:
      "The API server proves itself to a kubelet by a certificate. Without an authority to check it, the kubelet must let in callers some other way.",
    remediation: "Set authentication.x509.clientCAFile to the cluster's certificate authority.",
    rules: [
      {
        path: ["authentication", "x509", "clientCAFile"],
        wrong: (value) =>
          value === ""
            ? {
                message:
                  "authentication.x509.clientCAFile is not set: no client certificate is accepted, not even the API server's",
              }
            : undefined,
      },
    ],
    failing: "authentication:\n  anonymous:\n    enabled: false\n",
    passing: "authentication:\n  x509:\n    clientCAFile: /etc/kubernetes/pki/ca.crt\n",
  },
  {
    id: "INF-039",
    title: "Kubelets keep their iptables rules in place",
    item: "network-policies",
    severity: "low",
    cis: ["4.2.6"],
    rationale: "Without them, the rules that Services and network plugins build on can be missing after a restart.",
    remediation: "Remove makeIPTablesUtilChains: false.",
    rules: [
      {
        path: ["makeIPTablesUtilChains"],
        wrong: (value) =>
          value === false
            ? { message: "makeIPTablesUtilChains is false: the kubelet does not keep the chains that others rely on" }
            : undefined,
        fix: { description: "Lets the kubelet keep its iptables chains.", value: true },
      },
    ],
    failing: "makeIPTablesUtilChains: false\n",
    passing: "makeIPTablesUtilChains: true\n",
  },
  {
    id: "INF-040",
    title: "Kubelets limit the events they send",
    item: "audit-logging",
    severity: "info",
    cis: ["4.2.8"],
    rationale:
      "A pod that fails in a loop makes events without end; unlimited, a kubelet can flood the API server with them.",
    remediation: "Leave eventRecordQPS at its default of 50.",
    rules: [
      {
        path: ["eventRecordQPS"],
        wrong: (value) =>
          value === 0 ? { message: "eventRecordQPS is 0: events are sent without a limit" } : undefined,
        fix: { description: "Limits events to the default of 50 a second.", value: 50 },
      },
    ],
    failing: "eventRecordQPS: 0\n",
    passing: "eventRecordQPS: 5\n",
  },
  {
    id: "INF-041",
    title: "Kubelets serve with a certificate that can be checked",
    item: "rbac",
    severity: "medium",
    cis: ["4.2.9", "4.2.11"],
    references: [{ framework: "MITRE-ATTACK", version: "16", id: "T1557" }],
    rationale:
      "A kubelet without a certificate of the cluster signs one itself. The API server then cannot tell it from an impostor, to which it sends commands and terminal sessions.",
    remediation:
      "Set serverTLSBootstrap: true and approve the requests, or give tlsCertFile and tlsPrivateKeyFile; then set --kubelet-certificate-authority on the API server.",
    rules: [
      {
        path: ["serverTLSBootstrap"],
        wrong(value, kubelet) {
          const given = ["tlsCertFile", "tlsPrivateKeyFile"].every((field) => (kubelet.setting([field]) ?? "") !== "");
          // A kubelet that signs its own shows that certificate's path in its /configz too, under the folder it keeps for itself.
          const own =
            kubelet.setting(["tlsCertFile"]) === "/var/lib/kubelet/pki/kubelet.crt" && kubelet.base.length > 0;
          return value === true || (given && !own)
            ? undefined
            : {
                message:
                  "neither serverTLSBootstrap nor tlsCertFile is set: the kubelet signs its certificate itself, and nobody can check it",
              };
        },
      },
    ],
    failing: "rotateCertificates: true\n",
    passing: "serverTLSBootstrap: true\n",
  },
  {
    id: "INF-042",
    title: "Pods cannot use up a node's process ids",
    item: "pod-security",
    severity: "medium",
    cis: ["4.2.13"],
    references: [{ framework: "MITRE-ATTACK", version: "16", id: "T1499" }],
    rationale:
      "Process ids are the node's, and one container that forks without end stops everything on it. No pod can set the limit itself.",
    remediation: "Set podPidsLimit, to 4096 for example.",
    rules: [
      {
        path: ["podPidsLimit"],
        wrong: (value) =>
          typeof value === "number" && value > 0
            ? undefined
            : { message: `podPidsLimit is ${settingText(value)}: one pod can take all process ids of its node` },
        fix: {
          description: "Limits each pod to 4096 processes.",
          value: 4096,
          caution: "A workload with more threads than that needs a higher limit.",
        },
      },
    ],
    failing: "rotateCertificates: true\n",
    passing: "podPidsLimit: 4096\n",
  },
];

import type { Control } from "@redoubt/control";
import { type KubeletRule, judgeKubelets } from "../engine/kubelet-rules.ts";
import { settingText } from "../model/kubelet.ts";
import { isWeakSuite } from "../model/cipher-suites.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

const RULES: readonly KubeletRule[] = [
  {
    path: ["seccompDefault"],
    wrong: (value) =>
      value === true
        ? undefined
        : { message: "seccompDefault is not true: containers that set no seccomp profile run without one" },
    fix: {
      description: "Gives containers without a seccomp profile the runtime's default one.",
      value: true,
      caution: "A workload that needs an unusual system call must then name its own profile.",
    },
  },
  {
    path: ["rotateCertificates"],
    wrong: (value) =>
      value === true
        ? undefined
        : {
            message:
              "rotateCertificates is not true: the kubelet keeps one client certificate until it expires, and then leaves the cluster",
          },
    fix: { description: "Lets the kubelet renew its client certificate.", value: true },
  },
  {
    path: ["streamingConnectionIdleTimeout"],
    wrong: (value) =>
      /^(?:0+(?:ns|us|ms|s|m|h)?)+$/.test(settingText(value))
        ? {
            message: `streamingConnectionIdleTimeout ${settingText(value)} never closes idle exec, attach and port-forward sessions`,
          }
        : undefined,
    fix: { description: "Closes idle sessions after the default of four hours.", value: "4h0m0s" },
  },
  {
    path: ["tlsCipherSuites"],
    wrong(value) {
      const weak = (Array.isArray(value) ? value : []).map(settingText).filter(isWeakSuite);
      return weak.length === 0
        ? undefined
        : { message: `tlsCipherSuites offers ${weak.join(", ")}, without forward secrecy or with known attacks` };
    },
  },
];

export const kubeletHardening: Control = {
  id: "INF-015",
  title: "Kubelets rotate certificates and confine containers by default",
  layer: "infrastructure",
  item: "pod-security",
  severity: "medium",
  references: cisReferences("4.2.5", "4.2.10", "4.2.12", "4.2.14"),
  rationale:
    "seccompDefault gives every container that asks for nothing the runtime's filter; certificates that rotate make a stolen one expire; sessions without a time limit stay open for whoever holds them.",
  remediation:
    "Set seccompDefault: true and rotateCertificates: true; leave streamingConnectionIdleTimeout at its default of four hours.",
  examples: {
    failing: `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
streamingConnectionIdleTimeout: 0s
`,
    passing: `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
rotateCertificates: true
seccompDefault: true
`,
  },
  fixable: true,
  check(snapshot, report) {
    judgeKubelets(snapshot, RULES, report);
  },
};

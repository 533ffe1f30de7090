import type { Control } from "@redoubt/control";
import type { Workload } from "@redoubt/kube";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgePods } from "../hardening/judge.ts";

/** Components carry the label `k8s-app`, a tier, or a system priority; kubeadm, managed clusters and the usual add-ons all do. */
export const kubeSystemApplication: Control = {
  id: "POD-053",
  title: "Applications stay out of kube-system",
  layer: "cluster",
  item: "pod-security",
  severity: "medium",
  references: [
    ...cis("5.6.1"),
    nsa("Network separation and hardening"),
    attack("T1610"),
    attack("T1036"),
    owasp("K01"),
  ],
  rationale:
    "kube-system is exempt from most policies and full of powerful ServiceAccounts: a workload there may use any of them, and nobody looks twice at it.",
  remediation: "Move the workload to a namespace of its own.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: kube-system
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: kube-system
  labels:
    k8s-app: kube-proxy
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      if (workload.namespace !== "kube-system" || isComponent(workload)) return "pass";
      return failure(
        ["metadata", "namespace"],
        "The workload lives in kube-system without the marks of a system component: policies spare it there, and powerful ServiceAccounts are within its reach",
      );
    }),
};

function isComponent({ podLabels, podSpec, object }: Workload): boolean {
  return (
    Object.hasOwn(podLabels, "k8s-app") ||
    podLabels["tier"] === "control-plane" ||
    podLabels["tier"] === "node" ||
    Object.hasOwn(object.labels, "kubernetes.io/cluster-service") ||
    Object.hasOwn(object.labels, "addonmanager.kubernetes.io/mode") ||
    (podSpec.priorityClassName?.startsWith("system-") ?? false)
  );
}

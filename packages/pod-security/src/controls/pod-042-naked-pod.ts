import type { Control } from "@redoubt/control";
import { nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgePods } from "../hardening/judge.ts";

/** Pods that a controller owns, static pods and Helm hooks are managed. */
export const nakedPod: Control = {
  id: "POD-042",
  title: "Pods are managed by a controller",
  layer: "application",
  item: "pod-security",
  severity: "info",
  references: [nsa("Kubernetes Pod security"), owasp("K01")],
  rationale:
    "A pod without a controller is not replaced when its node fails and is not rolled forward with a patched image, so it tends to be forgotten.",
  remediation: "Describe it as a Deployment, StatefulSet, DaemonSet or Job.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.4.2
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      if (workload.object.known !== "Pod") return "pass";
      const { annotations, ownerReferences } = workload.podMetadata;
      if (ownerReferences !== undefined && ownerReferences.length > 0) return "pass";
      // Helm runs test and hook pods once; the kubelet manages its static pods itself.
      if (annotations !== undefined && UNMANAGED_ON_PURPOSE.some((key) => Object.hasOwn(annotations, key)))
        return "pass";
      return failure(
        ["kind"],
        `Pod "${workload.object.name}" has no controller: nothing replaces it or rolls a patched image out to it`,
      );
    }),
};

const UNMANAGED_ON_PURPOSE = ["kubernetes.io/config.mirror", "kubernetes.io/config.source", "helm.sh/hook"];

import type { Control } from "@redoubt/control";
import { type Workload, isJsonObject } from "@redoubt/kube";
import { cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgePods } from "../hardening/judge.ts";

/** A manifest without a namespace goes wherever kubectl is pointed, which is milder than naming `default`. */
export const defaultNamespace: Control = {
  id: "POD-052",
  title: "Workloads do not live in the default namespace",
  layer: "cluster",
  item: "pod-security",
  severity: "info",
  references: [...cis("5.6.4"), nsa("Network separation and hardening"), owasp("K05")],
  rationale:
    "Everything that names no namespace lands in `default`, so it gathers unrelated things under the same roles, policies and quotas.",
  remediation: "Give the workload a namespace of its own.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: default
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      if (workload.namespace !== "default") return "pass";
      return namesNamespace(workload)
        ? failure(["metadata", "namespace"], "The workload lives in the default namespace", undefined, "low")
        : failure(["metadata"], "The manifest names no namespace: it lands in default unless kubectl is told another");
    }),
};

function namesNamespace({ object }: Workload): boolean {
  const metadata = "metadata" in object.value ? object.value.metadata : undefined;
  return isJsonObject(metadata) && metadata["namespace"] !== undefined;
}

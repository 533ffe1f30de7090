import type { Control } from "@redoubt/control";
import { cis, nsa, owasp } from "../hardening/frameworks.ts";
import { LABEL_PREFIX } from "../engine/namespace-policy.ts";
import { isPodSecurityPolicy } from "../policy/parse-policy.ts";

/** Whatever a PodSecurityPolicy says, no API server that is still maintained reads it. */
export const podSecurityPolicies: Control = {
  id: "PSP-001",
  title: "Pods are restricted by Pod Security labels, not by PodSecurityPolicy",
  layer: "cluster",
  item: "pod-security",
  // Its absence earns no score: leaving the policies out of what is scanned must not raise it. A policy found is worse than that.
  severity: "info",
  references: [...cis("5.2.1"), nsa("Kubernetes Pod security"), owasp("K04")],
  rationale:
    "Kubernetes 1.25 removed PodSecurityPolicy: a newer API server refuses the object, and pods that it used to stop or to change are admitted as they are.",
  remediation:
    "Run `redoubt pod-security migrate`: it prints the namespace labels to set, a ValidatingAdmissionPolicy for what the policy enforced beyond them, and what it changed in pods and the workloads must now say themselves.",
  examples: {
    failing: `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata:
  name: restricted
spec:
  privileged: false
  seLinux: { rule: RunAsAny }
  runAsUser: { rule: MustRunAsNonRoot }
  supplementalGroups: { rule: RunAsAny }
  fsGroup: { rule: RunAsAny }
`,
    passing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: restricted
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const object of ["policy", "extensions"].flatMap((group) =>
      snapshot.listUntyped(group, "PodSecurityPolicy"),
    )) {
      if (!isPodSecurityPolicy(object)) continue;
      report.fail(object, {
        message: `PodSecurityPolicy ${object.name} restricts nothing since Kubernetes 1.25: \`redoubt pod-security migrate\` says what takes its place`,
        path: ["apiVersion"],
        severity: "high",
      });
    }
    for (const namespace of snapshot.list("Namespace"))
      if (Object.hasOwn(namespace.labels, `${LABEL_PREFIX}enforce`)) report.pass(namespace);
  },
};

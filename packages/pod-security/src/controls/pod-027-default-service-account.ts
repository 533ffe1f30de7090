import type { Control } from "@redoubt/control";
import { effectiveServiceAccountName } from "@redoubt/kube";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgePods } from "../hardening/judge.ts";
import { bindingOf, mountsToken } from "../hardening/service-account.ts";

/** A pod that mounts no token is nobody to the API: which account it names does not matter then. */
export const defaultServiceAccount: Control = {
  id: "POD-027",
  title: "Pods that mount a token have an account of their own",
  layer: "container",
  item: "rbac",
  severity: "low",
  references: [...cis("5.1.5"), nsa("Authentication and authorization"), attack("T1528"), owasp("K02")],
  rationale:
    "All pods that name no account share `default`. A right given to it for one of them is a right of all, and audit logs cannot tell them apart.",
  remediation: "Create a ServiceAccount for the workload and name it in serviceAccountName, or mount no token.",
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
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  serviceAccountName: web
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      if (effectiveServiceAccountName(workload.podSpec) !== "default" || !mountsToken(snapshot, workload))
        return "pass";
      const binding = bindingOf(snapshot, workload.namespace, "default");
      return failure(
        [...workload.podSpecPath, "serviceAccountName"],
        binding === undefined
          ? "The pod runs as the namespace's default ServiceAccount with its token mounted, as does every pod that names no account"
          : `The pod runs as the namespace's default ServiceAccount, to which ${binding} gives rights: every pod that names no account has them`,
        undefined,
        binding === undefined ? undefined : "medium",
      );
    }),
};

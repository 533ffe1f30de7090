import type { Control } from "@redoubt/control";
import { effectiveServiceAccountName } from "@redoubt/kube";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgePods } from "../hardening/judge.ts";
import { accountOf, bindingOf, mountsToken } from "../hardening/service-account.ts";
import { unlessSystem } from "../hardening/system-namespace.ts";

/** Judges what the API server will do: the pod's setting wins over its ServiceAccount's, and the default is to mount the token. */
export const tokenAutomount: Control = {
  id: "POD-025",
  title: "Pods that do not call the API mount no token",
  layer: "container",
  item: "rbac",
  severity: "medium",
  references: [...cis("5.1.6"), nsa("Authentication and authorization"), attack("T1528"), owasp("K02")],
  rationale:
    "A mounted token lets whoever breaks into the container call the Kubernetes API as the pod's account. Most programs never use it.",
  remediation: "Set automountServiceAccountToken to false on the pod, or on its ServiceAccount.",
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
  automountServiceAccountToken: false
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      if (!mountsToken(snapshot, workload)) return "pass";
      const path = [...workload.podSpecPath, "automountServiceAccountToken"];
      const account = effectiveServiceAccountName(workload.podSpec);
      const binding = bindingOf(snapshot, workload.namespace, account);
      if (binding !== undefined) {
        return failure(
          path,
          `The token of ServiceAccount "${account}" is mounted in every container; ${binding} gives it rights, so the program probably uses it, but its sidecars get it too`,
          undefined,
          "info",
        );
      }
      // An account that somebody named, but that was not given, may well have rights that were not given either.
      const known = account === "default" || accountOf(snapshot, workload) !== undefined;
      return failure(
        path,
        workload.podSpec.automountServiceAccountToken === true
          ? `The pod sets automountServiceAccountToken: true: the token of ServiceAccount "${account}" is mounted in every container, and nothing here gives it rights to use`
          : `The token of ServiceAccount "${account}" is mounted in every container: ${known ? "neither the pod nor the account switches it off" : "the pod does not switch it off, and the account was not given"}`,
        known
          ? unlessSystem(workload, {
              description: "Set automountServiceAccountToken to false for the pod.",
              edits: [{ op: "set", path, value: false }],
              caution: "A program that calls the Kubernetes API needs the token.",
            })
          : undefined,
        known ? undefined : "low",
      );
    }),
};

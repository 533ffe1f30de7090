import type { Control, Failure } from "@redoubt/control";
import {
  BASELINE_CAPABILITIES,
  capabilityPower,
  capabilitySeverity,
  keepRestrictedCapabilities,
} from "../hardening/capability.ts";
import { nameOf } from "../hardening/container-name.ts";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgeContainers } from "../hardening/judge.ts";
import { systemNote, unlessSystem } from "../hardening/system-namespace.ts";

/** Pod Security Standards, baseline: `capabilities.add`. */
export const dangerousCapabilities: Control = {
  id: "POD-009",
  title: "Containers add no dangerous capabilities",
  layer: "container",
  item: "pod-security",
  severity: "high",
  references: [
    ...cis("5.2.8"),
    ...cis("5.2.9"),
    nsa("Kubernetes Pod security"),
    attack("T1611"),
    attack("T1068"),
    owasp("K01"),
  ],
  rationale:
    "Each capability is a piece of root. SYS_ADMIN, SYS_MODULE and a few others lead straight to the node; NET_RAW and NET_ADMIN let a pod impersonate its neighbours.",
  remediation:
    "Remove the capability from capabilities.add; most programs that ask for it can be configured to do without.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      securityContext:
        capabilities:
          add: [NET_ADMIN, NET_BIND_SERVICE]
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      securityContext:
        capabilities:
          drop: [ALL]
          add: [NET_BIND_SERVICE]
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      const added = view.container.securityContext?.capabilities?.add;
      if (added === undefined) return "pass";
      let failures: Failure[] | undefined;
      for (const [index, capability] of added.entries()) {
        if (BASELINE_CAPABILITIES.has(capability)) continue;
        failures ??= [];
        failures.push(
          failure(
            [...view.path, "securityContext", "capabilities", "add", index],
            `${nameOf(view)} adds the capability ${capability}, which allows ${capabilityPower(capability)}${systemNote(workload)}`,
            view.role === "ephemeral"
              ? undefined
              : unlessSystem(workload, {
                  description: "Keep only NET_BIND_SERVICE, if it was there, of the added capabilities.",
                  edits: keepRestrictedCapabilities(view),
                  caution: `A program that really uses ${capability} fails without it.`,
                }),
            capabilitySeverity(capability),
          ),
        );
      }
      return failuresOrPass(failures);
    }),
};

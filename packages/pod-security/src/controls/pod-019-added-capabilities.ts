import type { Control, Failure } from "@redoubt/control";
import {
  BASELINE_CAPABILITIES,
  RESTRICTED_CAPABILITY,
  capabilityPower,
  keepRestrictedCapabilities,
} from "../hardening/capability.ts";
import { nameOf } from "../hardening/container-name.ts";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgeContainers } from "../hardening/judge.ts";
import { declaresWindows } from "../hardening/operating-system.ts";
import { unlessSystem } from "../hardening/system-namespace.ts";

/** Pod Security Standards, restricted: `capabilities.add`. What baseline forbids too is POD-009. */
export const addedCapabilities: Control = {
  id: "POD-019",
  title: "Containers add no capability but NET_BIND_SERVICE",
  layer: "container",
  item: "pod-security",
  severity: "low",
  references: [...cis("5.2.9"), nsa("Kubernetes Pod security"), attack("T1068"), owasp("K01")],
  rationale:
    "Capabilities of the runtime's default set, such as SETUID, CHOWN or DAC_OVERRIDE, make a process root in all but name inside its container.",
  remediation:
    "Remove the capability; run as a fixed user that owns its files instead of changing users or owners at start.",
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
          drop: [ALL]
          add: [CHOWN, NET_BIND_SERVICE]
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
      if (declaresWindows(workload.podSpec)) return "not-applicable";
      let failures: Failure[] | undefined;
      for (const [index, capability] of added.entries()) {
        if (capability === RESTRICTED_CAPABILITY || !BASELINE_CAPABILITIES.has(capability)) continue;
        failures ??= [];
        failures.push(
          failure(
            [...view.path, "securityContext", "capabilities", "add", index],
            `${nameOf(view)} adds the capability ${capability}, which allows ${capabilityPower(capability)}`,
            view.role === "ephemeral"
              ? undefined
              : unlessSystem(workload, {
                  description: "Keep only NET_BIND_SERVICE, if it was there, of the added capabilities.",
                  edits: keepRestrictedCapabilities(view),
                  caution: `A program that changes users or file owners at start may need ${capability}.`,
                }),
          ),
        );
      }
      return failuresOrPass(failures);
    }),
};

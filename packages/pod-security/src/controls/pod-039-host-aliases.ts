import type { Control, Failure } from "@redoubt/control";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgePods } from "../hardening/judge.ts";

/** Aliases for the pod's own loopback address are left alone. */
export const hostAliases: Control = {
  id: "POD-039",
  title: "Pods do not override host names",
  layer: "container",
  item: "pod-security",
  severity: "info",
  references: [nsa("Network separation and hardening"), attack("T1565.002"), owasp("K05")],
  rationale:
    "hostAliases put names into the pod's hosts file, before DNS. An alias for a real service quietly sends its traffic, and the credentials in it, elsewhere.",
  remediation: "Remove hostAliases and let DNS answer, or review the addresses and accept the finding with a reason.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  hostAliases:
    - ip: 203.0.113.10
      hostnames: [login.example.com]
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      const aliases = workload.podSpec.hostAliases;
      if (aliases === undefined || aliases.length === 0) return "pass";
      const failures: Failure[] = [];
      for (const [index, { ip = "", hostnames = [] }] of aliases.entries()) {
        const outward = hostnames.filter((name) => name !== "localhost" && !isLoopback(ip));
        if (outward.length === 0) continue;
        failures.push(
          failure(
            [...workload.podSpecPath, "hostAliases", index],
            `The pod sends traffic for ${outward.join(", ")} to ${ip} whatever DNS says`,
          ),
        );
      }
      return failuresOrPass(failures);
    }),
};

function isLoopback(ip: string): boolean {
  return ip.startsWith("127.") || ip === "::1";
}

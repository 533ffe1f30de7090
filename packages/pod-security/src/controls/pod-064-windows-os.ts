import type { Control } from "@redoubt/control";
import { nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgePods } from "../hardening/judge.ts";
import { firstLinuxField, selectsWindows } from "../hardening/operating-system.ts";

/** The API server refuses `os.name: windows` beside Linux-only fields, so those must go first. */
export const windowsOs: Control = {
  id: "POD-064",
  title: "Windows pods say so",
  layer: "container",
  item: "pod-security",
  severity: "low",
  references: [nsa("Kubernetes Pod security"), owasp("K01")],
  rationale:
    "Pod Security treats a pod as Linux unless spec.os.name says windows: the restricted standard refuses it then, and admission cannot catch settings that mean nothing on Windows.",
  remediation: "Set spec.os.name to windows beside the node selector.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  nodeSelector:
    kubernetes.io/os: windows
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  os:
    name: windows
  nodeSelector:
    kubernetes.io/os: windows
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      const { os, nodeSelector } = workload.podSpec;
      if (nodeSelector === undefined || !selectsWindows(nodeSelector)) return "not-applicable";
      if (os?.name === "windows") return "pass";
      const path = [...workload.podSpecPath, "os", "name"];
      const linuxOnly = firstLinuxField(workload);
      return failure(
        path,
        linuxOnly === undefined
          ? "The pod selects Windows nodes but its os.name does not say windows: the restricted standard judges it as Linux"
          : `The pod selects Windows nodes but its os.name does not say windows, and it sets ${linuxOnly}, which exists only on Linux`,
        linuxOnly === undefined
          ? { description: "Set os.name to windows.", edits: [{ op: "set", path, value: "windows" }] }
          : undefined,
      );
    }),
};

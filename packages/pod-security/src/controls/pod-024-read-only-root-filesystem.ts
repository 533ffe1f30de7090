import type { Control, Fix } from "@redoubt/control";
import type { ContainerView, Workload } from "@redoubt/kube";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";
import { runsOnWindows } from "../hardening/operating-system.ts";
import { unlessSystem } from "../hardening/system-namespace.ts";
import { mountEmptyDirs, unmountedWritablePaths } from "../hardening/writable-path.ts";

/** Ephemeral containers are left out: they debug, for a while, and can get no volumes. */
export const readOnlyRootFilesystem: Control = {
  id: "POD-024",
  title: "The root file system is read-only",
  layer: "container",
  item: "pod-security",
  severity: "medium",
  references: [nsa("Kubernetes Pod security"), attack("T1105"), attack("T1543"), owasp("K01")],
  rationale:
    "On a read-only root file system an attacker can neither change the program nor leave tools behind in it, and a download-and-run attack finds no place to write but the volumes.",
  remediation: "Set readOnlyRootFilesystem to true and mount an emptyDir wherever the program writes, usually /tmp.",
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
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      securityContext:
        readOnlyRootFilesystem: true
      volumeMounts:
        - name: tmp
          mountPath: /tmp
  volumes:
    - name: tmp
      emptyDir: {}
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      if (view.role === "ephemeral" || runsOnWindows(workload.podSpec)) return "not-applicable";
      const readOnly = view.container.securityContext?.readOnlyRootFilesystem;
      if (readOnly === true) return "pass";
      return failure(
        [...view.path, "securityContext", "readOnlyRootFilesystem"],
        readOnly === false
          ? `${nameOf(view)} sets readOnlyRootFilesystem: false: what runs in it can change the program and leave tools behind`
          : `${nameOf(view)} does not set readOnlyRootFilesystem: what runs in it can change the program and leave tools behind`,
        fix(view, workload),
      );
    }),
};

function fix(view: ContainerView, workload: Workload): Fix | undefined {
  const paths = unmountedWritablePaths(view);
  return unlessSystem(workload, {
    description:
      paths.length === 0
        ? `Make the root file system of container "${view.name}" read-only.`
        : `Make the root file system of container "${view.name}" read-only, with an emptyDir at ${paths.join(" and ")}.`,
    edits: [
      { op: "set", path: [...view.path, "securityContext", "readOnlyRootFilesystem"], value: true },
      ...mountEmptyDirs(view, workload, paths),
    ],
    caution:
      "Check where else the program writes, and mount a volume there; an emptyDir hides what the image has at its path.",
  });
}

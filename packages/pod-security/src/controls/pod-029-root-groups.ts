import type { Control, Failure } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { sharesUserNamespace } from "../hardening/identity.ts";
import { failure, failuresOrPass, judgePods } from "../hardening/judge.ts";
import { declaresWindows } from "../hardening/operating-system.ts";

/** Only groups that the manifest sets: an image's own group is not visible here. */
export const rootGroups: Control = {
  id: "POD-029",
  title: "Containers are not in the root group by their manifest",
  layer: "container",
  item: "pod-security",
  severity: "low",
  references: [nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "Group 0 owns many files of images and nodes, often writable by the group. A program in it can change files that belong to root.",
  remediation: "Choose a runAsGroup, fsGroup and supplementalGroups other than 0.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  securityContext:
    runAsUser: 10001
    runAsGroup: 0
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  securityContext:
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      if (declaresWindows(workload.podSpec)) return "not-applicable";
      if (!sharesUserNamespace(workload)) return "pass";
      let failures: Failure[] | undefined;
      const context = workload.podSpec.securityContext;
      const path = [...workload.podSpecPath, "securityContext"];
      if (context?.runAsGroup === 0) {
        (failures ??= []).push(failure([...path, "runAsGroup"], "The pod runs as group 0, which owns files of root"));
      }
      if (context?.fsGroup === 0) {
        (failures ??= []).push(
          failure(
            [...path, "fsGroup"],
            "The pod sets fsGroup: 0: its volumes belong to group 0, and it is a member of that group",
          ),
        );
      }
      const zero = context?.supplementalGroups?.indexOf(0) ?? -1;
      if (zero >= 0) {
        (failures ??= []).push(
          failure([...path, "supplementalGroups", zero], "The pod is a member of group 0, which owns files of root"),
        );
      }
      for (const view of workload.containers) {
        if (view.container.securityContext?.runAsGroup !== 0) continue;
        (failures ??= []).push(
          failure(
            [...view.path, "securityContext", "runAsGroup"],
            `${nameOf(view)} runs as group 0, which owns files of root`,
          ),
        );
      }
      return failuresOrPass(failures);
    }),
};

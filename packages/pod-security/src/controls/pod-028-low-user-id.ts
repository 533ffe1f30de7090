import type { Control, Failure } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { sharesUserNamespace } from "../hardening/identity.ts";
import { failure, failuresOrPass, judgePods } from "../hardening/judge.ts";
import { runsOnWindows } from "../hardening/operating-system.ts";

/** Ids below this belong to accounts of the node's own distribution, as a rule. */
const FIRST_FREE_ID = 10_000;

/** Only ids that the manifest sets are judged; 0 is POD-021, and the image's own user is not visible here. */
export const lowUserId: Control = {
  id: "POD-028",
  title: "User ids do not collide with accounts of the node",
  layer: "container",
  item: "pod-security",
  severity: "info",
  references: [nsa("Kubernetes Pod security"), attack("T1611"), owasp("K01")],
  rationale:
    "Without user namespaces a container's user id is the same id on the node. One below 10000 can own files and processes of the node, which an escaped process then owns too.",
  remediation: "Choose a runAsUser of 10000 or more, or set hostUsers: false.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  securityContext:
    runAsUser: 1000
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
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgePods(snapshot, report, (workload) => {
      if (runsOnWindows(workload.podSpec)) return "not-applicable";
      if (!sharesUserNamespace(workload)) return "pass";
      let failures: Failure[] | undefined;
      const pod = workload.podSpec.securityContext?.runAsUser;
      if (isLow(pod)) {
        (failures ??= []).push(
          failure(
            [...workload.podSpecPath, "securityContext", "runAsUser"],
            `The pod runs as user ${pod}, an id below ${FIRST_FREE_ID} that can belong to an account of the node`,
          ),
        );
      }
      for (const view of workload.containers) {
        const own = view.container.securityContext?.runAsUser;
        if (!isLow(own)) continue;
        (failures ??= []).push(
          failure(
            [...view.path, "securityContext", "runAsUser"],
            `${nameOf(view)} runs as user ${own}, an id below ${FIRST_FREE_ID} that can belong to an account of the node`,
          ),
        );
      }
      return failuresOrPass(failures);
    }),
};

function isLow(user: number | undefined): user is number {
  return user !== undefined && user > 0 && user < FIRST_FREE_ID;
}

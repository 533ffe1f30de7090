import type { Control, Failure } from "@redoubt/control";
import type { Container, EphemeralContainer, LifecycleHandler, Path, Probe } from "@redoubt/kube";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgeContainers } from "../hardening/judge.ts";

/** Pod Security Standards, baseline from v1.34 (KEP-4940): `host` of probes and lifecycle hooks. */
export const probeHost: Control = {
  id: "POD-016",
  title: "Probes and lifecycle hooks stay inside their pod",
  layer: "application",
  item: "pod-security",
  severity: "medium",
  references: [nsa("Network separation and hardening"), attack("T1046"), owasp("K05")],
  rationale:
    "The kubelet makes the requests of probes and hooks. With a host of its own choosing, a pod sends requests from the node to places that its NetworkPolicy keeps it from, such as the metadata service or the kubelet.",
  remediation: "Remove host: the request then goes to the pod's own address.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      livenessProbe:
        httpGet:
          host: 169.254.169.254
          path: /latest/meta-data
          port: 80
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      livenessProbe:
        httpGet:
          path: /healthz
          port: 8080
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view) => {
      const { livenessProbe, readinessProbe, startupProbe, lifecycle } = view.container;
      if (
        livenessProbe === undefined &&
        readinessProbe === undefined &&
        startupProbe === undefined &&
        lifecycle === undefined
      )
        return "pass";
      const failures: Failure[] = [];
      for (const [place, action] of actionsOf(view.container)) {
        for (const kind of ["httpGet", "tcpSocket"] as const) {
          const host = action[kind]?.host;
          if (host === undefined || host === "") continue;
          const path = [...view.path, ...place, kind, "host"];
          failures.push(
            failure(
              path,
              `${nameOf(view)} has the kubelet send the requests of its ${place.join(".")} to ${host} instead of the pod`,
              view.role === "ephemeral"
                ? undefined
                : {
                    description: `Remove host from the ${place.join(".")}.`,
                    edits: [{ op: "remove", path }],
                    caution: "The request goes to the pod's own address from then on: the program must listen there.",
                  },
            ),
          );
        }
      }
      return failuresOrPass(failures);
    }),
};

function actionsOf(container: Container | EphemeralContainer): [Path, Probe | LifecycleHandler][] {
  const actions: [Path, Probe | LifecycleHandler | undefined][] = [
    [["livenessProbe"], container.livenessProbe],
    [["readinessProbe"], container.readinessProbe],
    [["startupProbe"], container.startupProbe],
    [["lifecycle", "postStart"], container.lifecycle?.postStart],
    [["lifecycle", "preStop"], container.lifecycle?.preStop],
  ];
  return actions.flatMap(([path, action]) => (action === undefined ? [] : [[path, action]]));
}

import type { Control, Failure } from "@redoubt/control";
import { type Workload, isJsonObject } from "@redoubt/kube";
import { nameOf } from "../hardening/container-name.ts";
import { owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgeContainers } from "../hardening/judge.ts";

/** Claim templates of a StatefulSet are volumes of its pods. */
export const danglingMount: Control = {
  id: "POD-040",
  title: "Every mounted volume exists",
  layer: "container",
  item: "pod-security",
  severity: "low",
  references: [owasp("K01")],
  rationale:
    "The API server refuses a pod whose container mounts a volume that the pod does not have, so an update meant to harden or patch it never arrives.",
  remediation: "Declare the volume, or remove the mount.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      volumeMounts:
        - name: tmp
          mountPath: /tmp
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      volumeMounts:
        - name: tmp
          mountPath: /tmp
  volumes:
    - name: tmp
      emptyDir: {}
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view, workload) => {
      const { volumeMounts, volumeDevices } = view.container;
      if (volumeMounts === undefined && volumeDevices === undefined) return "pass";
      let failures: Failure[] | undefined;
      for (const field of ["volumeMounts", "volumeDevices"] as const) {
        const uses = view.container[field];
        if (uses === undefined) continue;
        for (let index = 0; index < uses.length; index++) {
          const name = uses[index]?.name ?? "";
          if (hasVolume(workload, name)) continue;
          failures ??= [];
          failures.push(
            failure(
              [...view.path, field, index, "name"],
              `${nameOf(view)} mounts the volume "${name}", which the pod does not have: the API server refuses it`,
            ),
          );
        }
      }
      return failuresOrPass(failures);
    }),
};

function hasVolume(workload: Workload, name: string): boolean {
  const volumes = workload.podSpec.volumes;
  if (volumes !== undefined) for (const volume of volumes) if (volume.name === name) return true;
  if (workload.object.known !== "apps/StatefulSet") return false;
  const spec = "spec" in workload.object.value ? workload.object.value.spec : undefined;
  const templates = isJsonObject(spec) ? spec["volumeClaimTemplates"] : undefined;
  return (
    Array.isArray(templates) &&
    templates.some(
      (template) =>
        isJsonObject(template) && isJsonObject(template["metadata"]) && template["metadata"]["name"] === name,
    )
  );
}

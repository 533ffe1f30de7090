import type { Control } from "@redoubt/control";
import { sensorExample, sensorsOf } from "../model/sensor.ts";

export const sensorOnEveryNode: Control = {
  id: "DET-010",
  title: "A run-time sensor watches every node",
  layer: "cluster",
  item: "runtime-monitoring",
  severity: "high",
  references: [
    { framework: "NSA-CISA", version: "1.2", id: "Audit logging & threat detection" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1611" },
    { framework: "OWASP-K8S", version: "2025", id: "K10" },
  ],
  rationale:
    "A node without a sensor is where an intruder's pod goes unseen: what happens inside containers leaves no trace in the API server.",
  remediation: "Run the sensor as a DaemonSet that tolerates every taint and selects every Linux node.",
  examples: {
    failing: sensorExample("Deployment"),
    passing: sensorExample("DaemonSet", "      tolerations:\n      - operator: Exists\n"),
  },
  fixable: false,
  check(snapshot, report) {
    const sensors = sensorsOf(snapshot);
    for (const { workload, name } of sensors) {
      const { object, podSpec, podSpecPath } = workload;
      const tolerations = podSpec.tolerations ?? [];
      const everywhere = tolerations.some(({ key = "", operator }) => key === "" && operator === "Exists");
      const controlPlane = everywhere || tolerations.some(({ key }) => key === "node-role.kubernetes.io/control-plane");
      const selected = Object.entries(podSpec.nodeSelector ?? {}).filter(
        ([key]) => !["kubernetes.io/os", "beta.kubernetes.io/os", "kubernetes.io/arch"].includes(key),
      );
      if (object.kind !== "DaemonSet") {
        if (object.kind === "Pod" || object.kind === "Job") continue;
        report.fail(object, {
          message: `${name} runs as a ${object.kind}, so only on some nodes: what happens on the others goes unseen`,
          path: ["kind"],
        });
      } else if (selected.length > 0)
        report.fail(object, {
          message: `${name} runs only on nodes with ${selected.map(([key, value]) => `${key}=${value}`).join(", ")}`,
          path: [...podSpecPath, "nodeSelector"],
          severity: "medium",
        });
      else if (!controlPlane)
        report.fail(object, {
          message: `${name} does not tolerate the control-plane taint (node-role.kubernetes.io/control-plane), so control-plane nodes are not watched`,
          path: [...podSpecPath, "tolerations"],
          severity: "low",
        });
      else report.pass(object);
    }
    if (sensors.length > 0) return;
    const [rules] = snapshot.artifactsOf("falco-rules");
    report.unknown(rules, {
      message:
        rules === undefined
          ? "whether anything watches running containers is not known: neither a sensor nor its rules were given"
          : "rules were given, but whether a Falco runs with them on every node is not known",
      needs: "the sensor's DaemonSet (as a file or from a live cluster), or a drill whose alert arrives",
    });
  },
};

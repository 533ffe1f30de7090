import type { Control } from "@redoubt/control";
import { listAt, objectAt } from "@redoubt/kube";
import { ROOT_NAMESPACE } from "../model/policies.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const envoyFilters: Control = {
  id: "MESH-021",
  title: "EnvoyFilters",
  layer: "cluster",
  item: "network-policies",
  severity: "low",
  references: [nsa, owasp],
  rationale:
    "An EnvoyFilter rewrites the proxy's configuration as it is, unchecked: it can remove mTLS and authorization, and a new Istio version may read it differently.",
  remediation:
    "Use the API made for the purpose (Telemetry, WasmPlugin, DestinationRule); where none fits, limit the filter with a workloadSelector and review it at each upgrade.",
  examples: {
    failing: `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata:
  name: all
  namespace: istio-system
spec:
  configPatches: []
`,
    passing: `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata:
  name: web
  namespace: shop
spec:
  workloadSelector:
    labels: { app: web }
  configPatches: []
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const filter of snapshot.listUntyped("networking.istio.io", "EnvoyFilter")) {
      const narrow =
        Object.keys(objectAt(filter.value, ["spec", "workloadSelector", "labels"]) ?? {}).length > 0 ||
        listAt(filter.value, ["spec", "targetRefs"]).length > 0;
      if (narrow) {
        report.pass(filter);
        continue;
      }
      const scope =
        filter.namespace === ROOT_NAMESPACE
          ? "every proxy of the mesh"
          : `every proxy of namespace ${filter.namespace}`;
      report.fail(filter, {
        message: `EnvoyFilter ${filter.name} rewrites the configuration of ${scope}, because it selects no workload.`,
        path: ["spec"],
        severity: filter.namespace === ROOT_NAMESPACE ? "medium" : "low",
      });
    }
  },
};

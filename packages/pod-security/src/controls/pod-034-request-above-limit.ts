import type { Control, Failure } from "@redoubt/control";
import { compareQuantities, parseQuantity } from "@redoubt/kube";
import { nameOf } from "../hardening/container-name.ts";
import { owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgeContainers } from "../hardening/judge.ts";

/** The API server refuses requests above limits. Huge pages and devices must even be equal, which this leaves to it. */
export const requestAboveLimit: Control = {
  id: "POD-034",
  title: "Requests do not exceed limits",
  layer: "container",
  item: "pod-security",
  severity: "low",
  references: [owasp("K01")],
  rationale: "The API server refuses the pod, so an update that was meant to harden or patch it never arrives.",
  remediation: "Lower the request or raise the limit.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      resources:
        requests:
          memory: 1Gi
        limits:
          memory: 512Mi
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      resources:
        requests:
          memory: 512Mi
        limits:
          memory: 1Gi
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view) => {
      const { requests, limits } = view.container.resources ?? {};
      if (requests === undefined || limits === undefined) return "pass";
      let failures: Failure[] | undefined;
      for (const resource in requests) {
        if (!Object.hasOwn(requests, resource) || !Object.hasOwn(limits, resource)) continue;
        const request = requests[resource];
        const limit = limits[resource];
        if (request === undefined || limit === undefined || request === limit || !exceeds(request, limit)) continue;
        failures ??= [];
        failures.push(
          failure(
            [...view.path, "resources", "requests", resource],
            `${nameOf(view)} requests ${request} ${resource}, more than its limit of ${limit}: the API server refuses the pod`,
          ),
        );
      }
      return failuresOrPass(failures);
    }),
};

/** False where either is not a quantity. */
function exceeds(request: string | number, limit: string | number): boolean {
  const left = parseQuantity(request);
  const right = parseQuantity(limit);
  return left.kind === "quantity" && right.kind === "quantity" && compareQuantities(left, right) > 0;
}

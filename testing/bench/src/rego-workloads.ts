import { readFileSync } from "node:fs";
import {
  accessData,
  accessRequests,
  admissionReviews,
  allowCall,
  apiCalls,
  decide,
  deny,
  describeServices,
  routesPolicy,
  serviceMaps,
} from "./rego-policies.ts";
import type { Workload } from "./rego-workload.ts";

function policy(name: string): string {
  return readFileSync(new URL(`../policies/${name}.rego`, import.meta.url), "utf8");
}

export function admissionWorkload(): Workload {
  return workload("admission policy, 10 containers", policy("admission"), "data.kubernetes.admission.deny", {
    inputs: admissionReviews(),
    handWritten: deny,
  });
}

/** An access decision over as many bindings as there are rows. */
export function accessWorkload(rows: number): Workload {
  const data = accessData(rows);
  return {
    ...workload(`access, ${rows.toLocaleString("en")} bindings`, policy("access"), "data.access.decision", {
      inputs: accessRequests(rows),
      handWritten: (request) => decide(request, data),
    }),
    data: { ...data },
  };
}

export function servicesWorkload(): Workload {
  return workload("graph of services, nested comprehensions", policy("services"), "data.services.report", {
    inputs: serviceMaps(),
    handWritten: describeServices,
  });
}

export function routesWorkload(): Workload {
  return workload("500 rules, indexed", routesPolicy(), "data.routes.allow", {
    inputs: apiCalls(),
    handWritten: allowCall,
  });
}

function workload<Input>(
  name: string,
  text: string,
  query: string,
  { inputs, handWritten }: { readonly inputs: readonly Input[]; readonly handWritten: (input: Input) => unknown },
): Workload {
  return {
    name,
    modules: [{ name: "policy.rego", version: "v1", text }],
    data: {},
    query,
    inputs,
    handWritten: (index) => {
      const input = inputs[index];
      return input === undefined ? undefined : handWritten(input);
    },
  };
}

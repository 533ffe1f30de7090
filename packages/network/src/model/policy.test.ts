import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { policyDirections } from "./policy.ts";

suite("the directions that a policy isolates in", () => {
  const cases: readonly (readonly [string, Parameters<typeof policyDirections>[0], readonly string[]])[] = [
    ["nothing written is ingress", {}, ["ingress"]],
    ["egress rules add egress", { egress: [{}] }, ["ingress", "egress"]],
    ["an empty list of egress rules adds nothing", { egress: [] }, ["ingress"]],
    ["policyTypes decide alone", { policyTypes: ["Egress"] }, ["egress"]],
    ["egress rules count for nothing against policyTypes", { policyTypes: ["Ingress"], egress: [{}] }, ["ingress"]],
    ["an empty list of policyTypes is none", { policyTypes: [] }, ["ingress"]],
    ["types are case-sensitive", { policyTypes: ["ingress"] }, []],
  ];
  for (const [title, spec, expected] of cases)
    test(title, () => assert.deepEqual([...policyDirections(spec)], expected));
});

export type { CompileOptions, PolicyProblem } from "./policies/compile-policies.ts";
export type { PolicyContents, PolicySource, SourceProblem } from "./policies/policy-source.ts";
export { type ClusterState, type PoliciesInForce, PolicyStore } from "./policies/policy-store.ts";

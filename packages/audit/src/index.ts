export { controls } from "./controls/index.ts";
export { type AuditDecision, type RequestAttributes, evaluateAuditPolicy } from "./engine/evaluate.ts";
export { type PolicyProblem, validateAuditPolicy } from "./engine/validate.ts";
export { type AuditPolicy, type GroupResources, type Level, type PolicyRule, readAuditPolicy } from "./model/policy.ts";

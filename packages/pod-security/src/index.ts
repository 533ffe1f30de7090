export { controls } from "./controls/index.ts";
export {
  type ConfigurationResult,
  DEFAULT_CONFIGURATION,
  type Exemptions,
  type PodSecurityConfiguration,
  parsePodSecurityConfiguration,
} from "./engine/admission-configuration.ts";
export { type NamespaceRequest, admitNamespace, warningsForPods } from "./engine/admit-namespace.ts";
export { type PodSecurityDecision, type RequestContext, admitPod, admitWorkload } from "./engine/admit.ts";
export { CHECK_IDS, type Check, type CheckId, type Revision, type Violation } from "./engine/check.ts";
export { CHECKS } from "./engine/checks/index.ts";
export {
  type CheckViolation,
  NEWEST_MINOR,
  type PodEvaluation,
  activeChecks,
  evaluatePod,
  formatViolations,
} from "./engine/evaluate-pod.ts";
export {
  LEVELS,
  type Level,
  type LevelVersion,
  type Parsed,
  type Version,
  atServer,
  compareLevels,
  formatLevelVersion,
  formatVersion,
  parseLevel,
  parseVersion,
} from "./engine/level-version.ts";
export {
  DEFAULT_POLICY,
  LABEL_PREFIX,
  type LabelError,
  MODES,
  type Mode,
  type NamespacePolicy,
  type PolicyOfNamespace,
  policyOfNamespace,
} from "./engine/namespace-policy.ts";
export { type HostPathKind, classifyHostPath, cleanPath, mountAccess } from "./hardening/host-path.ts";
export type { Constraint } from "./policy/constraint.ts";
export {
  type PolicyChoice,
  type PolicyEvaluation,
  choosePolicy,
  evaluatePodSecurityPolicy,
} from "./policy/evaluate-policy.ts";
export { type Disagreement, type LevelFit, fitLevel } from "./policy/level-fit.ts";
export { type MigrationPlan, type PolicyMigration, migratePodSecurityPolicies } from "./policy/migrate.ts";
export type { NamespaceMigration } from "./policy/namespace-migration.ts";
export type { WorkloadMigration } from "./policy/workload-migration.ts";
export { renderMigrationText } from "./policy/migration-text.ts";
export type { Mutation } from "./policy/mutate-pod.ts";
export type { MutatingField } from "./policy/mutating-fields.ts";
export { type ParsedPolicy, isPodSecurityPolicy, parsePodSecurityPolicy } from "./policy/parse-policy.ts";
export type { IdRange, IdStrategy, PodSecurityPolicy, ProfileRule } from "./policy/pod-security-policy.ts";
export type { PolicyGrant } from "./policy/policy-users.ts";
export type { PolicyViolation } from "./policy/validate-pod.ts";

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


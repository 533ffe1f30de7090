export { controls } from "./controls/index.ts";
export type { TemplateEngine } from "./engine/gatekeeper/constraints.ts";
export {
  DEFINITION_SCHEMA_FIELD,
  TEMPLATE_SCHEMA,
  constraintDefinition,
} from "./engine/gatekeeper/constraint-definition.ts";
export { bindingForConstraint, policyForTemplate } from "./engine/gatekeeper/generate-policy.ts";
export {
  type ManifestProblem,
  type ManifestResult,
  type ManifestTestOptions,
  isRefusal,
  testManifests,
} from "./engine/gatekeeper/manifest-test.ts";
export {
  type CaseVerdict,
  type ReadObjects,
  type Suite,
  type SuiteOptions,
  type SuiteTest,
  type TestVerdict,
  enginesOf,
  isSuite,
  readSuite,
  runSuiteTest,
} from "./engine/gatekeeper/suite.ts";
export {
  type Decision,
  type DecisionContext,
  type JudgePodSecurity,
  type PodSecurityVerdict,
  decide,
  decideRequest,
  refusalText,
} from "./engine/decide.ts";
export { type ProviderPort, decideRequestWithProviders, decideWithProviders } from "./engine/decide-with-providers.ts";
export { type ResponseOptions, reviewResponse } from "./engine/review-response.ts";
export type { VerifyImage } from "./engine/images/image-policy.ts";
export { type PatchOperation, applyPatch, diff } from "./engine/json-patch.ts";
export { type CompileProblem, type PolicyOptions, PolicySet, isPolicy } from "./engine/policies.ts";
export { type ExpressionWarning, expressionWarnings } from "./engine/policy/type-check.ts";
export type { PolicyTrace } from "./engine/policy/validating-policies.ts";
export type { RegoSource } from "./engine/rego/policies.ts";
export {
  type AdmissionRequest,
  isProblem,
  requestForObject,
  requestFromReview,
  type ReviewProblem,
  type UserInfo,
} from "./model/admission-request.ts";
export type { ExternalDataItem, Provider, ProviderAnswer, ProviderFailure } from "./model/external-data.ts";
export { ProviderClient, type ProviderClientOptions } from "./source/provider-client.ts";
export { RestingProviders, type RestOptions } from "./source/resting-providers.ts";
export { type ClusterView, clusterViewOf, type ObjectsOfKind } from "./model/cluster-view.ts";
export type { Stopwatch } from "./model/stopwatch.ts";
export type { EnforcementPoint } from "./model/constraint.ts";
export type { Action, PolicyReference, Violation } from "./model/violation.ts";

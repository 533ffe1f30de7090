export { controls } from "./controls/index.ts";
export { type MeshNamespace, meshNamespaces } from "./engine/membership.ts";
export { type EffectiveMtls, effectiveMtls, namespaceMtls } from "./engine/mtls.ts";
export { type PodIdentity, labelsMatch } from "./engine/policy-selection.ts";
export { type PrincipalProblem, principalProblem } from "./engine/principals.ts";
export { type PolicyProblem, policyProblems } from "./engine/validation.ts";
export {
  type AuthorizationPolicyView,
  type AuthorizationRuleView,
  type MeshPolicies,
  type MtlsMode,
  type PeerAuthenticationView,
  ROOT_NAMESPACE,
  type RequestAuthenticationView,
  meshPolicies,
} from "./model/policies.ts";

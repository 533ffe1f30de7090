export { controls } from "./controls/index.ts";
export { allowsDns } from "./engine/dns.ts";
export {
  isDefaultDeny,
  isolatingPolicies,
  namespaceLabels,
  policedWorkloads,
  policiesIn,
  selectsEverything,
  selectsWorkload,
} from "./engine/policy-selection.ts";
export { portsAllow } from "./engine/ports.ts";
export { contradiction } from "./engine/selector-satisfiability.ts";
export { type Cidr, containsCidr, parseAddress, parseCidr } from "./model/cidr.ts";
export {
  DIRECTIONS,
  type Direction,
  type PolicyView,
  type RuleView,
  networkPolicies,
  policyDirections,
  policyView,
} from "./model/policy.ts";

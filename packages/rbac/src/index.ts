export { controls } from "./controls/index.ts";
export { effectiveRules, rolesFedBy } from "./engine/aggregation.ts";
export { type DeadPart, deadParts } from "./engine/dead-rules.ts";
export { type Grant, grantsOf, reachOf } from "./engine/holders.ts";
export { openedBy, permissionHit } from "./engine/dangerous-permissions.ts";
export { type ResourceRequest, ruleAllows, ruleAllowsUrl } from "./engine/rule-matching.ts";
export {
  type AccessModel,
  type BindingView,
  type RoleView,
  type SubjectView,
  accessModel,
  serviceAccountOf,
} from "./model/access.ts";
export { type DangerousPermission, PERMISSIONS, type PermissionName } from "./model/permissions.ts";

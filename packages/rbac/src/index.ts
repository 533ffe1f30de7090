export { controls } from "./controls/index.ts";
export { UNUSED_RIGHTS, unusedRightsControl } from "./controls/rbac-041-unused-rights.ts";
export { effectiveRules, rolesFedBy } from "./engine/aggregation.ts";
export { type AccessChange, accessDiff } from "./engine/access-diff.ts";
export { type AccessMatrix, type AccessQuestion, accessMatrix, matrixQuestions } from "./engine/access-matrix.ts";
export { type LeastPolicy, type PolicyOptions, WIDTHS, type Width, leastPolicy } from "./engine/least-policy.ts";
export { RecordedAccess } from "./engine/recorded-access.ts";
export { type EventUse, RecordedUse, type UsedRequest, useOf } from "./engine/recorded-use.ts";
export { type UnusedRights, unusedRights } from "./engine/unused-rights.ts";
export { type Holder, whoCan } from "./engine/who-can.ts";
export { builtInGroups, groupsServing, isClusterScoped, resourcesOf } from "./model/api-resources.ts";
export {
  type AccessIndex,
  type HeldBinding,
  type RuleSource,
  accessIndex,
  indexAccess,
} from "./engine/access-index.ts";
export {
  type AccessRequest,
  type AllowingRule,
  type Decision,
  PRIVILEGED_GROUP,
  authorize,
  requestMatches,
  rulesAllow,
  rulesFor,
} from "./engine/authorizer.ts";
export { type AtomicRule, covers, describeMissing, formatRule } from "./engine/covers.ts";
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
export { BUILT_IN_ORIGIN, builtInPolicy, isBuiltInGrant } from "./model/built-in-policy.ts";
export {
  type Identity,
  type SubjectKey,
  describeSubjectKey,
  identityOf,
  serviceAccountIdentity,
  serviceAccountUser,
  subjectKey,
  subjectKeysOf,
  userIdentity,
} from "./model/identity.ts";

export { type CheckedModules, type RuleNode, checkModules } from "./check-modules.ts";
export { type CheckedQuery, type QueryOptions, checkQuery } from "./check-query.ts";
export { type Capabilities, type CheckOptions, allCapabilities } from "./options.ts";
export type { CheckedRule, TreeNode } from "./rule-tree.ts";

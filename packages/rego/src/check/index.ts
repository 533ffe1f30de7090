export { annotatedModule } from "./annotations/annotated-module.ts";
export { type CheckedModules, checkModules } from "./check-modules.ts";
export type { RuleNode } from "./checked-tree.ts";
export { type CheckedQuery, type QueryOptions, checkQuery } from "./check-query.ts";
export { type Capabilities, type CheckOptions, allCapabilities } from "./options.ts";
export type { CheckedRule, TreeNode } from "./rule-tree.ts";

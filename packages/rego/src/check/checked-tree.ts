import type { Rule } from "../syntax/ast.ts";
import { type CheckedRule, type TreeNode, growPath, treeRoot } from "./rule-tree.ts";
import { type WorkModule, type WorkRule, refOfRule } from "./work.ts";

/** A tree of the rules by the constant parts of what they define. */
export type RuleNode = TreeNode<CheckedRule>;

/** The rules of compiled modules as evaluation takes them. */
export function checkedTree(modules: readonly WorkModule[]): RuleNode {
  const root = treeRoot<CheckedRule>();
  for (const module of modules) {
    if (module.rules.length === 0) growPath(root, module.source.package.path.path);
    for (const rule of module.rules) {
      const { path } = refOfRule(rule);
      growPath(root, path).rules.push({ path, rule: finished(rule), module: module.source });
    }
  }
  return root;
}

function finished(rule: WorkRule): Rule {
  const chain: WorkRule[] = [];
  for (let link: WorkRule | undefined = rule; link !== undefined; link = link.else) chain.push(link);
  let next: Rule | undefined;
  for (const { source, head, body } of chain.toReversed()) next = { ...source, head, body, else: next };
  return next ?? rule.source;
}

import type { BuiltinDeclaration } from "../builtins/declaration.ts";
import type { RefTerm, Term } from "../syntax/ast.ts";
import { dottedName } from "../syntax/term-names.ts";
import type { Arity } from "./arity.ts";
import { isMultiValue, refOfRule, type WorkRule } from "./work.ts";
import { isScalar, isTrueBody } from "./nodes.ts";
import { isGround } from "../syntax/ground.ts";
import { type GrowingNode, type TreeNode, findNode, growPath, treeRoot } from "./rule-tree.ts";
import type { WorkModule } from "./work.ts";

/** The rules of modules by what they define, up to the first part that is no constant. */
export function ruleTree(modules: readonly WorkModule[]): GrowingNode<WorkRule> {
  const root = treeRoot<WorkRule>();
  for (const module of modules) {
    if (module.rules.length === 0) growPath(root, module.source.package.path.path);
    for (const rule of module.rules) growPath(root, refOfRule(rule).path).rules.push(rule);
  }
  return root;
}

/** How many operands a builtin or a function of the rules takes. */
export function arityIn(builtins: ReadonlyMap<string, BuiltinDeclaration>, tree: TreeNode<WorkRule>): Arity {
  return (operator: RefTerm) => {
    const name = dottedName(operator);
    const builtin = name === undefined ? undefined : builtins.get(name);
    if (builtin !== undefined) return builtin.args.length;
    const [rule] = findNode(tree, operator)?.rules ?? [];
    return rule?.head.args.length;
  };
}

/** Whether a reference is to a rule that has a value whatever the input: a set, a constant, one with a default. */
export function isAlwaysDefined(ref: Term, tree: TreeNode<WorkRule>): boolean {
  if (ref.type !== "ref" || ref.path.length === 0) return false;
  const rules = findNode(tree, ref)?.rules ?? [];
  const [first, ...others] = rules;
  if (first === undefined || first.head.args.length > 0) return false;
  if (first.source.default || isMultiValue(first.head)) return true;
  return others.length === 0 ? isConstant(first) : others.some(({ source }) => source.default);
}

function isConstant({ body, head: { value } }: WorkRule): boolean {
  if (!isTrueBody(body) || value === undefined) return false;
  return isScalar(value) || value.type === "var" || (isCollection(value) && isGround(value));
}

function isCollection({ type }: Term): boolean {
  return type === "array" || type === "object" || type === "set";
}

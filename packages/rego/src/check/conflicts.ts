import type { RefTerm } from "../syntax/ast.ts";
import { compareTerms } from "../syntax/compare-terms.ts";
import type { RegoError } from "../syntax/error.ts";
import { formatPlace } from "../syntax/location.ts";
import { formatPackage, formatTerm } from "../syntax/print-term.ts";
import { formatWritten } from "./display.ts";
import {
  type GrowingNode,
  type TreeNode,
  findNode,
  growPath,
  sortedChildren,
  treeRoot,
  walkTree,
} from "./rule-tree.ts";
import { type WorkModule, type WorkRule, groundPrefix, isMultiValue, refOfRule } from "./work.ts";

/** Rules that cannot stand beside each other, or lie inside what another defines. */
export function ruleConflicts(tree: TreeNode<WorkRule>, written: ReadonlyMap<string, string>): readonly RegoError[] {
  const errors: RegoError[] = [];
  walkTree(tree, (node) => {
    const error = conflictAt(node, written);
    if (error === undefined) return true;
    errors.push(error);
    return false;
  });
  return errors;
}

function isGroundRule(rule: WorkRule): boolean {
  return groundPrefix(rule.head.ref) === rule.head.ref;
}

function conflictAt(node: TreeNode<WorkRule>, written: ReadonlyMap<string, string>): RegoError | undefined {
  const { rules } = node;
  const [first] = rules;
  const last = rules.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const name = formatWritten(refOfRule(last), written);
  const { location } = first.source;
  const inside = rulesInside(node);
  if (inside !== undefined) {
    const places = inside.map(
      ({ ref, rule }) => `  rule ${formatWritten(ref, written)} at ${formatPlace(rule.source.location)}`,
    );
    const message = `rule ${name} conflicts with:\n${places.join("\n")}`;
    return { code: "rego_type_error", message, location };
  }
  if (areMixed(rules)) return { code: "rego_type_error", message: `conflicting rules ${name} found`, location };
  const defaults = rules.filter(({ source }) => source.default);
  const [firstDefault, second] = defaults;
  if (firstDefault === undefined || second === undefined) return undefined;
  const places = defaults.map(({ source }) => formatPlace(source.location)).join(", ");
  return {
    code: "rego_type_error",
    message: `multiple default rules ${name} found at ${places}`,
    location: firstDefault.module.source.package.location,
  };
}

/** Whether rules of one name are of different kinds or take different numbers of arguments. */
function areMixed(rules: readonly WorkRule[]): boolean {
  const kinds = new Set(rules.map(({ head }) => isMultiValue(head)));
  const arities = new Set(rules.map(({ head }) => head.args.length));
  const complete = rules.filter((rule) => !isMultiValue(rule.head) && isGroundRule(rule)).length;
  const sets = new Set(rules.filter(({ head }) => isMultiValue(head)).map(isGroundRule));
  return kinds.size > 1 || arities.size > 1 || (complete > 0 && complete < rules.length) || sets.size > 1;
}

interface Inside {
  readonly ref: RefTerm;
  readonly rule: WorkRule;
}

/** The rules below a node that must not be there; only functions where what the node defines has a dynamic part. */
function rulesInside(node: TreeNode<WorkRule>): readonly Inside[] | undefined {
  if (node.children.size === 0) return undefined;
  if (node.rules.some(isGroundRule)) return shortestRefs(node, () => true);
  const functions = shortestRefs(node, ({ head }) => head.args.length > 0);
  return functions.length > 0 ? functions : undefined;
}

/** The rules below a node by their references, without those that start with that of another. */
function shortestRefs(node: TreeNode<WorkRule>, isMeant: (rule: WorkRule) => boolean): readonly Inside[] {
  const found: Inside[] = [];
  for (const child of sortedChildren(node)) {
    walkTree(child, ({ rules }) => {
      for (const rule of rules) if (isMeant(rule)) found.push({ ref: refOfRule(rule), rule });
      return true;
    });
  }
  const sorted = found.sort((a, b) => compareTerms(a.ref, b.ref));
  const shortest: Inside[] = [];
  for (const next of sorted) {
    const before = shortest.at(-1);
    if (before === undefined || !startsWith(next.ref, before.ref)) shortest.push(next);
  }
  return shortest;
}

function startsWith(ref: RefTerm, prefix: RefTerm): boolean {
  return prefix.path.every((part, index) => {
    const own = ref.path[index];
    return own !== undefined && compareTerms(own, part) === 0;
  });
}

/** Rules that define what the data has already. */
export function dataConflicts(
  tree: TreeNode<WorkRule>,
  pathExists: (path: readonly string[]) => boolean,
): readonly RegoError[] {
  const errors: RegoError[] = [];
  const visit = (node: TreeNode<WorkRule>, above: readonly string[]): void => {
    if (typeof node.key !== "string") return;
    const path = [...above, node.key];
    const [first] = node.rules;
    if (first !== undefined && pathExists(path)) {
      const message = `conflicting rule for data path ${path.join("/")} found`;
      errors.push({ code: "rego_compile_error", message, location: first.source.location });
      return;
    }
    for (const child of sortedChildren(node)) visit(child, path);
  };
  for (const child of sortedChildren(tree)) visit(child, []);
  return errors;
}

/** Packages that lie where a rule of a package around them defines something. */
export function packageConflicts(modules: readonly WorkModule[]): readonly RegoError[] {
  const packages: GrowingNode<WorkModule> = treeRoot<WorkModule>();
  for (const module of modules) growPath(packages, module.source.package.path.path).rules.push(module);
  const errors: RegoError[] = [];
  for (const module of modules) {
    for (const rule of module.rules) {
      if (!isGroundRule(rule)) continue;
      for (const other of findNode(packages, refOfRule(rule))?.rules ?? []) {
        if (other === module) continue;
        const place = formatPlace(rule.source.location);
        const message = `${formatPackage(other.source.package)} conflicts with rule ${formatTerm(rule.head.ref)} defined at ${place}`;
        errors.push({ code: "rego_type_error", message, location: module.source.package.location });
      }
    }
  }
  return errors;
}

import type { RefTerm, Term } from "../../syntax/ast.ts";
import { compareTerms } from "../../syntax/compare-terms.ts";
import { formatTerm } from "../../syntax/print-term.ts";
import { isConstant } from "../constants.ts";
import { type TreeNode, childOf, sortedChildren, walkTree } from "../rule-tree.ts";
import { type WorkRule, refOfRule } from "../work.ts";

/** Rules that a reference can lead to and those that follow their `else`, each with the first of its chain. */
export type Targets = ReadonlyMap<WorkRule, WorkRule>;

/** Finds the rules that a reference can lead to. What is not constant in it can be anything. */
export class RuleLookup {
  readonly #root: TreeNode<WorkRule>;
  readonly #refs = new Map<WorkRule, RefTerm>();
  readonly #targets = new Map<string, Targets>();

  constructor(root: TreeNode<WorkRule>) {
    this.#root = root;
  }

  rules({ head, path }: RefTerm): ReadonlySet<WorkRule> {
    const found = new Set<WorkRule>();
    if (head.type === "var" && head.name === "data") this.#collect(this.#root, path, 0, found);
    return found;
  }

  /** The same with the rules that follow `else`. References that differ only in what is not constant share the answer. */
  targets(ref: RefTerm): Targets {
    const key = ref.path.map((part) => (isConstant(part) ? formatTerm(part) : "_")).join(" ");
    const known = this.#targets.get(key);
    if (known !== undefined) return known;
    const targets = new Map<WorkRule, WorkRule>();
    for (const start of this.rules(ref)) {
      for (let link: WorkRule | undefined = start; link !== undefined; link = link.else) targets.set(link, start);
    }
    this.#targets.set(key, targets);
    return targets;
  }

  /** `rule.Ref()` is asked for often. */
  refOf(rule: WorkRule): RefTerm {
    let ref = this.#refs.get(rule);
    if (ref === undefined) {
      ref = refOfRule(rule);
      this.#refs.set(rule, ref);
    }
    return ref;
  }

  #collect(node: TreeNode<WorkRule>, path: readonly Term[], index: number, found: Set<WorkRule>): void {
    const part = path[index];
    if (part === undefined) {
      walkTree(node, ({ rules }) => {
        for (const rule of rules) found.add(rule);
        return true;
      });
    } else if (isConstant(part)) {
      const child = childOf(node, part);
      if (child !== undefined) this.#enter(child, path, index, found);
    } else {
      for (const child of sortedChildren(node)) this.#enter(child, path, index, found);
    }
  }

  #enter(child: TreeNode<WorkRule>, path: readonly Term[], index: number, found: Set<WorkRule>): void {
    for (const rule of child.rules) if (mayMeet(this.refOf(rule).path, path, index + 1)) found.add(rule);
    this.#collect(child, path, index + 1, found);
  }
}

/** Whether two paths can lead to one document, looked at from a part on. */
function mayMeet(a: readonly Term[], b: readonly Term[], from: number): boolean {
  for (let index = from; index < Math.min(a.length, b.length); index += 1) {
    const x = a[index];
    const y = b[index];
    if (x === undefined || y === undefined) break;
    if (isConstant(x) && isConstant(y) && compareTerms(x, y) !== 0) return false;
  }
  return true;
}

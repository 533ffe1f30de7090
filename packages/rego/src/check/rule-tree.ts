import type { Module, RefTerm, Rule, Term } from "../syntax/ast.ts";
import { compositeKey } from "../values/key.ts";
import { compare } from "../values/order.ts";
import type { Value } from "../values/value.ts";
import { scalarOf } from "./constants.ts";

/** A tree of what lies under `data` by the constant parts of its path. */
export interface TreeNode<R> {
  readonly key: Value;
  /** By the `compositeKey` of their keys. */
  readonly children: ReadonlyMap<string, TreeNode<R>>;
  readonly rules: readonly R[];
}

/** A tree while it grows. */
export interface GrowingNode<R> extends TreeNode<R> {
  readonly children: Map<string, GrowingNode<R>>;
  readonly rules: R[];
}

export function treeRoot<R>(): GrowingNode<R> {
  return growingNode<R>("data");
}

function growingNode<R>(key: Value): GrowingNode<R> {
  return { key, children: new Map<string, GrowingNode<R>>(), rules: [] };
}

/** The node at a path, made where there is none, up to the first part that is no constant. */
export function growPath<R>(root: GrowingNode<R>, path: readonly Term[]): GrowingNode<R> {
  let node = root;
  for (const part of path) {
    const key = scalarOf(part);
    if (key === undefined) break;
    const id = compositeKey(key);
    let child = node.children.get(id);
    if (child === undefined) {
      child = growingNode<R>(key);
      node.children.set(id, child);
    }
    node = child;
  }
  return node;
}

/** The child that a constant names. */
export function childOf<R>(node: TreeNode<R>, part: Term): TreeNode<R> | undefined {
  const key = scalarOf(part);
  return key === undefined ? undefined : node.children.get(compositeKey(key));
}

/** The node at the path of a reference of constants that starts with `data`. */
export function findNode<R>(root: TreeNode<R>, { head, path }: RefTerm): TreeNode<R> | undefined {
  if (head.type !== "var" || head.name !== "data") return undefined;
  let node: TreeNode<R> | undefined = root;
  for (const part of path) {
    node = childOf(node, part);
    if (node === undefined) return undefined;
  }
  return node;
}

/** The children in OPA's order of their keys. */
export function sortedChildren<R>({ children }: TreeNode<R>): readonly TreeNode<R>[] {
  const nodes = [...children.values()];
  return nodes.length < 2 ? nodes : nodes.sort((a, b) => compare(a.key, b.key));
}

/** Visits a node and all below it, in order; not those below one for which `visit` returns false. */
export function walkTree<R>(node: TreeNode<R>, visit: (node: TreeNode<R>) => boolean): void {
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (visit(next)) waiting.push(...sortedChildren(next).toReversed());
  }
}

/** A rule that is ready for evaluation. */
export interface CheckedRule {
  /** The full path of what it defines after `data`; variables are those of its rule. */
  readonly path: readonly Term[];
  readonly rule: Rule;
  /** The module it was written in. */
  readonly module: Module;
}

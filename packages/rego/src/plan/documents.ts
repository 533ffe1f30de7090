import type { CheckedRule, RuleNode } from "../check/index.ts";
import type { Rule, Term } from "../syntax/ast.ts";
import type { Location } from "../syntax/location.ts";
import { formatTerm } from "../syntax/print-term.ts";
import { compositeKey } from "../values/key.ts";
import { compare } from "../values/order.ts";
import type { Value } from "../values/value.ts";

/** One way to get a value, and those after `else` that are tried where it gives none. */
export interface Chain {
  readonly rule: Rule;
  /** The parts of the rule's reference that come after the document's path: keys of an object. */
  readonly keys: readonly Term[];
}

/** A document that rules define, which is evaluated as one. */
export interface PlannedDocument {
  /**
   * `complete`: one value. `function`: one value for each list of operands. `set`: what its definitions contain.
   * `object`: definitions put values, or members of sets, at paths that hold variables.
   */
  readonly kind: "complete" | "function" | "set" | "object";
  /** Under `data`. */
  readonly path: readonly Value[];
  readonly chains: readonly Chain[];
  readonly default: Rule | undefined;
  /** How many operands a function takes. */
  readonly arity: number;
  /** As OPA writes it: `data.a.b`. */
  readonly name: string;
  readonly location: Location;
}

/** A part of `data` below which rules lie. */
export interface PlannedNode {
  readonly path: readonly Value[];
  readonly children: ReadonlyMap<string, { readonly key: Value; readonly content: PlannedNode | PlannedDocument }>;
}

export function isDocument(content: PlannedNode | PlannedDocument): content is PlannedDocument {
  return "kind" in content;
}

/** Groups the rules of a tree into documents. */
export function planDocuments(root: RuleNode): PlannedNode {
  return planNode(root, []);
}

function planNode(node: RuleNode, path: readonly Value[]): PlannedNode {
  const children = [...node.children.values()]
    .sort((a, b) => compare(a.key, b.key))
    .map((child) => {
      const childPath = [...path, child.key];
      const content = child.rules.length > 0 ? planDocument(child, childPath) : planNode(child, childPath);
      return [compositeKey(child.key), { key: child.key, content }] as const;
    });
  return { path, children: new Map(children) };
}

function planDocument(node: RuleNode, path: readonly Value[]): PlannedDocument {
  const own = node.rules;
  const isObject = own.some((rule) => rule.path.length > path.length);
  const rules = isObject ? allRules(node) : own;
  const [first] = rules;
  if (first === undefined) throw new Error("a document has at least one rule");
  const arity = first.rule.head.args.length;
  return {
    kind: kindOf(first.rule, isObject),
    path,
    chains: rules
      .filter(({ rule }) => !rule.default)
      .map(({ rule, path: full }) => ({ rule, keys: full.slice(path.length) })),
    default: rules.find(({ rule }) => rule.default)?.rule,
    arity,
    name: formatTerm({
      type: "ref",
      head: { type: "var", name: "data", location: first.rule.location },
      path: first.path.slice(0, path.length),
      location: first.rule.location,
    }),
    location: first.rule.location,
  };
}

/** Whether a rule adds to a set: `p contains x`. */
export function isMultiValue({ head }: Rule): boolean {
  return head.key !== undefined && head.value === undefined;
}

function kindOf(rule: Rule, isObject: boolean): PlannedDocument["kind"] {
  if (isObject) return "object";
  if (rule.head.args.length > 0) return "function";
  return isMultiValue(rule) ? "set" : "complete";
}

/** The rules of a node and of everything below it, which an object with variables in its paths takes in. */
function allRules(node: RuleNode): readonly CheckedRule[] {
  return [...node.rules, ...[...node.children.values()].flatMap(allRules)];
}

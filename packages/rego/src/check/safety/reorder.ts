import type { Body, Expr, Term } from "../../syntax/ast.ts";
import { compareTerms } from "../../syntax/compare-terms.ts";
import { formatExpr } from "../../syntax/print-term.ts";
import type { Arity } from "../arity.ts";
import { type NodeMap, isLeaf, mapExpr, mapItems, mapTerm, mapWith } from "../nodes.ts";
import { SAFETY, type VarChoice, addAll, isSubset, varsOfBody, varsOfExpr, varsOfTerm, without } from "../vars.ts";
import { exprOutputs } from "./output-vars.ts";

/** Expressions that need variables nothing gives values, with these. */
export type UnsafeExprs = Map<Expr, Set<string>>;

export interface Ordered {
  readonly body: Body;
  /** Empty where the body can be evaluated. */
  readonly unsafe: UnsafeExprs;
}

/**
 * Orders a body, and all bodies in it, so that whoever evaluates it from left to right meets no variable without a value where
 * one is needed. Expressions keep their order but where one has to wait.
 */
export function orderBody(body: Body, known: ReadonlySet<string>, arity: Arity): Ordered {
  const choice: VarChoice = { ...SAFETY, operands: arity };
  const bodyVars = new Set<string>();
  const unsafe: UnsafeExprs = new Map<Expr, Set<string>>();
  for (const expr of body) {
    const vars = varsOfExpr(expr, choice);
    addAll(bodyVars, vars);
    const needed = without(vars, known);
    if (needed.size > 0) unsafe.set(expr, needed);
  }
  const safe = new Set<string>();
  for (const name of bodyVars) if (known.has(name)) safe.add(name);
  const ordered = placeExprs(body, { bodyVars, known, safe, unsafe, arity });
  return orderNested(ordered, unsafe, new Set(known), choice, arity);
}

interface Placement {
  readonly bodyVars: ReadonlySet<string>;
  readonly known: ReadonlySet<string>;
  readonly safe: Set<string>;
  readonly unsafe: UnsafeExprs;
  readonly arity: Arity;
}

function placeExprs(body: Body, { bodyVars, known, safe, unsafe, arity }: Placement): Expr[] {
  const ordered: Expr[] = [];
  // Variables in the order in which they became safe; an expression that had to wait is looked at again once one of its own did.
  const news: string[] = [];
  const ofCalls = new Set<string>();
  // What an `every` gives depends on what was looked at before it.
  const hasEvery = body.some(({ type }) => type === "every");
  let waiting: readonly Waiting[] = body.map((expr, index) => {
    return { expr, index, seen: -1, taken: takenByClosures(expr, bodyVars, known), vars: undefined };
  });
  for (let before = -1; ordered.length > before && waiting.length > 0;) {
    before = ordered.length;
    const still: Waiting[] = [];
    for (const entry of waiting) {
      if (!hasEvery && entry.seen >= 0 && !hasNews(entry, news)) {
        entry.seen = news.length;
        still.push(entry);
        continue;
      }
      entry.seen = news.length;
      const { expr, index, taken } = entry;
      const there = ordered[index];
      if (there !== undefined && isSame(there, expr)) {
        still.push(entry);
        continue;
      }
      const outputs = exprOutputs(expr, arity, safe, ofCalls);
      if (taken.size > 0) {
        // What a closure takes and the expression itself gives, as in `x = [y | y = x]`, has to come from elsewhere.
        if (taken.size === outputs.size && isSubset(taken, outputs)) {
          still.push(entry);
          continue;
        }
        unsafe.set(expr, new Set(taken));
      }
      const needed = unsafe.get(expr);
      if (needed !== undefined) for (const name of needed) if (outputs.has(name) || safe.has(name)) needed.delete(name);
      if (needed !== undefined && needed.size > 0) {
        still.push(entry);
        continue;
      }
      unsafe.delete(expr);
      ordered.push(expr);
      for (const name of outputs) {
        safe.add(name);
        news.push(name);
      }
    }
    waiting = still;
  }
  return ordered;
}

/** An expression that cannot be evaluated yet. */
interface Waiting {
  readonly expr: Expr;
  readonly index: number;
  /** How much of the news it has been tried with; -1 before the first time. */
  seen: number;
  /** Variables that closures in it take from the body. */
  readonly taken: ReadonlySet<string>;
  vars: ReadonlySet<string> | undefined;
}

/** OPA takes an expression for placed when an equal one stands at its index. */
function isSame(a: Expr, b: Expr): boolean {
  if (a.type === "termExpr" && b.type === "termExpr") {
    return a.negated === b.negated && compareTerms(a.term, b.term) === 0 && formatExpr(a) === formatExpr(b);
  }
  if (a.type !== "callExpr" || b.type !== "callExpr" || a.args.length !== b.args.length) return false;
  return compareTerms(a.operator, b.operator) === 0 && formatExpr(a) === formatExpr(b);
}

function hasNews(entry: Waiting, news: readonly string[]): boolean {
  entry.vars ??= varsOfExpr(entry.expr);
  for (let index = entry.seen; index < news.length; index += 1) {
    const name = news[index];
    if (name !== undefined && entry.vars.has(name)) return true;
  }
  return false;
}

const NOTHING: ReadonlySet<string> = new Set<string>();

function takenByClosures(expr: Expr, bodyVars: ReadonlySet<string>, known: ReadonlySet<string>): ReadonlySet<string> {
  const inside = new Set<string>();
  addClosureVars(expr, inside);
  if (inside.size === 0) return NOTHING;
  const taken = new Set<string>();
  for (const name of inside) if (bodyVars.has(name) && !known.has(name)) taken.add(name);
  return taken;
}

function addClosureVars(expr: Expr, into: Set<string>): void {
  switch (expr.type) {
    case "termExpr":
      addTermClosureVars(expr.term, into);
      break;
    case "callExpr":
      for (const arg of expr.args) addTermClosureVars(arg, into);
      break;
    case "every":
      varsOfBody(expr.body, {}, into);
      break;
    case "not":
      varsOfBody(expr.body, {}, into);
      break;
    case "logical":
      varsOfBody(expr.right, {}, varsOfBody(expr.left, {}, into));
      break;
    default:
  }
  for (const { value } of expr.with) addTermClosureVars(value, into);
}

function addTermClosureVars(term: Term, into: Set<string>): void {
  switch (term.type) {
    case "arrayComprehension":
    case "setComprehension":
    case "objectComprehension":
      varsOfTerm(term, {}, into);
      return;
    case "ref":
      addTermClosureVars(term.head, into);
      for (const part of term.path) addTermClosureVars(part, into);
      return;
    case "array":
    case "set":
      for (const item of term.items) addTermClosureVars(item, into);
      return;
    case "object":
      for (const { key, value } of term.entries) {
        addTermClosureVars(key, into);
        addTermClosureVars(value, into);
      }
      return;
    default:
  }
}

/** Orders the bodies inside the expressions of an ordered one; each knows what comes before its expression. */
function orderNested(
  ordered: readonly Expr[],
  unsafe: UnsafeExprs,
  known: Set<string>,
  choice: VarChoice,
  arity: Arity,
): Ordered {
  let current: Expr | undefined;
  const inner = (body: Body, heads: readonly Term[]): Body => {
    const vars = new Set<string>();
    for (const head of heads) varsOfTerm(head, {}, vars);
    if (vars.size > 0) {
      const inside = varsOfBody(body, choice);
      for (const name of vars)
        if (!inside.has(name) && !known.has(name) && current !== undefined) add(unsafe, current, name);
    }
    const result = orderBody(body, known, arity);
    if (result.unsafe.size === 0) return result.body;
    for (const [expr, names] of result.unsafe) for (const name of names) add(unsafe, expr, name);
    return body;
  };
  const map: NodeMap = {
    term: (term) => {
      switch (term.type) {
        case "arrayComprehension":
        case "setComprehension": {
          const body = inner(term.body, [term.term]);
          return body === term.body ? term : { ...term, body };
        }
        case "objectComprehension": {
          const body = inner(term.body, [term.key, term.value]);
          return body === term.body ? term : { ...term, body };
        }
        default:
          return isLeaf(term) ? term : mapTerm(term, map);
      }
    },
    body: (body) => inner(body, []),
    with: (modifier) => mapWith(modifier, map.term),
    part: (expr) => expr,
  };
  const body = mapItems(ordered, (expr) => {
    current = expr;
    if (expr.type === "every") {
      if (expr.key !== undefined) known.add(expr.key.name);
      known.add(expr.value.name);
    }
    const next = mapExpr(expr, map);
    varsOfExpr(expr, choice, known);
    return next;
  });
  return { body, unsafe };
}

function add(unsafe: UnsafeExprs, expr: Expr, name: string): void {
  const names = unsafe.get(expr);
  if (names === undefined) unsafe.set(expr, new Set([name]));
  else names.add(name);
}

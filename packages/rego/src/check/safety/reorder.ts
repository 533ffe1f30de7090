import type { Body, Expr, Term } from "../../syntax/ast.ts";
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
  let waiting: readonly Expr[] = body;
  const closed = new Map<Expr, ReadonlySet<string>>();
  while (waiting.length > 0) {
    const still: Expr[] = [];
    for (const expr of waiting) {
      const outputs = exprOutputs(expr, arity, safe);
      // Variables that closures in the expression take from this body.
      let taken = closed.get(expr);
      if (taken === undefined) {
        taken = takenByClosures(expr, bodyVars, known);
        closed.set(expr, taken);
      }
      if (taken.size > 0) {
        // What a closure takes and the expression itself gives, as in `x = [y | y = x]`, has to come from elsewhere.
        if (taken.size === outputs.size && isSubset(taken, outputs)) {
          still.push(expr);
          continue;
        }
        unsafe.set(expr, new Set(taken));
      }
      const needed = unsafe.get(expr);
      if (needed !== undefined) for (const name of needed) if (outputs.has(name) || safe.has(name)) needed.delete(name);
      if (needed === undefined || needed.size === 0) {
        unsafe.delete(expr);
        ordered.push(expr);
        addAll(safe, outputs);
      } else {
        still.push(expr);
      }
    }
    if (still.length === waiting.length) break;
    waiting = still;
  }
  return ordered;
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

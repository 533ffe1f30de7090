import type { Body, Expr } from "../../syntax/ast.ts";
import type { Arity } from "../arity.ts";
import { equationOf } from "../nodes.ts";
import { ROOTS, SAFETY, type VarChoice, varsOfExpr, varsOfTerm } from "../vars.ts";
import { equationOutputs } from "./output-vars.ts";

const OUTPUTS: VarChoice = { skipClosures: true, skipSets: true, skipObjectKeys: true, skipRefHeads: true };

/**
 * The variables that an operand of `not`, `and` or `or` without braces takes from around it: all those of a single
 * expression; of several those that none of them gives a value for another to use.
 */
export function unsafeOperandVars(body: Body, arity: Arity): ReadonlySet<string> {
  const occurrences = new Map<string, number>();
  for (const expr of body) {
    for (const name of varsOfExpr(expr, SAFETY)) occurrences.set(name, (occurrences.get(name) ?? 0) + 1);
  }
  if (body.length <= 1) return new Set(occurrences.keys());
  const bound = new Set(boundByEquations(body, occurrences.keys()));
  for (const expr of body) {
    if (expr.type !== "callExpr" || equationOf(expr) !== undefined) continue;
    const operands = arity(expr.operator);
    if (operands !== undefined) for (const arg of expr.args.slice(operands)) varsOfTerm(arg, OUTPUTS, bound);
  }
  const unsafe = new Set<string>();
  for (const [name, count] of occurrences) if (!bound.has(name) || count === 1) unsafe.add(name);
  return unsafe;
}

/** What is no side of an equation itself counts as known, for `a = x.y` to give a value to `a`. */
function boundByEquations(body: Body, names: Iterable<string>): ReadonlySet<string> {
  const safe = new Set([...ROOTS, ...names]);
  const equations = body.filter((expr: Expr) => equationOf(expr) !== undefined);
  for (const expr of equations) {
    for (const side of equationOf(expr) ?? []) if (side.type === "var") safe.delete(side.name);
  }
  const bound = new Set<string>();
  for (let changed = true; changed;) {
    changed = false;
    for (const expr of equations) {
      if (expr.type !== "callExpr") continue;
      for (const name of equationOutputs(expr, safe)) {
        if (bound.has(name)) continue;
        bound.add(name);
        safe.add(name);
        changed = true;
      }
    }
  }
  return bound;
}

import type { Body, CallExpr, Expr, Term } from "../../syntax/ast.ts";
import { isGround } from "../../syntax/ground.ts";
import type { Arity } from "../arity.ts";
import { isComprehension, equationOf } from "../nodes.ts";
import { isAssigned } from "../rename-locals.ts";
import { SAFETY, type Names, type VarChoice, isSubset, varsOfTerm, varsOfWith } from "../vars.ts";
import { isRefSafe, unifiedVars } from "./unify.ts";

/** Which variables of a call's operands are only inputs. */
const OPERANDS: VarChoice = { skipClosures: true, skipSets: true, skipObjectKeys: true, skipRefHeads: true };

/** The variables that a body gives values, evaluated from left to right. */
export function bodyOutputs(body: Body, arity: Arity, safe: ReadonlySet<string>): Set<string> {
  const known = new Set(safe);
  const outputs = new Set<string>();
  const ofCalls = new Set<string>();
  for (const expr of body) {
    for (const name of exprOutputs(expr, arity, known, ofCalls)) {
      known.add(name);
      if (!safe.has(name)) outputs.add(name);
    }
  }
  return outputs;
}

/**
 * The variables that an expression gives values. `ofCalls` is one set for all expressions of a body, empty before the first: OPA
 * counts for an `every` also what the call that it looked at before gives values. What is returned holds until the next call.
 */
export function exprOutputs(expr: Expr, arity: Arity, safe: Names, ofCalls: Set<string>): ReadonlySet<string> {
  if (expr.negated || expr.type === "not") return NONE;
  for (const modifier of expr.with) if (!isSubset(varsOfWith(modifier, SAFETY), safe)) return NONE;
  switch (expr.type) {
    case "termExpr":
      return exprRefOutputs(expr, [expr.term], safe);
    case "callExpr": {
      if (isEquality(expr)) {
        ofCalls.clear();
        return equationOutputs(expr, safe);
      }
      const operands = arity(expr.operator);
      return operands === undefined ? NONE : callOutputs(expr, operands, safe, ofCalls);
    }
    case "every":
      return addRefOutputs(expr.domain, safe, ofCalls);
    case "logical":
    case "some":
    case "someIn":
      return NONE;
  }
}

const NONE: ReadonlySet<string> = new Set<string>();

function isEquality({ operator }: CallExpr): boolean {
  return operator.path.length === 0 && operator.head.type === "var" && operator.head.name === "eq";
}

/** The variables that `a = b` gives values. */
export function equationOutputs(expr: CallExpr, safe: Names): ReadonlySet<string> {
  const sides = equationOf(expr);
  if (sides === undefined) return NONE;
  const [left, right] = sides;
  const outputs = exprRefOutputs(expr, expr.args, safe);
  // What `:=` gives a value is known for no other use: `x := [x, y]` gives none to y.
  const received = isAssigned(expr) ? varsOfTerm(left) : NONE;
  for (const name of received) outputs.delete(name);
  const known: Names = { has: (name) => outputs.has(name) || (safe.has(name) && !received.has(name)) };
  for (const name of unifiedVars(known, left, right)) outputs.add(name);
  for (const name of outputs) if (safe.has(name)) outputs.delete(name);
  return outputs;
}

function callOutputs(expr: CallExpr, arity: number, safe: Names, outputs: Set<string>): ReadonlySet<string> {
  outputs.clear();
  exprRefOutputs(expr, expr.args, safe, outputs);
  if (expr.args.length <= arity) return outputs;
  const inputs = new Set<string>();
  for (const part of expr.operator.path) varsOfTerm(part, OPERANDS, inputs);
  for (const arg of expr.args.slice(0, arity)) varsOfTerm(arg, OPERANDS, inputs);
  for (const name of inputs) if (!outputs.has(name) && !safe.has(name)) return NONE;
  for (const arg of expr.args.slice(arity)) varsOfTerm(arg, OPERANDS, outputs);
  return outputs;
}

function exprRefOutputs(expr: Expr, terms: readonly Term[], safe: Names, into = new Set<string>()): Set<string> {
  for (const term of terms) addRefOutputs(term, safe, into);
  for (const { target, value } of expr.with) {
    addRefOutputs(target, safe, into);
    addRefOutputs(value, safe, into);
  }
  return into;
}

/** The variables in the paths of references, which range over what is there. */
function addRefOutputs(term: Term, safe: Names, into: Set<string>): Set<string> {
  if (isComprehension(term)) return into;
  switch (term.type) {
    case "ref":
      if (!isRefSafe(term, safe)) return into;
      if (!isGround(term)) for (const part of term.path) varsOfTerm(part, { skipRefHeads: true }, into);
      addRefOutputs(term.head, safe, into);
      for (const part of term.path) addRefOutputs(part, safe, into);
      break;
    case "array":
    case "set":
      for (const item of term.items) addRefOutputs(item, safe, into);
      break;
    case "object":
      for (const { key, value } of term.entries) {
        addRefOutputs(key, safe, into);
        addRefOutputs(value, safe, into);
      }
      break;
    case "call":
      addRefOutputs(term.operator, safe, into);
      for (const arg of term.args) addRefOutputs(arg, safe, into);
      break;
    default:
  }
  return into;
}

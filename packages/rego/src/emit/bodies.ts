import type { Body, EveryExpr, Expr, LogicalExpr } from "../syntax/ast.ts";
import { guardedBody } from "../plan/guards.ts";
import { dottedName } from "../syntax/term-names.ts";
import { writeCall } from "./calls.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { keepInOrder } from "./references.ts";
import { writeMatch } from "./unify.ts";
import { writeValue } from "./values.ts";
import { writeWith } from "./with.ts";

/** Writes a rule's body, with what it needs of the input and of base documents asked for first. */
export function writeRuleBody(f: FunctionWriter, rule: Body, found: () => void): void {
  const { defined, body } = guardedBody(rule, (ref) => f.program.isBaseDocument(ref));
  for (const ref of defined) writeValue(f, ref);
  writeBody(f, body, found);
}

/** Writes a body; `found` writes what happens for each of its solutions, inside all loops that the body opens. */
export function writeBody(f: FunctionWriter, body: Body, found: () => void): void {
  const waiting = [...body];
  while (waiting.length > 0) {
    const ready = Math.max(
      0,
      waiting.findIndex((expr) => isReady(f, expr)),
    );
    const [expr] = waiting.splice(ready, 1);
    if (expr === undefined) break;
    f.program.observe(f, "eval", expr);
    if (expr.with.length > 0) writeWith(f, expr, () => writeWithoutModifiers(f, expr));
    else writeWithoutModifiers(f, expr);
    f.program.observe(f, "pass", expr);
  }
  found();
}

/**
 * Whether what an expression needs has a value. The order for safety sees to that but for a few calls that OPA takes to
 * be safe although they come too early, and binds later.
 */
function isReady(f: FunctionWriter, expr: Expr): boolean {
  if (!expr.with.every(({ value }) => f.isEvaluable(value))) return false;
  if (expr.type !== "callExpr" || expr.negated) return true;
  const [a, b] = expr.args;
  if (dottedName(expr.operator) !== "eq" || a === undefined || b === undefined) {
    return expr.args.slice(0, -1).every((arg) => f.isEvaluable(arg));
  }
  const areTakenApart = a.type === b.type && (a.type === "array" || a.type === "object");
  return areTakenApart || f.isEvaluable(a) || f.isEvaluable(b);
}

function writeWithoutModifiers(f: FunctionWriter, expr: Expr): void {
  if (expr.negated) {
    writeAbsence(f, () => writePositive(f, expr));
    return;
  }
  writePositive(f, expr);
}

function writePositive(f: FunctionWriter, expr: Expr): void {
  switch (expr.type) {
    case "termExpr":
      writeTruth(f, writeValue(f, expr.term));
      return;
    case "callExpr":
      writeCall(f, expr);
      return;
    case "every":
      writeEvery(f, expr);
      return;
    case "not":
      writeAbsence(f, () => writeBody(f, expr.body, () => undefined));
      return;
    case "logical":
      writeLogical(f, expr);
      return;
    case "some":
    case "someIn":
      throw new Error(`"${expr.type}" was to be rewritten before code is written`);
  }
}

/** Gives up for what is false. Undefined was given up on before. */
function writeTruth(f: FunctionWriter, js: string): void {
  if (js !== "true") f.failIf(`${js} === false`);
}

/** Gives up if `write` finds a solution. */
function writeAbsence(f: FunctionWriter, write: () => void): void {
  const absent = f.fresh("n");
  f.js.line(`let ${absent} = true;`);
  f.block(false, (leave) => {
    write();
    f.js.line(`${absent} = false;`);
    f.js.line(leave);
  });
  f.require(absent);
}

/** Writes a body as a condition and returns the variable that tells whether it has a solution. */
function writePresence(f: FunctionWriter, body: Body): string {
  const present = f.fresh("n");
  f.js.line(`let ${present} = false;`);
  f.block(false, (leave) => {
    writeBody(f, body, () => {
      f.js.line(`${present} = true;`);
      f.js.line(leave);
    });
  });
  return present;
}

function writeLogical(f: FunctionWriter, { operator, left, right }: LogicalExpr): void {
  const first = writePresence(f, left);
  if (operator === "and") {
    f.require(first);
    f.require(writePresence(f, right));
    return;
  }
  const either = f.fresh("n");
  f.js.line(`let ${either} = ${first};`);
  f.nested({}, () => {
    f.js.open(`if (!${either}) {`);
    f.js.line(`${either} = ${writePresence(f, right)};`);
  });
  f.require(either);
}

/** The domain has been given a variable of its own. What is no collection, or has no value yet, has no members to speak of, and gives up. */
function writeEvery(f: FunctionWriter, { key, value, domain, body }: EveryExpr): void {
  const collection = writeValue(f, domain);
  const { js: keys, order } = keepInOrder(f, "keysOf", "unorderedKeysOf", collection);
  const values = f.keep(`R.valuesAt(${collection}, ${keys})`);
  f.failIf(`${values} === undefined`);
  const all = f.fresh("n");
  f.js.line(`let ${all} = true;`);
  f.block(false, (leave) => {
    const i = f.fresh("i");
    f.loop(`for (let ${i} = 0; ${i} < ${values}.length; ${i} += 1)`, order);
    if (key !== undefined) writeMatch(f, key, f.keep(`${keys} === undefined ? ${i} : ${keys}[${i}]`));
    writeMatch(f, value, f.keep(`${values}[${i}]`));
    const present = writePresence(f, body);
    f.js.line(`if (!${present}) { ${all} = false; ${leave} }`);
  });
  f.require(all);
}

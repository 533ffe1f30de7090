import type { CallExpr, CallTerm, RefTerm, Term } from "../syntax/ast.ts";
import type { Location } from "../syntax/location.ts";
import { formatTerm } from "../syntax/print-term.ts";
import { type InfixOperator, infixOf } from "../syntax/term-names.ts";
import { closingRow } from "./layout.ts";
import { writeTermList } from "./write-list.ts";
import { writeRef } from "./write-ref.ts";
import { writeTerm, writeTermInParens } from "./write-term.ts";
import type { Writer } from "./writer.ts";

/** A call as an expression: operators between their operands, the third of which is what the result must equal. */
export function writeCallExpr(w: Writer, { operator, args, location }: CallExpr): void {
  const infix = infixOf(operator);
  if (infix === undefined) {
    writePlainCall(w, operator, args);
    return;
  }
  if (infix.symbol === "in") {
    writeMembership(w, infix, operator, args, operator.location, false);
    return;
  }
  const [left, right, result, ...more] = args;
  if (left === undefined || right === undefined || more.length > 0) {
    reportArity(w, operator, location);
    writePlainCall(w, operator, args);
    return;
  }
  if (result !== undefined) {
    writeTerm(w, result);
    w.write(" = ");
  }
  writeTerm(w, left);
  w.write(` ${infix.symbol} `);
  writeTerm(w, right);
}

/** A call inside a term. */
export function writeCallTerm(w: Writer, { operator, args, location }: CallTerm, inParens: boolean): void {
  const infix = infixOf(operator);
  if (infix === undefined) {
    writePlainCall(w, operator, args);
    return;
  }
  if (infix.symbol === "in") {
    writeMembership(w, infix, operator, args, location, true);
    return;
  }
  const [left, right, ...more] = args;
  if (inParens) w.write("(");
  if (left === undefined || right === undefined || more.length > 0) {
    reportArity(w, operator, location);
    return;
  }
  writeTermInParens(w, left, true);
  w.write(` ${infix.symbol} `);
  writeTermInParens(w, right, true);
  if (inParens) w.write(")");
}

function writePlainCall(w: Writer, operator: RefTerm, args: readonly Term[]): void {
  writeRef(w, operator);
  w.write("(");
  try {
    const { location } = operator;
    const end = closingRow(location, "(", ")");
    writeTermList(w, args, location, end, { parenthesiseUnions: false });
  } finally {
    w.write(")");
  }
}

/** `x in xs`; `k, v in xs`, in parentheses where the comma would mean something else. */
function writeMembership(
  w: Writer,
  infix: InfixOperator,
  operator: RefTerm,
  args: readonly Term[],
  location: Location,
  inParens: boolean,
): void {
  if (args.length !== infix.arity) {
    reportArity(w, operator, location);
    return;
  }
  writeOperands(w, args, inParens);
}

/** The operands of a membership test with `in` before the last. */
export function writeOperands(w: Writer, operands: readonly Term[], inParens: boolean): void {
  const parens = inParens && operands.length > 2;
  if (parens) w.write("(");
  try {
    for (const [index, operand] of operands.entries()) {
      if (index > 0) w.write(index === operands.length - 1 ? " in " : ", ");
      writeTermInParens(w, operand, true);
    }
  } finally {
    if (parens) w.write(")");
  }
}

function reportArity(w: Writer, operator: RefTerm, location: Location): void {
  w.errors.push({ code: "rego_type_error", message: `${formatTerm(operator)}: arity mismatch`, location });
}

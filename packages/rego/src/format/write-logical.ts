import type { Body, Expr, LogicalExpr } from "../syntax/ast.ts";
import { type Location, endRow, textOf } from "../syntax/location.ts";
import { bindsLooser } from "../syntax/print-term.ts";
import { closingRow } from "./layout.ts";
import { writeInnerBody } from "./write-collection.ts";
import { isBraceLedExpr, isUnionExpr, swallowComment, writeExpr } from "./write-expr.ts";
import type { Writer } from "./writer.ts";

/** One operand of a chain of `and` or `or`. */
interface Operand {
  readonly body: Body;
  /** Whether it is in parentheses, as it would be read otherwise without. */
  readonly inParens: boolean;
  /** Where its brace is, of one in braces. */
  readonly brace: Location | undefined;
}

/** An operator and what stands right of it. */
interface Step {
  readonly operator: "and" | "or";
  readonly right: Operand;
  /** The row on which what stands left of it ends. */
  readonly row: number;
}

/** A chain, its operands on the lines on which they were. */
export function writeLogical(w: Writer, expr: LogicalExpr): void {
  const { first, steps } = flatten(expr);
  let indented = false;
  try {
    swallowComment(() => writeOperand(w, first));
    for (const { operator, right, row } of steps) {
      w.write(` ${operator}`);
      const start = right.brace ?? right.body[0]?.location;
      if (start !== undefined && start.row > row) {
        if (!indented) w.indent();
        indented = true;
        w.endLine();
        w.startLine();
      } else {
        w.write(" ");
      }
      swallowComment(() => writeOperand(w, right));
    }
  } finally {
    if (indented) w.dedent();
  }
}

function writeOperand(w: Writer, { body, inParens, brace }: Operand): void {
  const [first] = body;
  if (first === undefined) return;
  if (brace === undefined) {
    if (inParens) w.write("(");
    try {
      writeExpr(w, first);
    } finally {
      if (inParens) w.write(")");
    }
    return;
  }
  if (isUnionExpr(first)) w.parenExpr = first;
  w.write("{");
  swallowComment(() => writeInnerBody(w, "{", "}", body, brace, brace));
  if (body.at(-1)?.location.row === brace.row) w.write(" ");
  w.write("}");
}

/** Chains group to the left: what is left of an operator is part of the same chain unless it needs parentheses. */
function flatten(expr: LogicalExpr): { readonly first: Operand; readonly steps: readonly Step[] } {
  const { operator, left, right, explicitLeft, explicitRight, location } = expr;
  const rightOperand = operandOf(right, explicitRight, operator, true, location);
  const [inner, second] = left;
  if (!explicitLeft && second === undefined && inner?.type === "logical" && !needsParens(inner, operator, false)) {
    const { first, steps } = flatten(inner);
    return { first, steps: [...steps, { operator, right: rightOperand, row: lastRowOf(left) }] };
  }
  const first = operandOf(left, explicitLeft, operator, false, location);
  const closing = first.brace === undefined ? -1 : closingRow(first.brace, "{", "}");
  return { first, steps: [{ operator, right: rightOperand, row: closing > 0 ? closing : lastRowOf(left) }] };
}

/** The operand that a chain of logical operators starts with, unless it is in braces or parentheses. */
export function bareLeadOf(expr: LogicalExpr): Expr | undefined {
  const { first } = flatten(expr);
  return first.brace === undefined && !first.inParens ? first.body[0] : undefined;
}

function operandOf(body: Body, explicit: boolean, operator: "and" | "or", isRight: boolean, whole: Location): Operand {
  const [first, second] = body;
  if (explicit || first === undefined || second !== undefined) {
    return { body, inParens: false, brace: braceOf(body, whole) };
  }
  return { body, inParens: needsParens(first, operator, isRight), brace: undefined };
}

function needsParens(expr: Expr, operator: "and" | "or", isRight: boolean): boolean {
  if (expr.with.length > 0) return true;
  return expr.type === "logical" ? bindsLooser(expr, operator, isRight) : isBraceLedExpr(expr);
}

function lastRowOf(body: Body): number {
  const last = body.at(-1);
  if (last === undefined) return 0;
  const text = textOf(last.location).replace(/[ \t\r\n]+$/, "");
  return last.location.row + text.split("\n").length - 1;
}

/** The place of the brace before the first expression of a body. */
function braceOf([first]: Body, whole: Location): Location {
  if (first === undefined) return whole;
  const before = textOf({ ...whole, end: Math.min(first.location.offset, whole.end) });
  const at = before.lastIndexOf("{");
  if (at < 0) return whole;
  return { ...whole, row: endRow({ ...whole, end: whole.offset + at }), offset: whole.offset + at };
}

import type { Body, EveryExpr, Expr, NotExpr, SomeExpr, SomeInExpr, Term, With } from "../syntax/ast.ts";
import { textOf } from "../syntax/location.ts";
import { infixOf, isOperator } from "../syntax/term-names.ts";
import { writeCallExpr, writeOperands } from "./write-call.ts";
import { writeInnerBody } from "./write-collection.ts";
import { writeLogical } from "./write-logical.ts";
import { writeTerm } from "./write-term.ts";
import { type Writer, isCommentInTheWay } from "./writer.ts";

/** Expressions on lines of their own; blank lines between them stay. */
export function writeBody(w: Writer, body: Body): void {
  const [first] = body;
  if (first === undefined) return;
  w.insertComments(first.location.row);
  let lastRow = first.location.row;
  for (const [index, expr] of body.entries()) {
    if (index > 0 && expr.location.row > lastRow + 1) w.blankLine();
    w.startLine();
    swallowComment(() => writeExpr(w, expr));
    w.endLine();
    lastRow = expr.location.row + textOf(expr.location).split("\n").length - 1;
  }
}

/** What was written in the way of a comment stands as it was, so that writing can go on. */
export function swallowComment(write: () => void): void {
  try {
    write();
  } catch (error) {
    isCommentInTheWay(error);
  }
}

export function writeExpr(w: Writer, expr: Expr): void {
  const termsInParens = w.parenExpr === expr;
  if (termsInParens) w.parenExpr = undefined;
  w.insertComments(expr.location.row);
  w.ensureLine();

  // In v2 `not {x}` has a body.
  const negatedBrace = expr.negated && w.style.isV2 && isBraceLedExpr(expr);
  if (expr.negated) w.write("not ");
  const parens = Number(negatedBrace) + Number(termsInParens);
  w.write("(".repeat(parens));
  writeBare(w, expr);
  w.write(")".repeat(parens));
  if (expr.with.length > 0) writeWiths(w, expr);
}

function writeBare(w: Writer, expr: Expr): void {
  switch (expr.type) {
    case "termExpr":
      writeTerm(w, expr.term);
      break;
    case "callExpr":
      writeCallExpr(w, expr);
      break;
    case "some":
      writeSome(w, expr);
      break;
    case "someIn":
      writeSomeIn(w, expr);
      break;
    case "every":
      writeEvery(w, expr);
      break;
    case "not":
      writeNot(w, expr);
      break;
    case "logical":
      writeLogical(w, expr);
      break;
  }
}

/** Those on the line on which the expression ends stay there, the others go on lines of their own, one level deeper. */
function writeWiths(w: Writer, expr: Expr): void {
  const [first, ...others] = expr.with;
  if (first === undefined) return;
  let lastRow = rowOfEnd(expr, first);
  let rest: readonly With[] = expr.with;
  if (first.location.row === lastRow) {
    writeWith(w, first, false);
    lastRow = first.location.row;
    rest = others;
  }
  let indented = false;
  try {
    for (const each of rest) {
      const onItsOwn = each.location.row > lastRow;
      if (onItsOwn) {
        if (!indented) w.indent();
        indented = true;
        w.endLine();
        w.startLine();
        lastRow = each.location.row;
      }
      writeWith(w, each, onItsOwn);
    }
  } finally {
    if (indented) w.dedent();
  }
}

/** The row on which an expression ends, its `with`s left out. */
function rowOfEnd({ location }: Expr, first: With): number {
  const end = first.location.offset > location.offset ? Math.min(first.location.offset, location.end) : location.end;
  const text = textOf({ ...location, end }).replace(/[ \t\r\n]+$/, "");
  return location.row + text.split("\n").length - 1;
}

function writeWith(w: Writer, { target, value, location }: With, startsLine: boolean): void {
  w.insertComments(location.row);
  w.write(startsLine ? "with " : " with ");
  writeTerm(w, target);
  w.write(" as ");
  swallowComment(() => writeTerm(w, value));
}

function writeSome(w: Writer, { vars, location }: SomeExpr): void {
  w.insertComments(location.row);
  w.write("some ");
  let { row } = location;
  for (const [index, each] of vars.entries()) {
    if (each.location.row > row) {
      w.endLine();
      w.startLine();
      w.write("\t");
      ({ row } = each.location);
    } else if (index > 0) {
      w.write(" ");
    }
    writeTerm(w, each);
    if (index < vars.length - 1) w.write(",");
  }
}

function writeSomeIn(w: Writer, { key, value, domain, location }: SomeInExpr): void {
  w.insertComments(location.row);
  w.write("some ");
  writeOperands(w, key === undefined ? [value, domain] : [key, value, domain], false);
}

function writeEvery(w: Writer, { key, value, domain, body, location }: EveryExpr): void {
  w.insertComments(location.row);
  w.write("every ");
  if (key !== undefined) {
    writeTerm(w, key);
    w.write(", ");
  }
  writeTerm(w, value);
  w.write(" in ");
  writeTerm(w, domain);
  w.write(" {");
  swallowComment(() => writeInnerBody(w, "{", "}", body, location, location));
  if (body.length === 1 && body[0]?.location.row === location.row) w.write(" ");
  w.write("}");
}

function writeNot(w: Writer, { body, explicitBody, location }: NotExpr): void {
  w.insertComments(location.row);
  w.write("not ");
  const [first] = body;
  if (first === undefined) return;
  if (!explicitBody && body.length === 1) {
    const parens = needsParensAfterNot(first);
    if (parens) w.write("(");
    swallowComment(() => writeExpr(w, first));
    if (parens) w.write(")");
    return;
  }
  if (isUnionExpr(first)) w.parenExpr = first;
  w.write("{");
  swallowComment(() => writeInnerBody(w, "{", "}", body, location, location));
  if (body.at(-1)?.location.row === location.row) w.write(" ");
  w.write("}");
}

/** Whether the operand of `not` would otherwise be read as something else. */
function needsParensAfterNot(expr: Expr): boolean {
  return expr.with.length > 0 || expr.type === "logical" || expr.type === "not" || isBraceLedExpr(expr);
}

/** Whether an expression is `x | y`, which in braces is a comprehension. */
export function isUnionExpr(expr: Expr): boolean {
  return expr.type === "callExpr" && expr.args.length === 2 && isOperator(expr.operator, "or");
}

/** Whether what is written of an expression starts with a brace, which would open a body where an operand stands. */
export function isBraceLedExpr(expr: Expr): boolean {
  if (expr.type === "termExpr") return isBraceLed(expr.term);
  const lead = expr.type === "callExpr" ? leadOf(expr) : undefined;
  return lead !== undefined && isBraceLed(lead);
}

/** The operand that comes first when an operator is written: what the result must equal, if that is given. */
export function leadOf({ operator, args }: Extract<Expr, { type: "callExpr" }>): Term | undefined {
  const infix = infixOf(operator);
  if (infix === undefined) return undefined;
  if (args.length === infix.arity) return args[0];
  return args.length === infix.arity + 1 ? args.at(-1) : undefined;
}

function isBraceLed(term: Term): boolean {
  switch (term.type) {
    case "set":
      return term.items.length > 0;
    case "object":
    case "setComprehension":
    case "objectComprehension":
      return true;
    case "ref":
      return isBraceLed(term.head);
    case "call": {
      const [first] = term.args;
      return first !== undefined && infixOf(term.operator)?.arity === term.args.length && isBraceLed(first);
    }
    default:
      return false;
  }
}

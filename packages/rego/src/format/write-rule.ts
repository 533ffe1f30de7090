import type { Body, Expr, Head, Rule, Term } from "../syntax/ast.ts";
import { type Location, endRow, textOf } from "../syntax/location.ts";
import { formatTerm } from "../syntax/print-term.ts";
import { infixOf } from "../syntax/term-names.ts";
import { closingRow } from "./layout.ts";
import { isUnionExpr, leadOf, swallowComment, writeBody, writeExpr } from "./write-expr.ts";
import { isUnion, writeTermList } from "./write-list.ts";
import { bareLeadOf } from "./write-logical.ts";
import { writeRef } from "./write-ref.ts";
import { writeTerm, writeUnformatted } from "./write-term.ts";
import { CommentInTheWay, type Writer } from "./writer.ts";

/** Rules with a blank line after each, but for those of one line that were together. Those of `verbatim`, at their places, stay as they are. */
export function writeRules(w: Writer, rules: readonly Rule[], verbatim: ReadonlyMap<Rule, Location>): void {
  for (const [index, rule] of rules.entries()) {
    swallowComment(() => w.insertComments(rule.location.row));
    const { disturbances } = w;
    const extent = verbatim.get(rule);
    if (extent !== undefined) writeVerbatim(w, extent);
    else swallowComment(() => writeRule(w, rule, false));
    if (w.disturbances > disturbances) w.disturbed.add(rule);
    const next = rules[index + 1];
    const adjoins = next !== undefined && next.location.row === rule.location.row + 1;
    if (!(adjoins && isOneLiner(w, rule) && isOneLiner(w, next))) w.blankLine();
  }
}

/** A rule as it was written. */
function writeVerbatim(w: Writer, extent: Location): void {
  const last = endRow(extent);
  w.startLine();
  w.write(textOf(extent));
  w.dropCommentBetween(extent.row, last - 1);
  w.comments = w.comments.filter(({ location: { row } }) => row >= last);
  w.insertComments(last);
}

/** Whether a rule stands on one line, so that it may be right above another. */
function isOneLiner(w: Writer, rule: Rule): boolean {
  const [first, second] = rule.body;
  if (second !== undefined || rule.default || rule.else !== undefined) return false;
  if (first !== undefined && isSetExpr(first)) return false;
  return w.style.ifs && usesKeywords(w, rule);
}

/** Whether the rule can be written with `if`: a partial set can only with `contains`. */
function usesKeywords(w: Writer, { head }: Rule): boolean {
  return w.style.contains || head.value !== undefined;
}

function isSetExpr(expr: Expr): boolean {
  return expr.type === "termExpr" && !expr.negated && expr.term.type === "set";
}

function writeRule(w: Writer, rule: Rule, isElse: boolean): void {
  if (!isElse) w.startLine();
  if (rule.default) w.write("default ");
  // `p := 1` has a body that nobody wrote.
  const isConstant = isTrueBody(rule.body) && rule.else === undefined;
  w.commentOnLastLine = isConstant;
  let disturbed = false;
  try {
    writeHead(w, rule.head, { isElse, isDefault: rule.default, isConstant });
  } catch (error) {
    if (!(error instanceof CommentInTheWay)) throw error;
    disturbed = true;
  }
  if (isConstant) {
    w.endLine();
    return;
  }
  w.commentOnLastLine = true;
  const usesIf = w.style.ifs && usesKeywords(w, rule);
  if (usesIf) {
    w.write(" if");
    const [only, second] = rule.body;
    if (
      only !== undefined &&
      second === undefined &&
      only.location.row === endRow(rule.head.location) &&
      !isSetExpr(only)
    ) {
      w.write(" ");
      swallowComment(() => writeExpr(w, only));
      w.endLine();
      writeElse(w, rule);
      return;
    }
  }
  if (disturbed && w.comments.length > 0) {
    w.write(" { ");
  } else {
    w.write(" {");
    w.endLine();
  }
  // After `if` a union in braces would be a comprehension; after `else` braces are always a body.
  if (usesIf && !isElse) markLeadingUnion(w, rule.body[0]);
  w.indent();
  swallowComment(() => writeBody(w, rule.body));
  w.insertComments(closingRow(rule.location, "{", "}", isElse ? undefined : bracketsOf(rule.head)));
  w.dedent();
  w.startLine();
  w.write("}");
  writeElse(w, rule);
}

function isTrueBody([first, second]: Body): boolean {
  return (
    first?.type === "termExpr" &&
    second === undefined &&
    first.term.type === "boolean" &&
    first.term.value &&
    !first.negated &&
    first.with.length === 0
  );
}

/** The brackets in a head, in which there may be braces that are not those of the body. */
function bracketsOf({ args, key }: Head): readonly [string, string] | undefined {
  if (args.length > 0) return ["(", ")"];
  return key === undefined ? undefined : ["[", "]"];
}

function writeElse(w: Writer, { else: next, location }: Rule): void {
  if (next === undefined) return;
  // After other text on a line `else` goes on there, else it starts a paragraph.
  const lines = textOf(location).split("\n");
  const row = next.location.row - location.row;
  const line = row > 0 ? lines[row] : undefined;
  const wasInline = line !== undefined && !line.trimStart().startsWith("else");
  const [comment] = w.comments;
  const hasCommentAbove =
    (comment !== undefined && comment.location.row < next.head.location.row) || w.hasCommentAtLineEnd;
  if (!hasCommentAbove && wasInline) {
    w.write(" ");
  } else {
    w.blankLine();
    w.startLine();
  }
  w.insertComments(next.head.location.row);
  if (hasCommentAbove && !wasInline) w.startLine();
  writeRule(w, next, true);
}

interface HeadContext {
  readonly isElse: boolean;
  readonly isDefault: boolean;
  readonly isConstant: boolean;
}

function writeHead(w: Writer, head: Head, context: HeadContext): void {
  const { ref, args, location } = head;
  const [part] = ref.path;
  if (context.isElse) {
    w.insertComments(location.row);
    w.ensureLine();
    w.write("else");
    w.ensureLine();
  } else if (w.style.refHeads || part === undefined) {
    writeRef(w, ref);
  } else {
    // An object as a key with comments in it stays as it is.
    if (part.location.row === w.comments[0]?.location.row) {
      writeUnformatted(w, location);
      return;
    }
    w.write(`${formatTerm(ref.head)}[${formatTerm(part)}]`);
  }
  if (args.length > 0 && !context.isElse) {
    w.write("(");
    try {
      writeTermList(w, args, location, closingRow(location, "(", ")"), { parenthesiseUnions: false });
    } finally {
      w.write(")");
    }
  }
  if (head.key !== undefined && head.value === undefined) {
    w.write(w.style.contains ? " contains " : "[");
    writeTerm(w, head.key);
    if (!w.style.contains) w.write("]");
  }
  writeHeadValue(w, head, context);
}

/** The value, unless it is a `true` that goes without saying. */
function writeHeadValue(w: Writer, { args, key, value, assign, location }: Head, context: HeadContext): void {
  const { isElse, isDefault, isConstant } = context;
  if (value === undefined) return;
  const isTrue = value.type === "boolean" && value.value;
  if (key === undefined && isTrue && !isConstant && !isDefault) return;
  // In v1 `a.b.c` alone would be another thing than `a.b.c := true`.
  const isConstantRef = w.style.isV1 && isConstant && key === undefined && (isElse || args.length === 0);
  if (value.location === location && !isElse && isTrue && !isConstantRef) return;
  w.write(assign || w.style.isV1 ? " := " : " = ");
  if (isElse) writeElseValue(w, value, location);
  else writeTerm(w, value);
}

/** A value after `else` is laid out as if it stood where the `else` does. */
function writeElseValue(w: Writer, value: Term, location: Location): void {
  const checkpoint = w.checkpoint();
  try {
    writeTerm(w, { ...value, location });
  } catch (error) {
    if (!(error instanceof CommentInTheWay)) throw error;
    w.reset(checkpoint);
    writeUnformatted(w, value.location);
    throw error;
  }
}

/** Has a union in parentheses with which the text of an expression would start. */
function markLeadingUnion(w: Writer, expr: Expr | undefined): void {
  if (expr === undefined || expr.negated) return;
  if (expr.type === "logical") {
    markLeadingUnion(w, bareLeadOf(expr));
  } else if (isUnionExpr(expr)) {
    w.parenExpr = expr;
  } else if (expr.type === "callExpr" && infixOf(expr.operator) !== undefined) {
    const lead = leadOf(expr);
    if (lead !== undefined && isUnion(lead)) w.parenTerm = lead;
  }
}

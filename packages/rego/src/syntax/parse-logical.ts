import type { Body, Expr, Term } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import type { Location } from "./location.ts";
import { textOf } from "./location.ts";
import { parseInfix } from "./parse-infix.ts";
import { type Draft, isCallTo, isNegation, parseBody, parseExpression, parseWiths, plain } from "./parse-literal.ts";
import { parseTerm } from "./parse-term.ts";
import { dottedName, infixOf, valueName } from "./term-names.ts";
import { KIND_NAMES, Kind } from "./token.ts";

// `and`, `or` and `not` over whole bodies. Braces are a body wherever an operand stands, parentheses group, and `and` binds
// tighter than `or`.

/** One side of `and` or `or`. */
export interface Operand {
  readonly body: Body;
  /** Whether it was written in braces. */
  readonly explicit: boolean;
  readonly location: Location;
}

const BRACE = 123;
const PAREN = 40;

/** `{ body } and ...` at the start of an expression. Undefined where the braces turn out not to be an operand. */
export function parseBracedOperand(p: Cursor): Draft<Expr> | "failed" | undefined {
  const mark = p.mark();
  const begin = p.here();
  p.advance();
  const body = parseBody(p, Kind.rightBrace);
  if (body !== undefined) {
    p.advance();
    if (p.kind === Kind.and || p.kind === Kind.or) {
      if (isAmbiguousUnion(body)) {
        ambiguousUnion(p, begin, body, "");
        return "failed";
      }
      return continueLogical(p, { body, explicit: true, location: begin }) ?? "failed";
    }
  }
  p.reset(mark);
  return undefined;
}

/** What follows an operand: more operands, then `with`. */
export function foldLogicalTail(p: Cursor, operand: Operand): Draft<Expr> | undefined {
  if (p.kind === Kind.and || p.kind === Kind.or) return continueLogical(p, operand);
  const [first] = operand.body;
  return first && attachWith(p, { ...first });
}

function attachWith(p: Cursor, expr: Draft<Expr>): Draft<Expr> | undefined {
  if (p.kind === Kind.with) {
    const withs = parseWiths(p);
    if (withs === undefined) return undefined;
    expr.with = withs;
  }
  return expr;
}

/** The chain of operators that an operand starts, with the `with` that applies to all of it. */
export function continueLogical(p: Cursor, first: Operand): Draft<Expr> | undefined {
  const chain = parseOrChain(p, first);
  return chain && attachWith(p, chain);
}

function parseOrChain(p: Cursor, first: Operand): Draft<Expr> | undefined {
  return parseChain(p, first, Kind.or);
}

/** Operators of one kind, and inside a chain of `or` those of `and`, all to the left. */
function parseChain(p: Cursor, first: Operand, kind: Kind): Draft<Expr> | undefined {
  const operator = kind === Kind.and ? "and" : "or";
  let left: Operand | undefined = first;
  let depth = 0;
  if (kind === Kind.or && p.kind === Kind.and) left = operandOf(parseChain(p, first, Kind.and));
  while (left !== undefined && p.kind === kind) {
    if (!p.enter()) {
      left = undefined;
      break;
    }
    depth += 1;
    p.advance();
    let right: Operand | undefined = parseOperand(p, operator);
    if (right !== undefined && kind === Kind.or && p.kind === Kind.and)
      right = operandOf(parseChain(p, right, Kind.and));
    if (right === undefined) {
      left = undefined;
      break;
    }
    checkVoidOperands(p, [left, right], operator);
    left = operandOf({
      type: "logical",
      operator,
      left: left.body,
      right: right.body,
      explicitLeft: left.explicit,
      explicitRight: right.explicit,
      ...plain({ ...left.location, end: p.lastEnd }),
    });
  }
  p.leave(depth);
  const [expr] = left?.body ?? [];
  return expr && { ...expr };
}

function operandOf(expr: Expr | undefined): Operand | undefined {
  return expr && { body: [expr], explicit: false, location: expr.location };
}

/** One operand. `operator` is undefined where the parse is only an attempt. */
function parseOperand(p: Cursor, operator: "and" | "or" | undefined): Operand | undefined {
  if (p.kind === Kind.leftBrace) return parseBraces(p, operator);
  const not = isNegation(p) ? p.here() : undefined;
  if (not !== undefined) {
    p.advance();
    if (p.notBodies && p.kind === Kind.leftBrace) return operandOf(parseNotBody(p, not));
  }
  const logical = p.hasKeyword(Kind.and) || p.hasKeyword(Kind.or);
  if (p.kind === Kind.leftParen && logical && (not === undefined || p.notBodies)) {
    const group = parseLogicalGroup(p, true, not === undefined ? "" : "not ");
    if (group === "failed") return undefined;
    if (group !== undefined) {
      if (not === undefined) return group;
      const location = { ...not, end: p.lastEnd };
      return operandOf({ type: "not", body: group.body, explicitBody: group.explicit, ...plain(location) });
    }
  }
  const index = p.index;
  const expr = parseExpression(p);
  if (expr === undefined) return undefined;
  expr.location = p.since(index);
  if (not === undefined) return operandOf(expr);
  if (p.notBodies) {
    return operandOf({ type: "not", body: [expr], explicitBody: false, ...plain({ ...not, end: p.lastEnd }) });
  }
  expr.negated = true;
  return operandOf(expr);
}

function parseBraces(p: Cursor, operator: "and" | "or" | undefined): Operand | undefined {
  const begin = p.here();
  const body = parseOperandBody(p, (term, text) => {
    if (operator !== undefined && term !== undefined) braceLedOperand(p, begin, text, operator);
    return operator !== undefined;
  });
  if (body === undefined) return undefined;
  // The error is dropped with the attempt, should this be one.
  if (isAmbiguousUnion(body)) ambiguousUnion(p, begin, body, "");
  return { body, explicit: true, location: begin };
}

/**
 * `{ body }` as an operand. Where it is none but holds a value, `onValue` is told of it and its text and reports it; it says
 * whether it wants to know.
 */
function parseOperandBody(p: Cursor, onValue: (term: Term | undefined, text: string) => boolean): Body | undefined {
  const mark = p.mark();
  const { start } = p;
  p.advance();
  const isEmpty = p.kind === Kind.rightBrace;
  const body = parseBody(p, Kind.rightBrace);
  if (body !== undefined) {
    p.advance();
    return body;
  }
  if (isEmpty || !onValue(undefined, "")) return undefined;
  const failed = p.mark();
  const errors = p.errors.slice(mark.errors);
  p.reset(mark);
  const term = parseInfix(p);
  if (term !== undefined) {
    onValue(term, p.source.text.slice(start, p.lastEnd));
    return undefined;
  }
  p.reset(mark);
  p.errors.push(...errors);
  p.reset(failed);
  return undefined;
}

/** `not { body }` from its brace. */
export function parseNotBody(p: Cursor, not: Location): Expr | undefined {
  const begin = p.here();
  const body = parseOperandBody(p, (term, text) => {
    if (term !== undefined) {
      p.hint(`write \`not (${text})\` to negate the value, or \`not {${text}}\` for a body holding it`);
      p.error(begin, `\`{...}\` in an operand position must contain expression(s), got: ${valueName(leadOf(term))}`);
    }
    return true;
  });
  if (body === undefined) return undefined;
  if (isAmbiguousUnion(body)) {
    ambiguousUnion(p, begin, body, "not ");
    return undefined;
  }
  return { type: "not", body, explicitBody: true, ...plain({ ...not, end: p.lastEnd }) };
}

/**
 * Parentheses around `and`, `or` and `not`. Undefined, with nothing done, where they hold a plain term. `isOperand` says that
 * an operand must stand here, `prefix` how messages are to write what comes before.
 */
export function parseLogicalGroup(p: Cursor, isOperand: boolean, prefix: string): Operand | "failed" | undefined {
  if (!p.enter()) return "failed";
  const group = parseGroupInside(p, isOperand, prefix);
  p.leave();
  return group;
}

function parseGroupInside(p: Cursor, isOperand: boolean, prefix: string): Operand | "failed" | undefined {
  const mark = p.mark();
  const open = p.here();
  p.advance();
  if (p.kind === Kind.rightParen) {
    if (isOperand) {
      p.error(open, "empty parenthesized group");
      return "failed";
    }
    p.reset(mark);
    return undefined;
  }
  const operand = parseOperand(p, undefined);
  if (operand === undefined) {
    p.reset(mark);
    return undefined;
  }
  if (p.kind === Kind.and || p.kind === Kind.or) {
    const expr = continueLogical(p, operand);
    return expr !== undefined && closeGroup(p) ? groupOf(p, [expr], open) : "failed";
  }
  const [first] = operand.body;
  if (p.kind === Kind.with && !operand.explicit && first !== undefined && operand.body.length === 1) {
    return parseGroupWith(p, { ...first }, open, isOperand, () => p.reset(mark));
  }
  if (operand.explicit) {
    const braces = p.source.text.slice(operand.location.offset, p.lastEnd);
    p.reset(mark);
    p.advance();
    const term = parseTerm(p);
    p.reset(mark);
    if (term !== undefined) return undefined;
    p.hint(`drop the parens to keep the body: \`${prefix}${braces}\``);
    p.error(open, "`(...)` in an operand position cannot contain a body");
    return "failed";
  }
  if (first?.type === "logical" || first?.type === "not" || first?.negated === true) {
    return closeGroup(p) ? groupOf(p, operand.body, open) : "failed";
  }
  p.reset(mark);
  return undefined;
}

/** `(x with y as z)` */
function parseGroupWith(
  p: Cursor,
  expr: Draft<Expr>,
  open: Location,
  isOperand: boolean,
  giveUp: () => void,
): Operand | "failed" | undefined {
  const withLocation = p.here();
  const complete = attachWith(p, expr);
  if (complete === undefined) return "failed";
  if (p.kind === Kind.and || p.kind === Kind.or) {
    withOnOperand(p, withLocation);
    return "failed";
  }
  if (!closeGroup(p)) return "failed";
  if (isOperand || p.kind === Kind.and || p.kind === Kind.or) return groupOf(p, [complete], open);
  giveUp();
  return undefined;
}

function closeGroup(p: Cursor): boolean {
  if (p.kind !== Kind.rightParen) {
    p.error(p.here(), "expected ) to close parenthesized group");
    return false;
  }
  p.advance();
  return true;
}

function groupOf(p: Cursor, body: Body, open: Location): Operand {
  return { body, explicit: false, location: { ...open, end: p.lastEnd } };
}

// What must not be an operand

/** Reports an expression before `and` or `or` that must not stand there. Whether it was one. */
export function rejectOperand(p: Cursor, expr: Expr, withLocation: Location | undefined, isNegated: boolean): boolean {
  if (withLocation !== undefined) {
    withOnOperand(p, withLocation);
    return true;
  }
  const { location } = expr;
  if (isNegated || location.source.text.charCodeAt(location.offset) !== BRACE) return false;
  if (expr.type === "termExpr" && expr.term.type === "object" && expr.term.entries.length === 0) {
    p.error(location, "found empty body");
  } else {
    braceLedOperand(p, location, textOf(location), KIND_NAMES[p.kind] ?? "");
  }
  return true;
}

function withOnOperand(p: Cursor, location: Location): void {
  const operator = KIND_NAMES[p.kind] ?? "";
  p.hint(
    `Wrap the operand in \`(...)\` or \`{...}\` to scope, or move \`with\` after the \`${operator}\` expression to apply it to the whole expression`,
  );
  p.error(location, `\`with\` modifier is not allowed on operand of \`${operator}\``);
}

function braceLedOperand(p: Cursor, location: Location, operand: string, operator: string): void {
  p.hint(`wrap the operand to keep the value: \`(${operand}) ${operator} ...\``);
  p.error(location, `operand of \`${operator}\` cannot begin with \`{\` unless the braces hold a body`);
}

/** The value that the brace at the start of a term opens. */
function leadOf(term: Term): Term {
  if (term.type !== "call") return term;
  const [first] = term.args;
  return first !== undefined && infixOf(term.operator)?.arity === term.args.length ? leadOf(first) : term;
}

/** Whether the braces of a body could as well be those of a comprehension: `{ x | y }`. */
function isAmbiguousUnion([first]: Body): boolean {
  if (first?.type !== "callExpr" || !isCallTo(first, "or")) return false;
  // The call form, `or(x, y)`, and parentheses leave no doubt.
  const { operator, location } = first;
  if (textOf(operator.location) !== "|") return false;
  return location.source.text.charCodeAt(location.offset) !== PAREN;
}

function ambiguousUnion(p: Cursor, begin: Location, [first]: Body, prefix: string): void {
  const braces = p.source.text.slice(begin.offset, p.lastEnd);
  let union = braces;
  if (first !== undefined) {
    const { offset, end } = first.location;
    const text = p.source.text;
    union = `${text.slice(begin.offset, offset)}(${text.slice(offset, end)})${text.slice(end, p.lastEnd)}`;
  }
  p.hint(`write \`${prefix}(${braces})\` for the comprehension, or \`${prefix}${union}\` for the set union`);
  p.error(
    begin,
    "ambiguous `{ ... | ... }` operand: read as a body holding a set-union expression, not as a comprehension",
  );
}

/** The builtins that give no value and always succeed. */
const VOID_BUILTINS: ReadonlySet<string> = new Set(["print", "internal.print", "internal.test_case"]);

function checkVoidOperands(p: Cursor, operands: readonly Operand[], operator: "and" | "or"): void {
  for (const { body } of operands) {
    const names = body.map((expr) =>
      expr.type === "callExpr" && !expr.negated ? dottedName(expr.operator) : undefined,
    );
    const [name] = names;
    const [first] = body;
    if (name === undefined || first === undefined) continue;
    if (!names.every((each) => each !== undefined && VOID_BUILTINS.has(each))) continue;
    p.hint(
      `\`${name}\` produces no value and always succeeds, so the operand can never fail; move it out of the operand, or add an expression that can fail`,
    );
    p.error(first.location, `operand of \`${operator}\` cannot consist only of calls to \`${name}\``);
  }
}

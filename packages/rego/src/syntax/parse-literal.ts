import type { Body, EveryExpr, Expr, SomeExpr, SomeInExpr, Term, VarTerm, With } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { hintAtEvery, hintAtInfixKeyword, hintAtSomeIn } from "./future-hints.ts";
import type { Location } from "./location.ts";
import { operatorRef, parseInfix } from "./parse-infix.ts";
import {
  continueLogical,
  foldLogicalTail,
  parseBracedOperand,
  parseLogicalGroup,
  parseNotBody,
  rejectOperand,
} from "./parse-logical.ts";
import { parseTerm, parseVar } from "./parse-term.ts";
import { isOperator, dottedName } from "./term-names.ts";
import { KIND_NAMES, Kind } from "./token.ts";

/** A node while it is being made. */
export type Draft<T> = T extends object ? { -readonly [Key in keyof T]: T[Key] } : never;

/** Expressions up to the token that ends them, on which it stays. */
export function parseBody(p: Cursor, end: Kind): Body | undefined {
  if (!p.enter()) return undefined;
  const body = parseExpressions(p, end, false);
  p.leave();
  return body;
}

/** Expressions with `;` or line ends between them; a query at the top may do with less and stops after any. */
export function parseExpressions(p: Cursor, end: Kind, stopsAnywhere: boolean): Body | undefined {
  if (p.kind === end) {
    p.error(p.here(), "found empty body");
    return undefined;
  }
  const body: Expr[] = [];
  for (;;) {
    const expr = parseLiteral(p);
    if (expr === undefined) return undefined;
    body.push(expr);
    if (p.kind === Kind.semicolon) {
      p.advance();
      continue;
    }
    if (p.kind === end || stopsAnywhere) return body;
    if (!p.lineBefore) {
      if (p.errors.length === 0) {
        hintAtInfixKeyword(p);
        p.unexpected(`expected \\n or ; or ${KIND_NAMES[end] ?? ""}`);
      }
      return undefined;
    }
  }
}

/** One expression of a body, with its `with`s. */
export function parseLiteral(p: Cursor): Expr | undefined {
  const index = p.index;
  const expr: Draft<Expr> | undefined = parseUnlocated(p);
  if (expr === undefined) return undefined;
  const location = p.since(index);
  expr.location = location;
  if (expr.type === "not" && !expr.explicitBody) expr.body = expr.body.map((inner) => ({ ...inner, location }));
  return expr;
}

function parseUnlocated(p: Cursor): Draft<Expr> | undefined {
  const logical = p.hasKeyword(Kind.and) || p.hasKeyword(Kind.or);
  if (logical && p.kind === Kind.leftBrace) {
    const operand = parseBracedOperand(p);
    if (operand !== undefined) return operand === "failed" ? undefined : operand;
  }
  if (logical && p.kind === Kind.leftParen) {
    const group = parseLogicalGroup(p, false, "");
    if (group === "failed") return undefined;
    if (group !== undefined) return foldLogicalTail(p, group);
  }

  if (p.takeReferableKeyword()) return parsePlain(p, undefined);

  const not = isNegation(p) ? p.here() : undefined;
  if (not !== undefined) {
    p.advance();
    if (p.notBodies && p.kind === Kind.leftBrace) {
      const expr = parseNotBody(p, not);
      return expr && foldLogicalTail(p, { body: [expr], explicit: false, location: expr.location });
    }
  }
  if (p.kind === Kind.some || p.kind === Kind.every) {
    if (not !== undefined) {
      p.unexpected(`illegal negation of '${KIND_NAMES[p.kind] ?? ""}'`);
      return undefined;
    }
    return p.kind === Kind.some ? parseSome(p) : parseEvery(p);
  }
  return parsePlain(p, not);
}

/** Whether `not` stands here and negates, rather than being the name of something. */
export function isNegation(p: Cursor): boolean {
  if (p.kind !== Kind.not) return false;
  const next = p.peekAdjacent();
  return next !== Kind.dot && next !== Kind.leftBracket;
}

/** A term, a call or an operator, after the `not` at a place if there was one. */
function parsePlain(p: Cursor, not: Location | undefined): Draft<Expr> | undefined {
  const begin = p.mark();
  if (not !== undefined && p.notBodies && p.kind === Kind.leftParen) {
    const group = parseLogicalGroup(p, true, "not ");
    if (group === "failed") return undefined;
    if (group !== undefined) {
      const location = { ...not, end: p.lastEnd };
      const expr: Expr = {
        type: "not",
        body: group.body,
        explicitBody: group.explicit,
        ...plain(location),
      };
      return foldLogicalTail(p, { body: [expr], explicit: false, location });
    }
  }

  let expr: Draft<Expr> | undefined = parseExpression(p);
  if (expr === undefined) return undefined;
  const withLocation = p.kind === Kind.with ? p.here() : undefined;
  const withs = withLocation === undefined ? [] : parseWiths(p);
  if (withs === undefined) return undefined;

  if (p.hintsAtFuture && expr.type === "termExpr" && expr.term.type === "var" && expr.term.name === "every") {
    hintAtEvery(p, begin);
  }
  if (not !== undefined && p.notBodies) {
    const location = { ...not, end: p.lastEnd };
    expr.location = location;
    expr = { type: "not", body: [expr], explicitBody: false, ...plain(location) };
  } else if (not !== undefined) {
    expr.negated = true;
  }
  expr.with = withs;
  if (p.kind !== Kind.and && p.kind !== Kind.or) return expr;

  if (not === undefined) expr.location = p.since(begin.index);
  if (rejectOperand(p, expr, withLocation, not !== undefined)) return undefined;
  return continueLogical(p, { body: [expr], explicit: false, location: expr.location });
}

/** What every expression starts with. */
export function plain(location: Location): Pick<Expr, "with" | "negated" | "generated" | "location"> {
  return { with: [], negated: false, generated: false, location };
}

/** A term, a call, `x = y` or `x := y`. */
export function parseExpression(p: Cursor): Draft<Expr> | undefined {
  const index = p.index;
  const left = parseInfix(p);
  if (left === undefined) return undefined;
  if (p.kind === Kind.unify || p.kind === Kind.assign) {
    const operator = operatorRef(p);
    p.advance();
    const right = parseInfix(p);
    return right && { type: "callExpr", operator, args: [left, right], ...plain(p.since(index)) };
  }
  const rest = plain(p.since(index));
  return left.type === "call"
    ? { type: "callExpr", operator: left.operator, args: left.args, ...rest }
    : { type: "termExpr", term: left, ...rest };
}

/** `with x as y with ...` from the first `with`. */
export function parseWiths(p: Cursor): With[] | undefined {
  const withs: With[] = [];
  do {
    const index = p.index;
    p.advance();
    if (p.kind !== Kind.identifier) {
      p.unexpected("expected ident");
      return undefined;
    }
    const target = parseTerm(p);
    if (target === undefined) return undefined;
    const isTarget = target.type === "ref" || target.type === "var";
    if (!isTarget) p.unexpected("expected with target path");
    if (p.kind !== Kind.as) {
      p.unexpected("expected as keyword");
      return undefined;
    }
    p.advance();
    const value = parseInfix(p);
    if (value === undefined) return undefined;
    if (isTarget) withs.push({ type: "with", target, value, location: p.since(index) });
  } while (p.kind === Kind.with);
  return withs;
}

/** `k, v in xs`, which the parser of operators has read as a call. */
function membershipOf(term: Term): { key: Term | undefined; value: Term; domain: Term } | "wrong" | undefined {
  if (term.type !== "call") return undefined;
  const [first, second, third] = term.args;
  switch (dottedName(term.operator)) {
    case "internal.member_2":
      return first === undefined || second === undefined || third !== undefined
        ? "wrong"
        : { key: undefined, value: first, domain: second };
    case "internal.member_3":
      return first === undefined || second === undefined || third === undefined || term.args.length > 3
        ? "wrong"
        : { key: first, value: second, domain: third };
    default:
      return undefined;
  }
}

function parseSome(p: Cursor): Draft<SomeExpr | SomeInExpr> | undefined {
  const location = p.here();
  const mark = p.mark();
  p.advance();
  const term = parseInfix(p);
  if (term?.type === "call") {
    const membership = membershipOf(term);
    if (membership === undefined || membership === "wrong") {
      p.unexpected(membership === "wrong" ? "illegal domain" : "expected `x in xs` or `x, y in xs` expression");
      return undefined;
    }
    const withs = p.kind === Kind.with ? parseWiths(p) : [];
    return withs && { type: "someIn", ...membership, ...plain(location), with: withs };
  }
  p.reset(mark);
  if (p.hintsAtFuture) hintAtSomeIn(p);

  const vars: VarTerm[] = [];
  do {
    p.advance();
    if (p.kind !== Kind.identifier) {
      p.unexpected("expected var");
      return undefined;
    }
    vars.push(parseVar(p));
    p.advance();
  } while (p.kind === Kind.comma);
  return { type: "some", vars, ...plain(location) };
}

export function parseEvery(p: Cursor): Draft<EveryExpr> | undefined {
  const location = p.here();
  p.advance();
  const term = parseInfix(p);
  if (term === undefined) return undefined;
  const membership = membershipOf(term);
  if (membership === undefined || membership === "wrong") {
    p.unexpected(membership === "wrong" ? "illegal domain" : "expected `x[, y] in xs { ... }` expression");
    return undefined;
  }
  const { key, value, domain } = membership;
  if (key !== undefined && key.type !== "var") {
    p.unexpected("expected key to be a variable");
    return undefined;
  }
  if (value.type !== "var") {
    p.unexpected("expected value to be a variable");
    return undefined;
  }
  if (p.kind !== Kind.leftBrace) {
    p.unexpected("missing body");
    return undefined;
  }
  p.advance();
  const body = parseBody(p, Kind.rightBrace);
  if (body === undefined) return undefined;
  p.advance();
  const withs = p.kind === Kind.with ? parseWiths(p) : [];
  return withs && { type: "every", key, value, domain, body, ...plain(location), with: withs };
}

/** Whether an expression is `x = y` or `x := y`, whichever is named. */
export function isCallTo(expr: Expr, name: "eq" | "assign" | "or"): boolean {
  return expr.type === "callExpr" && isOperator(expr.operator, name);
}

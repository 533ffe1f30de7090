import type { CallTerm, RefTerm, Term } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import type { Location } from "./location.ts";
import { parseTerm } from "./parse-term.ts";
import { KIND_NAMES, Kind } from "./token.ts";

const MEMBER = "member_2";
const MEMBER_WITH_KEY = "member_3";

/** How tightly an operator binds; 0 for what is none. All group to the left. */
function precedenceOf(kind: Kind): number {
  switch (kind) {
    case Kind.multiply:
    case Kind.divide:
    case Kind.remainder:
      return 5;
    case Kind.add:
    case Kind.subtract:
      return 4;
    case Kind.intersect:
      return 3;
    case Kind.union:
      return 2;
    case Kind.equal:
    case Kind.notEqual:
    case Kind.less:
    case Kind.greater:
    case Kind.lessOrEqual:
    case Kind.greaterOrEqual:
      return 1;
    default:
      return 0;
  }
}

/** A term with operators. Where a comma cannot belong to a list around it, `k, v in xs` is one too. */
export function parseInfix(p: Cursor): Term | undefined {
  return parseMembership(p, undefined, true, p.start);
}

/** A term with operators inside a list. */
export function parseInfixInList(p: Cursor): Term | undefined {
  return parseMembership(p, undefined, false, p.start);
}

/** The same where its first operand has been read already; `offset` is where that starts. */
export function continueInfixInList(p: Cursor, first: Term, offset: number): Term | undefined {
  return parseMembership(p, first, false, offset);
}

function parseMembership(p: Cursor, first: Term | undefined, mayHaveKey: boolean, offset: number): Term | undefined {
  let left = parseOperators(p, first, 1, offset);
  if (left === undefined) return undefined;
  if (mayHaveKey && p.kind === Kind.comma) left = parseKeyedMembership(p, left, offset) ?? left;
  for (let depth = 0; ; depth += 1) {
    p.takeReferableKeyword();
    if (p.kind !== Kind.in) {
      p.leave(depth);
      return left;
    }
    if (!p.enter()) {
      p.leave(depth);
      return undefined;
    }
    const operator = memberOperator(p, MEMBER);
    const right = parseOperators(p, undefined, 1, p.start);
    if (right === undefined) {
      p.leave(depth + 1);
      return left;
    }
    left = callOf(p, operator, [left, right], offset);
  }
}

/** `k, v in xs` from its comma. Where it is something else nothing has happened. */
function parseKeyedMembership(p: Cursor, key: Term, offset: number): Term | undefined {
  const mark = p.mark();
  p.advance();
  const value = parseOperators(p, undefined, 1, offset);
  if (value !== undefined && p.kind === Kind.in) {
    const operator = memberOperator(p, MEMBER_WITH_KEY);
    const domain = parseOperators(p, undefined, 1, p.start);
    if (domain !== undefined) return callOf(p, operator, [key, value, domain], offset);
  }
  p.reset(mark);
  return undefined;
}

function memberOperator(p: Cursor, name: string): RefTerm {
  const location = p.here();
  p.advance();
  return {
    type: "ref",
    head: { type: "var", name: "internal", location },
    path: [{ type: "string", value: name, location }],
    location,
  };
}

/** Operands with operators between them that bind at least so tightly. */
function parseOperators(p: Cursor, first: Term | undefined, tightness: number, offset: number): Term | undefined {
  let left = first ?? parseTerm(p);
  if (left === undefined) return undefined;
  // After a wrong operand only looser operators are looked for: whatever follows has been faulted already.
  let tightest = 5;
  let depth = 0;
  for (;;) {
    const precedence = precedenceOf(p.kind);
    if (precedence < tightness || precedence > tightest) break;
    if (!p.enter()) {
      p.leave(depth);
      return undefined;
    }
    depth += 1;
    const operator = operatorRef(p);
    p.advance();
    const right = parseOperators(p, undefined, precedence + 1, p.start);
    if (right === undefined) {
      tightest = precedence - 1;
      continue;
    }
    left = callOf(p, operator, [left, right], offset);
    tightest = 5;
  }
  p.leave(depth);
  return left;
}

/** The builtin that the current operator stands for. */
export function operatorRef(p: Cursor): RefTerm {
  const location = p.here();
  return { type: "ref", head: { type: "var", name: KIND_NAMES[p.kind] ?? "", location }, path: [], location };
}

/** A call by operator stands where its first operand does. */
function callOf(p: Cursor, operator: RefTerm, args: readonly [Term, ...Term[]], offset: number): CallTerm {
  const location: Location = { ...args[0].location, offset, end: p.lastEnd };
  return { type: "call", operator, args, location };
}

import type { RefTerm, ScalarTerm, Term, VarTerm } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import type { Location } from "./location.ts";
import { parseArray, parseSetOrObject } from "./parse-collection.ts";
import { parseInfix } from "./parse-infix.ts";
import { parseNumber, parseRawString, parseString } from "./parse-scalar.ts";
import { parseTemplateString } from "./parse-template.ts";
import { finishTerm } from "./parse-ref.ts";
import { Kind } from "./token.ts";

/** A term without operators: a scalar, a collection, a reference, a call, or anything in parentheses. */
export function parseTerm(p: Cursor): Term | undefined {
  if (p.kind !== Kind.leftBracket && p.kind !== Kind.leftBrace && p.kind !== Kind.leftParen) {
    return parseUnbracketed(p);
  }
  // What braces hold is found out by trying, so that terms in them are come back to: remembering keeps that linear.
  const remembered = p.recall(p.index);
  if (remembered !== undefined) {
    p.resume(remembered);
    return remembered.term;
  }
  if (!p.enter()) return undefined;
  const mark = p.mark();
  const term = parseBracketed(p);
  p.leave();
  p.remember(mark, term);
  p.forgetFailureAfter(mark.index);
  return term;
}

/** What failed fails again without another error, until a term around it has been read to its end. */
function parseUnbracketed(p: Cursor): Term | undefined {
  const { index } = p;
  if (p.resumeFailure(index)) return undefined;
  const errors = p.errors.length;
  const term = parseSimpleTerm(p);
  if (term === undefined) p.rememberFailure(index, errors);
  else p.forgetFailureAfter(index);
  return term;
}

function parseSimpleTerm(p: Cursor): Term | undefined {
  // In the place of a term `and(` and `or(` are calls of the set operators' builtins.
  if ((p.kind === Kind.and || p.kind === Kind.or) && p.peekAdjacent() === Kind.leftParen) p.kind = Kind.identifier;

  switch (p.kind) {
    case Kind.identifier:
    case Kind.contains:
      return finishTerm(p, parseVar(p));
    case Kind.string:
      return finishTerm(p, parseString(p));
    case Kind.rawString:
      return finishTerm(p, parseRawString(p));
    case Kind.number:
    case Kind.dot:
      return finishTerm(p, parseNumber(p));
    case Kind.subtract:
      return parseNegative(p);
    case Kind.null:
    case Kind.true:
    case Kind.false:
      return finishTerm(p, parseWord(p));
    case Kind.templatePart:
    case Kind.templateEnd:
      return finishTerm(p, parseTemplateString(p, false));
    case Kind.rawTemplatePart:
    case Kind.rawTemplateEnd:
      return finishTerm(p, parseTemplateString(p, true));
    default:
      p.unexpected();
      return undefined;
  }
}

function parseBracketed(p: Cursor): Term | undefined {
  switch (p.kind) {
    case Kind.leftBracket:
      return finishTerm(p, parseArray(p));
    case Kind.leftBrace:
      return finishTerm(p, parseSetOrObject(p));
    default:
      return finishTerm(p, parseParenthesised(p));
  }
}

/** The current word as a variable; each `_` is one of its own. Stays on the word. */
export function parseVar(p: Cursor): VarTerm {
  const name = p.text;
  return { type: "var", name: name === "_" ? p.nextWildcard() : name, location: p.here() };
}

function parseWord(p: Cursor): ScalarTerm {
  const location = p.here();
  if (p.kind === Kind.null) return { type: "null", location };
  return { type: "boolean", value: p.kind === Kind.true, location };
}

/** `-1`, or `-x` as `0 - x`. */
function parseNegative(p: Cursor): Term | undefined {
  const next = p.peek();
  if (next !== Kind.identifier && next !== Kind.contains) return finishTerm(p, parseNumber(p));
  const minus = p.here();
  p.advance();
  const operand = finishTerm(p, parseVar(p));
  if (operand === undefined) return undefined;
  const nowhere: Location = { ...minus, row: 1, col: 1, end: minus.offset };
  const operator: RefTerm = {
    type: "ref",
    head: { type: "var", name: "minus", location: nowhere },
    path: [],
    location: nowhere,
  };
  return {
    type: "call",
    operator,
    args: [{ type: "number", text: "0", location: minus }, operand],
    location: { ...minus, end: p.lastEnd },
  };
}

/** A term in parentheses is the term itself, with a text that has them. */
function parseParenthesised(p: Cursor): Term | undefined {
  const offset = p.start;
  p.advance();
  const term = parseInfix(p);
  if (term === undefined) return undefined;
  if (p.kind !== Kind.rightParen) {
    p.error(p.here(), "non-terminated expression");
    return undefined;
  }
  return { ...term, location: { ...term.location, offset, end: p.end } };
}

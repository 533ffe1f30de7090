import type { CallTerm, RefTerm, SetTerm, Term } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseInfix } from "./parse-infix.ts";
import { parseTermList } from "./parse-list.ts";
import { valueName } from "./term-names.ts";
import { Kind } from "./token.ts";

/** Steps over the last token of a term, then over the reference or call that follows it without white space. */
export function finishTerm(p: Cursor, head: Term | undefined): Term | undefined {
  if (head === undefined) return undefined;
  const offset = p.start;
  p.advance();
  if (!p.spaceBefore && (p.kind === Kind.leftParen || p.kind === Kind.dot || p.kind === Kind.leftBracket)) {
    return parseRef(p, head, offset);
  }
  return rootRef(head);
}

/** The same after the name of a rule, which may have white space before its brackets, and must not be followed by an operator. */
export function finishHeadName(p: Cursor, head: Term): Term | undefined {
  const offset = p.start;
  p.advance();
  if (
    !p.spaceBefore &&
    p.kind >= Kind.add &&
    p.kind <= Kind.lessOrEqual &&
    p.kind !== Kind.unify &&
    p.kind !== Kind.assign
  ) {
    p.unexpected();
  }
  if (p.kind === Kind.leftParen || p.kind === Kind.dot || p.kind === Kind.leftBracket) return parseRef(p, head, offset);
  return rootRef(head);
}

/** `input` and `data` are references even alone. */
function rootRef(term: Term): Term {
  if (term.type !== "var" || (term.name !== "input" && term.name !== "data")) return term;
  return { type: "ref", head: term, path: [], location: term.location };
}

/** What follows a term: `.a`, `[x]`, `(args)`. `offset` is where the text of the reference starts. */
function parseRef(p: Cursor, head: Term, offset: number): Term | undefined {
  if (!p.enter()) return undefined;
  const term = parseRefInside(p, head, offset);
  p.leave();
  return term;
}

function parseRefInside(p: Cursor, head: Term, offset: number): Term | undefined {
  if (isScalar(head)) p.error(head.location, `illegal ref (head cannot be ${valueName(head)})`);
  const path: Term[] = [];
  // A name with white space before brackets, as rules may have it, goes on here all the same.
  for (let first = true; first || !p.spaceBefore; first = false) {
    switch (p.kind) {
      case Kind.dot: {
        const errors = p.errors.length;
        p.advance();
        if (p.spaceBefore) {
          p.errors.length = errors;
          p.unexpectedSpace("expected identifier");
          return undefined;
        }
        if (p.kind !== Kind.identifier && !p.isReferableKeyword(p.kind)) {
          p.unexpected("expected identifier");
          return undefined;
        }
        path.push({ type: "string", value: p.text, location: p.here() });
        p.advance();
        break;
      }
      case Kind.leftBracket: {
        p.advance();
        const key = parseInfix(p);
        if (key === undefined) return undefined;
        if (p.kind !== Kind.rightBracket) {
          p.unexpected("expected [");
          return undefined;
        }
        path.push(key);
        p.advance();
        break;
      }
      case Kind.leftParen: {
        const location = { ...head.location, offset, end: p.start };
        const call = parseCall(p, { type: "ref", head, path, location }, offset);
        if (call === undefined || p.spaceBefore) return call;
        return p.kind === Kind.dot || p.kind === Kind.leftBracket ? parseRef(p, call, offset) : call;
      }
      default:
        return refOf(p, head, path, offset);
    }
  }
  return refOf(p, head, path, offset);
}

function refOf(p: Cursor, head: Term, path: readonly Term[], offset: number): RefTerm {
  return { type: "ref", head, path, location: { ...head.location, offset, end: p.lastEnd } };
}

function isScalar({ type }: Term): boolean {
  return (
    type === "string" ||
    type === "number" ||
    type === "boolean" ||
    type === "null" ||
    type === "ref" ||
    type === "templateString"
  );
}

/** The arguments of a call; `set()` is the empty set. */
function parseCall(p: Cursor, operator: RefTerm, offset: number): CallTerm | SetTerm | undefined {
  p.advance();
  const args = p.kind === Kind.rightParen ? [] : parseTermList(p, Kind.rightParen, []);
  if (args === undefined) return undefined;
  const location = { ...operator.location, offset, end: p.end };
  p.advance();
  const { head, path } = operator;
  if (args.length === 0 && path.length === 0 && head.type === "var" && head.name === "set") {
    return { type: "set", items: [], location };
  }
  return { type: "call", operator, args, location };
}

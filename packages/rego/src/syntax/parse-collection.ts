import type { ObjectEntry, Term } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { distinctTerms } from "./distinct.ts";
import type { Location } from "./location.ts";
import { continueInfixInList } from "./parse-infix.ts";
import { parseEntryList, parseTermList } from "./parse-list.ts";
import { parseBody } from "./parse-literal.ts";
import { parseTerm } from "./parse-term.ts";
import { Kind } from "./token.ts";

// `|` after the first term starts a comprehension wherever that makes sense; only if its body turns out not to be one, it is the
// set operator.

/** From the opening bracket to the closing one, on which it stays: as for every collection here. */
export function parseArray(p: Cursor): Term | undefined {
  const begin = p.here();
  p.advance();
  if (p.kind === Kind.rightBracket) return { type: "array", items: [], location: upTo(p, begin) };
  // A comma may come first: an old leniency.
  const leadingComma = p.kind === Kind.comma;
  if (leadingComma) p.advance();

  const offset = p.start;
  const head = parseTerm(p);
  if (head === undefined) return undefined;
  if (p.kind === Kind.union && !leadingComma) {
    const mark = p.mark();
    p.advance();
    const body = parseBody(p, Kind.rightBracket);
    if (body !== undefined) return { type: "arrayComprehension", term: head, body, location: upTo(p, begin) };
    if (p.kind !== Kind.comma) return undefined;
    p.reset(mark);
  }
  const items = parseItemsFrom(p, head, offset, Kind.rightBracket);
  return items && { type: "array", items, location: upTo(p, begin) };
}

export function parseSetOrObject(p: Cursor): Term | undefined {
  const begin = p.here();
  p.advance();
  if (p.kind === Kind.rightBrace) return { type: "object", entries: [], location: upTo(p, begin) };
  const leadingComma = p.kind === Kind.comma;
  if (leadingComma) p.advance();

  const offset = p.start;
  const head = parseTerm(p);
  if (head === undefined) return undefined;
  switch (p.kind) {
    case Kind.union:
      if (leadingComma) break;
      return parseSetComprehension(p, head, offset, begin);
    case Kind.rightBrace:
    case Kind.comma:
      return setOf(p, parseItemsFrom(p, head, offset, Kind.rightBrace), begin);
    case Kind.colon:
      return parseObject(p, head, !leadingComma, begin);
    default:
  }

  const first = continueInfixInList(p, head, offset);
  if (first === undefined) return undefined;
  if (p.kind === Kind.rightBrace || p.kind === Kind.comma)
    return setOf(p, parseRestOfItems(p, first, Kind.rightBrace), begin);
  if (p.kind === Kind.colon) return parseObject(p, first, !leadingComma, begin);
  p.unexpected("non-terminated set");
  return undefined;
}

function parseSetComprehension(p: Cursor, head: Term, offset: number, begin: Location): Term | undefined {
  const mark = p.mark();
  p.advance();
  const body = parseBody(p, Kind.rightBrace);
  if (body !== undefined) return { type: "setComprehension", term: head, body, location: upTo(p, begin) };
  if (p.kind !== Kind.comma) return undefined;
  p.reset(mark);
  return setOf(p, parseItemsFrom(p, head, offset, Kind.rightBrace), begin);
}

/** An object or an object comprehension from the colon after its first key. */
function parseObject(p: Cursor, key: Term, mayBeComprehension: boolean, begin: Location): Term | undefined {
  p.advance();
  const offset = p.start;
  const head = parseTerm(p);
  if (head === undefined) return undefined;
  if (mayBeComprehension && p.kind === Kind.union) {
    const mark = p.mark();
    p.advance();
    const body = parseBody(p, Kind.rightBrace);
    if (body !== undefined) {
      return { type: "objectComprehension", key, value: head, body, location: upTo(p, begin) };
    }
    p.reset(mark);
  }
  const value = continueInfixInList(p, head, offset);
  if (value === undefined) return undefined;
  if (p.kind === Kind.comma) p.advance();
  else if (p.kind !== Kind.rightBrace) {
    p.unexpected("non-terminated object");
    return undefined;
  }
  const entries: ObjectEntry[] | undefined = parseEntryList(p, [{ key, value }]);
  return entries && { type: "object", entries, location: upTo(p, begin) };
}

/** The items of a list whose first one starts with a term that has been read. */
function parseItemsFrom(p: Cursor, head: Term, offset: number, end: Kind): Term[] | undefined {
  const first = continueInfixInList(p, head, offset);
  return first && parseRestOfItems(p, first, end);
}

function parseRestOfItems(p: Cursor, first: Term, end: Kind): Term[] | undefined {
  if (p.kind === end) return [first];
  if (p.kind === Kind.comma) {
    p.advance();
    return parseTermList(p, end, [first]);
  }
  p.unexpected(`expected "," or "${end === Kind.rightBracket ? "]" : "}"}"`);
  return undefined;
}

function setOf(p: Cursor, items: readonly Term[] | undefined, begin: Location): Term | undefined {
  return items && { type: "set", items: distinctTerms(items), location: upTo(p, begin) };
}

function upTo(p: Cursor, begin: Location): Location {
  return { ...begin, end: p.end };
}

import type { ObjectEntry, Term } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseInfixInList } from "./parse-infix.ts";
import { KIND_NAMES, Kind } from "./token.ts";

/** Terms with commas between them and perhaps after them, up to the token that ends them, on which it stays. */
export function parseTermList(p: Cursor, end: Kind, terms: Term[]): Term[] | undefined {
  while (p.kind !== end) {
    const term = parseInfixInList(p);
    if (term === undefined) return undefined;
    terms.push(term);
    if (!stepOverComma(p, end)) return undefined;
  }
  return terms;
}

/** The same for the entries of an object. */
export function parseEntryList(p: Cursor, entries: ObjectEntry[]): ObjectEntry[] | undefined {
  while (p.kind !== Kind.rightBrace) {
    const key = parseInfixInList(p);
    if (key === undefined) return undefined;
    if (p.kind !== Kind.colon) {
      p.unexpected('expected ":"');
      return undefined;
    }
    p.advance();
    const value = parseInfixInList(p);
    if (value === undefined) return undefined;
    entries.push({ key, value });
    if (!stepOverComma(p, Kind.rightBrace)) return undefined;
  }
  return entries;
}

function stepOverComma(p: Cursor, end: Kind): boolean {
  if (p.kind === Kind.comma) p.advance();
  else if (p.kind !== end) {
    p.unexpected(`expected "," or "${KIND_NAMES[end] ?? ""}"`);
    return false;
  }
  return true;
}

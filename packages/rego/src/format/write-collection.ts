import type {
  ArrayComprehension,
  ArrayTerm,
  Body,
  ObjectComprehension,
  ObjectTerm,
  SetComprehension,
  SetTerm,
  Term,
} from "../syntax/ast.ts";
import { compareTerms } from "../syntax/compare-terms.ts";
import type { Location } from "../syntax/location.ts";
import { type Item, closingRow, linesOf } from "./layout.ts";
import { writeBody, writeExpr } from "./write-expr.ts";
import { isUnion, writeEntries, writeTermList, writeWrapped } from "./write-list.ts";
import { startsWith } from "./write-ref.ts";
import { writeTermInParens } from "./write-term.ts";
import type { Writer } from "./writer.ts";

const PAREN = 40;

/** Writes between brackets; the closing one comes whatever happens. */
function between(w: Writer, open: string, close: string, write: () => void): void {
  w.write(open);
  try {
    write();
  } finally {
    w.write(close);
  }
}

export function writeObject(w: Writer, { entries, location }: ObjectTerm): void {
  between(w, "{", "}", () => writeEntries(w, entries, location, closingRow(location, "{", "}")));
}

export function writeArray(w: Writer, { items, location }: ArrayTerm): void {
  const end = closingRow(location, "[", "]");
  between(w, "[", "]", () => writeTermList(w, items, location, end, { parenthesiseUnions: true }));
}

export function writeSet(w: Writer, { items, location }: SetTerm): void {
  if (items.length === 0) {
    w.write("set()");
    w.insertComments(closingRow(location, "(", ")"));
    return;
  }
  const sorted = [...items].sort(compareTerms);
  const end = closingRow(location, "{", "}");
  between(w, "{", "}", () => writeTermList(w, sorted, location, end, { parenthesiseUnions: true }));
}

export function writeArrayComprehension(w: Writer, { term, body, location }: ArrayComprehension): void {
  between(w, "[", "]", () => writeComprehension(w, "[", "]", term, body, location));
}

export function writeSetComprehension(w: Writer, { term, body, location }: SetComprehension): void {
  between(w, "{", "}", () => writeComprehension(w, "{", "}", term, body, location));
}

export function writeObjectComprehension(w: Writer, { key, value, body, location }: ObjectComprehension): void {
  between(w, "{", "}", () => {
    // A value on a line below its key goes up to it.
    const raised: Term = { ...value, location: { ...value.location, row: location.row } };
    if (isUnion(key)) w.write("(");
    writeWrapped(w, key, false);
    if (isUnion(key)) w.write(")");
    w.write(": ");
    writeComprehension(w, "{", "}", raised, body, location);
  });
}

function writeComprehension(w: Writer, open: string, close: string, term: Term, body: Body, whole: Location): void {
  if (term.location.row > whole.row) {
    w.endLine();
    w.startLine();
  }
  const inParens = term.type === "call" && (isUnion(term) || startsWith(term.location, PAREN));
  writeTermInParens(w, term, inParens);
  w.write(" |");
  writeInnerBody(w, open, close, body, term.location, whole);
}

/**
 * The expressions between the brackets of `whole`: on the line of what comes before them, which stands at `head`, if they
 * all were there, else on lines of their own.
 */
export function writeInnerBody(
  w: Writer,
  open: string,
  close: string,
  body: Body,
  head: Location,
  whole: Location,
): void {
  const items = body.map((value): Item<Body[number]> => ({ value, location: value.location, nodes: [value] }));
  const lines = linesOf(items, head.row);
  const end = closingRow(whole, open, close);
  const [first] = body;
  if (lines.length === 1 && (first === undefined || first.location.row <= head.row)) {
    w.write(" ");
    for (const [index, { value }] of (lines[0] ?? []).entries()) {
      if (index > 0) w.write("; ");
      writeExpr(w, value);
    }
    w.insertComments(end);
    return;
  }
  w.endLine();
  w.indent();
  try {
    writeBody(w, body);
    w.insertComments(end);
  } finally {
    w.dedent();
    w.startLine();
  }
}

import type { ObjectEntry, Term } from "../syntax/ast.ts";
import { type Location, textOf } from "../syntax/location.ts";
import { isOperator } from "../syntax/term-names.ts";
import { type Item, linesOf } from "./layout.ts";
import { startsWith } from "./write-ref.ts";
import { writeTerm } from "./write-term.ts";
import { CommentInTheWay, type Writer } from "./writer.ts";

const PAREN = 40;

/** Whether a term is `x | y`, which is a comprehension's bar where such may stand. */
export function isUnion(term: Term): boolean {
  return term.type === "call" && isOperator(term.operator, "or");
}

/**
 * Items with commas between them, on the lines on which they were; where that is several, or the first was not on the line of
 * the bracket, one level deeper and with a comma after the last one too. `whole` is where the list stands, `end` its last row.
 */
function writeItems<T>(
  w: Writer,
  items: readonly Item<T>[],
  whole: Location,
  end: number,
  write: (item: T) => void,
): void {
  const lines = linesOf(items, whole.row);
  const isMultiline = lines.length > 1 || startsBelow(w, items, whole, end, lines[0]);
  if (isMultiline) w.startBlock();
  for (const [index, line] of lines.entries()) {
    if (index > 0) {
      w.write(",");
      w.endLine();
      w.startLine();
    }
    for (const [position, { value }] of line.entries()) {
      if (position > 0) w.write(", ");
      write(value);
    }
  }
  if (!isMultiline) return;
  w.write(",");
  w.endLine();
  w.insertComments(end);
  w.dedent();
  w.startLine();
}

/** Whether the items of a list of one line stand below its bracket. Comments between them cannot be kept then. */
function startsBelow<T>(
  w: Writer,
  items: readonly Item<T>[],
  whole: Location,
  end: number,
  line: readonly Item<T>[] | undefined,
): boolean {
  if (w.comments.some(({ location: { row } }) => row > whole.row && row < end)) {
    w.disturbances += 1;
    throw new CommentInTheWay();
  }
  const [first] = items.length === 0 ? [] : (line ?? []);
  if (first === undefined) return false;
  const text = textOf(whole);
  const at = text.indexOf(textOf(first.location));
  return at > 0 && text.slice(0, at).indexOf("\n") > 0;
}

/** Terms in a list; unions in parentheses where a bar would mean something else, or where they had them. */
export function writeTermList(
  w: Writer,
  terms: readonly Term[],
  whole: Location,
  end: number,
  { parenthesiseUnions }: { readonly parenthesiseUnions: boolean },
): void {
  const items = terms.map((value): Item<Term> => ({ value, location: value.location, nodes: [value] }));
  writeItems(w, items, whole, end, (term) => {
    const inParens = isUnion(term) && (parenthesiseUnions || startsWith(term.location, PAREN));
    writeWrapped(w, term, inParens);
  });
}

export function writeEntries(w: Writer, entries: readonly ObjectEntry[], whole: Location, end: number): void {
  // OPA does not look for generated nodes in entries.
  const items = entries.map((value): Item<ObjectEntry> => ({ value, location: value.key.location, nodes: [] }));
  writeItems(w, items, whole, end, ({ key, value }) => {
    writeWrapped(w, key, isUnion(key));
    w.write(": ");
    writeWrapped(w, value, isUnion(value));
  });
}

/** A term with parentheses around it that are closed whatever happens. */
export function writeWrapped(w: Writer, term: Term, inParens: boolean): void {
  if (!inParens) {
    writeTerm(w, term);
    return;
  }
  w.write("(");
  try {
    writeTerm(w, term);
  } finally {
    w.write(")");
  }
}

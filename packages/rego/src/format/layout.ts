import type { Node } from "../syntax/ast.ts";
import { type Location, textOf } from "../syntax/location.ts";
import { walkTerms } from "../syntax/walk.ts";

/** Something that stands in a list: a node, or the entry of an object, which stands where its key does. */
export interface Item<T> {
  readonly value: T;
  readonly location: Location;
  /** The nodes of which it consists. */
  readonly nodes: readonly Node[];
}

/** The items in the order of the text, those of one line together. `row` is where the line of the first item is. */
export function linesOf<T>(items: readonly Item<T>[], row: number): readonly (readonly Item<T>[])[] {
  // Generated nodes stand nowhere, so that lines cannot be told.
  if (items.some(({ nodes }) => nodes.some(isGenerated))) return [items];
  const sorted = [...items].sort((a, b) => a.location.row - b.location.row || a.location.col - b.location.col);
  const lines: Item<T>[][] = [[]];
  let last = row;
  for (const [index, item] of sorted.entries()) {
    if (index > 0 && item.location.row > last) lines.push([]);
    last = item.location.row;
    lines.at(-1)?.push(item);
  }
  return lines;
}

function isGenerated(node: Node): boolean {
  let found = false;
  walkTerms(node, (term) => {
    if (isNowhere(term.location) || (term.type === "var" && term.name.startsWith("__local"))) found = true;
    return !found;
  });
  return found;
}

/** Whether a place is that of a node which the parser made up. */
function isNowhere({ row, col, offset, end }: Location): boolean {
  return row === 1 && col === 1 && offset === end;
}

const LINE_END = 10;

/** The row of the bracket that closes the first one of a kind in a text, after the end of another pair if given; -1 for none. */
export function closingRow(location: Location, open: string, close: string, after?: readonly [string, string]): number {
  const text = textOf(location);
  const skipped = after === undefined ? { at: 0, rows: 0 } : skipPair(text, ...after);
  const start = text.indexOf(open, skipped.at);
  if (start < 0) return -1;
  const { at, rows } = matchingBracket(text, start, open, close);
  return at < 0 ? -1 : location.row + skipped.rows + rows;
}

function skipPair(text: string, open: string, close: string): { at: number; rows: number } {
  const start = text.indexOf(open);
  const { at, rows } = matchingBracket(text, start < 0 ? text.length : start, open, close);
  return { at: at < 0 ? text.length : at, rows };
}

/** Where a bracket is closed, and how many line ends are before that. Strings are not looked at. */
function matchingBracket(text: string, start: number, open: string, close: string): { at: number; rows: number } {
  let depth = 1;
  let rows = 0;
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === open) depth += 1;
    else if (character === close) depth -= 1;
    else if (text.charCodeAt(at) === LINE_END) rows += 1;
    if (depth === 0) return { at, rows };
  }
  return { at: -1, rows };
}

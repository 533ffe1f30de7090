/** The text a module, query or term was parsed from. */
export interface Source {
  /** Empty when the text has no name, as that of a query. */
  readonly file: string;
  readonly text: string;
}

/** A place in a source, and the text that a node stands for. Every node has one. */
export interface Location {
  readonly source: Source;
  /** Line, from 1. */
  readonly row: number;
  /** Column in code points, from 1. */
  readonly col: number;
  /** Where the node's text starts, in UTF-16 code units. A parenthesised term's text starts at its bracket, while row and col are the inner term's. */
  readonly offset: number;
  /** Where the node's text ends, in UTF-16 code units, exclusive. */
  readonly end: number;
}

/** The text that a location stands for. */
export function textOf({ source, offset, end }: Location): string {
  return source.text.slice(offset, end);
}

/** `file:row`, or `row:col` where the source has no name, as OPA writes a place in its messages. */
export function formatPlace({ source, row, col }: Location): string {
  return source.file === "" ? `${row}:${col}` : `${source.file}:${row}`;
}

/** The row on which the text of a location ends. */
export function endRow({ source, row, offset, end }: Location): number {
  let last = row;
  for (let at = offset; at < end; at += 1) {
    if (source.text.charCodeAt(at) === 10) last += 1;
  }
  return last;
}

/** Orders by file, row and column. */
export function compareLocations(a: Location, b: Location): number {
  if (a.source.file !== b.source.file) return a.source.file < b.source.file ? -1 : 1;
  return a.row - b.row || a.col - b.col;
}

import { lineEnd } from "../tree.ts";

/** A replacement in a text; `end` is exclusive. Its own line breaks are `\n`, whatever the document uses. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with all splices made; undefined when two of them overlap. Those at one place go in the order given. */
export function applySplices(text: string, splices: readonly Splice[], newline: string): string | undefined {
  const ordered = splices.toSorted((left, right) => left.start - right.start || left.end - right.end);
  const parts: string[] = [];
  let position = 0;
  for (const splice of ordered) {
    if (splice.start < position) return undefined;
    parts.push(
      text.slice(position, splice.start),
      newline === "\n" ? splice.text : splice.text.replaceAll("\n", newline),
    );
    position = splice.end;
  }
  parts.push(text.slice(position));
  return parts.join("");
}

export function lineStart(text: string, position: number): number {
  let start = position;
  while (start > 0 && text[start - 1] !== "\n" && text[start - 1] !== "\r") start--;
  return start;
}

/** Past the line break that ends the line of `position`, or the end of the text. */
export function nextLine(text: string, position: number): number {
  const end = lineEnd(text, position);
  return text.startsWith("\r\n", end) ? end + 2 : Math.min(end + 1, text.length);
}

export function columnOf(text: string, position: number): number {
  const start = lineStart(text, position);
  return position - start - (text[start] === "\uFEFF" ? 1 : 0);
}

/** The white space that the line of `position` starts with. */
export function indentationOf(text: string, position: number): string {
  const start = lineStart(text, position);
  return /^[ \t]*/.exec(text.slice(start, position))?.[0] ?? "";
}

/** Whether nothing but white space stands before `position` in its line. */
export function startsLine(text: string, position: number): boolean {
  return /^\uFEFF?[ \t]*$/.test(text.slice(lineStart(text, position), position));
}

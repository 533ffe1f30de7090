import type { Comment } from "../syntax/ast.ts";

/** Comments that are still to be written, in the order of the text. */
export type Comments = readonly Comment[];

/** The comments above a row, the last one on it, and those below. */
export function splitAt(
  comments: Comments,
  row: number,
): { before: Comments; at: Comment | undefined; after: Comments } {
  const first = comments[0];
  if (first === undefined || first.location.row > row) return { before: [], at: undefined, after: comments };
  return {
    before: comments.filter(({ location }) => location.row < row),
    at: comments.findLast(({ location }) => location.row === row),
    after: comments.filter(({ location }) => location.row > row),
  };
}

/** A comment as it is written, without white space at its end. */
export function commentText({ text }: Comment): string {
  return `#${text.trimEnd()}`;
}

/** Whether a comment starts a METADATA block. */
export function isMetadata({ text, location }: Comment): boolean {
  return location.col === 1 && text.trimStart().startsWith("METADATA");
}

import type { Comment } from "../syntax/ast.ts";

/** Comments that are still to be written, in the order of the text. */
export type Comments = readonly Comment[];

/** The comments above a row, the last one on it, and those below. */
export function splitAt(
  comments: Comments,
  row: number,
): { before: Comments; at: Comment | undefined; after: Comments } {
  let above = 0;
  while ((comments[above]?.location.row ?? Infinity) < row) above += 1;
  let upTo = above;
  while (comments[upTo]?.location.row === row) upTo += 1;
  if (upTo === 0) return { before: [], at: undefined, after: comments };
  return { before: comments.slice(0, above), at: comments.slice(above, upTo).at(-1), after: comments.slice(upTo) };
}

/** A comment as it is written, without white space at its end. */
export function commentText({ text }: Comment): string {
  return `#${text.trimEnd()}`;
}

/** Whether a comment starts a METADATA block. */
export function isMetadata({ text, location }: Comment): boolean {
  return location.col === 1 && text.trimStart().startsWith("METADATA");
}

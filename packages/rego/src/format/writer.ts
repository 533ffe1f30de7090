import type { Comment, Expr, Rule, Term } from "../syntax/ast.ts";
import type { RegoError } from "../syntax/error.ts";
import { type Comments, commentText, isMetadata, splitAt } from "./comments.ts";
import type { Style } from "./style.ts";

/**
 * A comment stands where the layout has no place for it. Whoever writes a term writes its source text instead; it goes on to
 * whoever has to know that.
 */
export class CommentInTheWay extends Error {}

/** Whether an error is that; any other goes on. */
export function isCommentInTheWay(error: unknown): boolean {
  if (error instanceof CommentInTheWay) return true;
  throw error;
}

/** What to go back to. */
export interface Checkpoint {
  readonly text: string;
  readonly level: number;
  readonly comments: Comments;
}

/** Text in lines with indentation, and the comments that are to go between and after them. */
export class Writer {
  readonly style: Style;
  readonly errors: RegoError[] = [];
  comments: Comments = [];
  /** The expression whose terms are to be in parentheses, once it is written. */
  parenExpr: Expr | undefined;
  /** The term that is to be in parentheses, once it is written. */
  parenTerm: Term | undefined;
  /** Whether a comment on the last line of a term that is written as it was belongs to it. */
  commentOnLastLine = false;
  /** How often a comment was in the way. */
  disturbances = 0;
  /** The rules in which one was. */
  readonly disturbed: Set<Rule> = new Set();
  #text = "";
  #level = 0;
  #inLine = false;
  #atLineEnd: Comment | undefined;
  #delayed = false;

  constructor(style: Style) {
    this.style = style;
  }

  get text(): string {
    return this.#text;
  }

  get isInLine(): boolean {
    return this.#inLine;
  }

  /** Whether a comment waits for the end of the line. */
  get hasCommentAtLineEnd(): boolean {
    return this.#atLineEnd !== undefined;
  }

  write(text: string): void {
    this.#text += text;
  }

  startLine(): void {
    this.#inLine = true;
    this.#text += "\t".repeat(this.#level);
  }

  /** Begins a line unless one has been begun. */
  ensureLine(): void {
    if (!this.#inLine) this.startLine();
  }

  /** Says that what is written next continues the line. */
  continueLine(): void {
    this.#inLine = true;
  }

  endLine(): void {
    this.#inLine = false;
    if (this.#atLineEnd !== undefined && !this.#delayed) {
      this.#text += ` ${commentText(this.#atLineEnd)}`;
      this.#atLineEnd = undefined;
    }
    this.#delayed = false;
    this.#text += "\n";
  }

  blankLine(): void {
    if (this.#inLine) this.endLine();
    this.#text += "\n";
  }

  writeLine(text: string): void {
    this.ensureLine();
    this.#text += text;
    this.endLine();
  }

  /** Puts what follows on lines of its own, one level deeper; a comment that waits goes after the first of them. */
  startBlock(): void {
    this.#delayed = true;
    this.endLine();
    this.indent();
    this.startLine();
  }

  indent(): void {
    this.#level += 1;
  }

  dedent(): void {
    this.#level = Math.max(this.#level - 1, 0);
  }

  // Comments

  /** Writes the comments above a row; the one on it goes to the end of the line. */
  insertComments(row: number): void {
    const { before, at, after } = splitAt(this.comments, row);
    this.comments = after;
    this.writeComments(before);
    const last = before.at(-1);
    if (last !== undefined && row - last.location.row > 1) this.blankLine();
    this.putAtLineEnd(at);
  }

  putAtLineEnd(comment: Comment | undefined): void {
    if (this.#atLineEnd !== undefined) {
      if (comment === undefined) return;
      this.#atLineEnd = undefined;
      this.disturbances += 1;
      throw new CommentInTheWay();
    }
    this.#atLineEnd = comment;
  }

  /** Forgets a comment that waits if it is between two rows, as the text between them is written with it. */
  dropCommentBetween(first: number, last: number): void {
    const row = this.#atLineEnd?.location.row;
    if (row !== undefined && row >= first && row <= last) this.#atLineEnd = undefined;
  }

  writeComments(comments: Comments): void {
    let inMetadata = false;
    for (const [index, comment] of comments.entries()) {
      const previous = comments[index - 1];
      const distance = previous === undefined ? 0 : comment.location.row - previous.location.row;
      if (distance > 1) {
        this.blankLine();
        inMetadata = false;
      } else if (distance === 1 && inMetadata && isMetadata(comment)) {
        this.blankLine();
      }
      if (isMetadata(comment)) inMetadata = true;
      this.writeLine(commentText(comment));
    }
  }

  /** Writes something between which no comments are to go. */
  withoutComments(write: () => void): void {
    const { comments } = this;
    this.comments = [];
    write();
    this.comments = comments;
  }

  // Going back

  checkpoint(): Checkpoint {
    return { text: this.#text, level: this.#level, comments: this.comments };
  }

  reset({ text, level, comments }: Checkpoint): void {
    this.#text = text;
    this.#level = level;
    this.comments = comments;
  }
}

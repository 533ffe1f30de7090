/** An expression's text by code points, which is how CEL counts columns, and the errors found in it. */
export interface Issue {
  readonly message: string;
  /** From 1; -1 for an error about the expression as a whole. */
  readonly line: number;
  /** In code points, from 1. */
  readonly column: number;
}

export class Source {
  readonly text: string;
  readonly codePoints: readonly string[];
  readonly #lineStarts: readonly number[];

  constructor(text: string) {
    this.text = text;
    this.codePoints = Array.from(text);
    const starts = [0];
    for (const [index, character] of this.codePoints.entries()) if (character === "\n") starts.push(index + 1);
    this.#lineStarts = starts;
  }

  /** Line and column, from 1, of a code point's offset. */
  position(offset: number): { readonly line: number; readonly column: number } {
    let line = 0;
    while (line + 1 < this.#lineStarts.length && (this.#lineStarts[line + 1] ?? 0) <= offset) line++;
    return { line: line + 1, column: offset - (this.#lineStarts[line] ?? 0) + 1 };
  }

  line(number: number): readonly string[] | undefined {
    const start = this.#lineStarts[number - 1];
    if (number < 1 || start === undefined) return undefined;
    const next = this.#lineStarts[number];
    return this.codePoints.slice(start, next === undefined ? undefined : next - 1);
  }
}

const MAX_SNIPPET = 16_384;
const MAX_ISSUES = 100;

/** All issues as the API server shows them: sorted by place, each with its line and a mark under it. */
export function formatIssues(source: Source, issues: readonly Issue[]): string {
  const sorted = issues
    .slice(0, MAX_ISSUES)
    .sort((left, right) => left.line - right.line || left.column - right.column)
    .map((issue) => formatIssue(source, issue));
  if (issues.length > MAX_ISSUES) sorted.push(`${issues.length - MAX_ISSUES} more errors were truncated`);
  return sorted.join("\n");
}

function formatIssue(source: Source, { message, line, column }: Issue): string {
  const head = `ERROR: <input>:${line}:${column}: ${message}`;
  const text = source.line(line);
  if (text === undefined || text.length > MAX_SNIPPET) return head;
  const snippet = text.map((character) => (character === "\t" ? " " : character));
  const marks = snippet.slice(0, column - 1).map((character) => (isWide(character) ? "．" : "."));
  const mark = isWide(snippet[column - 1] ?? "") ? "＾" : "^";
  return `${head}\n | ${snippet.join("")}\n | ${marks.join("")}${mark}`;
}

function isWide(character: string): boolean {
  return (character.codePointAt(0) ?? 0) > 0x7f;
}

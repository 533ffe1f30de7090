/** One document's stretch of a file. */
export interface DocumentSlice {
  readonly start: number;
  readonly end: number;
  /** What follows `---` on the separator line before this document, where kubectl refuses it: `--- foo`. */
  readonly badSeparator?: { readonly start: number; readonly end: number };
}

/**
 * Splits a stream as kubectl does (k8s.io/apimachinery util/yaml): every line that starts with `---` separates, wherever it
 * stands, even inside a block scalar; only blanks and a comment may follow it. A stream that starts with `{` may hold several
 * JSON objects one after another. Unlike kubectl, directives (`%YAML`) belong to the document that follows their `---`.
 * Chunks that hold nothing but blanks and comments are left out.
 */
export function splitDocuments(text: string): DocumentSlice[] {
  const slices: DocumentSlice[] = [];
  let start = 0;
  let badSeparator: DocumentSlice["badSeparator"];
  const close = (end: number): void => {
    if (badSeparator !== undefined) slices.push({ start, end, badSeparator });
    else if (isEmpty(text, start, end)) return;
    else if (startsWithBrace(text, start, end)) slices.push(...splitJson(text, start, end));
    else slices.push({ start, end });
  };
  for (let at = nextSeparator(text, 0); at !== -1; at = nextSeparator(text, at + 3)) {
    const lineFeed = text.indexOf("\n", at);
    const lineEnd = lineFeed === -1 ? text.length : lineFeed + 1;
    const rest = text.slice(at + 3, lineEnd).trim();
    const bad = rest !== "" && !rest.startsWith("#");
    if (!bad && badSeparator === undefined && isDirectives(text, start, at)) continue;
    close(at);
    start = lineEnd;
    badSeparator = bad ? { start: at, end: at + 3 + text.slice(at + 3, lineEnd).trimEnd().length } : undefined;
  }
  close(text.length);
  return slices;
}

/** The next line that starts with `---`, at or after `from`. */
function nextSeparator(text: string, from: number): number {
  if (from === 0 && text.startsWith("---")) return 0;
  const at = text.indexOf("\n---", Math.max(0, from - 1));
  return at === -1 ? -1 : at + 1;
}

function isEmpty(text: string, start: number, end: number): boolean {
  const first = firstContent(text, start, end);
  return first === end || (text.startsWith("...", first) && firstContent(text, first + 3, end) === end);
}

/** Whether the first thing in a chunk is a directive and nothing but directives and comments follows. */
function isDirectives(text: string, start: number, end: number): boolean {
  if (text[firstContent(text, start, end)] !== "%") return false;
  return text
    .slice(start, end)
    .split("\n")
    .every((line) => line.startsWith("%") || /^\s*(?:#.*)?$/.test(line));
}

/** The first offset that is neither blank, nor byte order mark, nor in a comment; `end` when there is none. */
function firstContent(text: string, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === 35) {
      const lineFeed = text.indexOf("\n", at);
      at = lineFeed === -1 ? end : lineFeed;
    } else if (code === 32 || code === 9 || code === 10 || code === 13 || code === 0xfeff) at += 1;
    else return at;
  }
  return end;
}

function startsWithBrace(text: string, start: number, end: number): boolean {
  return text.charCodeAt(firstContent(text, start, end)) === 123;
}

/** Cuts after each top-level object that another one follows. */
function splitJson(text: string, from: number, end: number): DocumentSlice[] {
  const slices: DocumentSlice[] = [];
  let start = from;
  for (;;) {
    const close = objectEnd(text, firstContent(text, start, end), end);
    if (close === -1) break;
    const next = firstContent(text, close, end);
    if (next === end || text.charCodeAt(next) !== 123) break;
    slices.push({ start, end: close });
    start = close;
  }
  slices.push({ start, end });
  return slices;
}

/** The offset behind the brace that closes the object at `at`; -1 when it is not closed. */
function objectEnd(text: string, at: number, end: number): number {
  let depth = 0;
  for (let index = at; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 34) {
      index += 1;
      while (index < end && text.charCodeAt(index) !== 34) index += text.charCodeAt(index) === 92 ? 2 : 1;
    } else if (code === 123 || code === 91) depth += 1;
    else if (code === 125 || code === 93) {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return -1;
}

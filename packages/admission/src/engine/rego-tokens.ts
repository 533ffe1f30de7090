export interface RegoToken {
  readonly kind: "name" | "string" | "number" | "symbol";
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** No blank between the token before and this one. */
  readonly joined: boolean;
  readonly firstOnLine: boolean;
}

const TOKEN =
  /(#[^\n]*)|(\n)|([ \t\r]+)|("(?:[^"\\\n]|\\.)*"?)|(`[^`]*`?)|([A-Za-z_]\w*)|(\d[\w.]*)|(:=|==|!=|<=|>=|[^])/y;

/** Rego's tokens, comments left out. Text that is no Rego still gives tokens: whatever reads them must not rely on more. */
export function regoTokens(text: string): readonly RegoToken[] {
  const tokens: RegoToken[] = [];
  const pattern = new RegExp(TOKEN.source, TOKEN.flags);
  let line = 1;
  let joined = false;
  let firstOnLine = true;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [, comment, newline, blank, quoted, raw, name, number] = match;
    if (newline !== undefined) {
      line += 1;
      firstOnLine = true;
    }
    if (comment !== undefined || newline !== undefined || blank !== undefined) {
      joined = false;
      continue;
    }
    const kind =
      quoted !== undefined || raw !== undefined
        ? "string"
        : name === undefined
          ? number === undefined
            ? "symbol"
            : "number"
          : "name";
    tokens.push({ kind, text: match[0], line, joined, firstOnLine });
    if (raw !== undefined) line += raw.split("\n").length - 1;
    joined = true;
    firstOnLine = false;
  }
  return tokens;
}

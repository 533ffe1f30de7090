/**
 * Makes a text smaller while something stays true of it, knowing only brackets, strings and words: neighbours are left out, brackets
 * are replaced by what is in them, groups by a constant. Most candidates are not valid; that is for the predicate to say.
 */

type Piece =
  | { readonly text: string }
  | { readonly open: string; readonly inner: readonly Piece[]; readonly close: string };

const TOKEN = /\s*(?:\$?"(?:[^"\\]|\\.)*"|[A-Za-z_][\w.]*|-?\d[\w.+-]*|:=|[=!<>]=|\n|[^\s])/y;
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const CONSTANTS = ["1", '"a"', "true"] as const;

/** `interesting` is asked about smaller and smaller texts; gives the smallest found within `attempts` questions. */
export async function shrinkText(
  text: string,
  interesting: (candidate: string) => Promise<boolean>,
  attempts: { left: number },
): Promise<string> {
  let best = text;
  for (;;) {
    const smaller = await firstSmaller(best, interesting, attempts);
    if (smaller === undefined) return best;
    best = smaller;
  }
}

async function firstSmaller(
  text: string,
  interesting: (candidate: string) => Promise<boolean>,
  attempts: { left: number },
): Promise<string | undefined> {
  const tried = new Set([text]);
  for (const candidate of candidates(parse(text))) {
    if (tried.has(candidate) || candidate.length >= text.length) continue;
    tried.add(candidate);
    if (attempts.left <= 0) return undefined;
    attempts.left -= 1;
    if (await interesting(candidate)) return candidate;
  }
  return undefined;
}

function parse(text: string): readonly Piece[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) tokens.push(match[0]);
  let at = 0;
  const pieces = (close: string | undefined): readonly Piece[] => {
    const found: Piece[] = [];
    while (at < tokens.length) {
      const token = tokens[at] ?? "";
      const bracket = token.trim();
      if (bracket === close) return found;
      at += 1;
      const closing = CLOSING[bracket];
      if (closing === undefined) {
        found.push({ text: token });
      } else {
        const inner = pieces(closing);
        found.push({ open: token, inner, close: tokens[at] ?? "" });
        at += 1;
      }
    }
    return found;
  };
  return pieces(undefined);
}

function textOf(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) => ("text" in piece ? piece.text : piece.open + textOf(piece.inner) + piece.close))
    .join("");
}

/** Texts with something left out or replaced, the boldest first. */
function* candidates(pieces: readonly Piece[]): Generator<string> {
  for (let length = pieces.length; length >= 1; length = length > 8 ? Math.floor(length / 2) : length - 1) {
    for (let start = 0; start + length <= pieces.length; start += Math.max(1, Math.floor(length / 4))) {
      yield textOf([...pieces.slice(0, start), ...pieces.slice(start + length)]);
    }
  }
  for (const [index, piece] of pieces.entries()) {
    const before = textOf(pieces.slice(0, index));
    const after = textOf(pieces.slice(index + 1));
    if ("text" in piece) {
      for (const constant of CONSTANTS)
        if (piece.text.length > constant.length + 1) yield `${before} ${constant}${after}`;
      continue;
    }
    for (const constant of CONSTANTS) yield `${before} ${constant}${after}`;
    const previous = pieces[index - 1];
    // A call or an index, with what it is of.
    if (previous !== undefined && "text" in previous) {
      for (const constant of CONSTANTS) yield `${textOf(pieces.slice(0, index - 1))} ${constant}${after}`;
      yield `${textOf(pieces.slice(0, index - 1))} ${textOf(piece.inner)}${after}`;
    }
    yield `${before} ${textOf(piece.inner)}${after}`;
    for (const inner of candidates(piece.inner)) yield before + piece.open + inner + piece.close + after;
  }
}

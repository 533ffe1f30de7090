/** The text or bytes that a literal stands for; an error says why there is none. */
const SIMPLE: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "`": "`",
  "?": "?",
};

export type Unescaped<T> = { readonly value: T } | { readonly error: string };

export function unescapeString(literal: string): Unescaped<string> {
  const { raw, body } = stripped(literal);
  if (raw || !body.includes("\\")) return { value: body };
  let error: string | undefined;
  const value = body.replace(ESCAPES, (escape) => {
    const [, kind = ""] = escape;
    const simple = SIMPLE[kind];
    if (simple !== undefined) return simple;
    const code = codeOf(escape);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      error = "invalid unicode code point";
      return "";
    }
    return String.fromCodePoint(code);
  });
  return error === undefined ? { value } : { error };
}

/** In a bytes literal `\x` and octal escapes are bytes, all else is UTF-8. */
export function unescapeBytes(literal: string): Unescaped<Uint8Array> {
  const { raw, body } = stripped(literal.slice(1));
  const encoder = new TextEncoder();
  if (raw) return { value: encoder.encode(body) };
  const bytes: number[] = [];
  let end = 0;
  for (const { 0: escape, index } of body.matchAll(ESCAPES)) {
    bytes.push(...encoder.encode(body.slice(end, index)));
    end = index + escape.length;
    const [, kind = ""] = escape;
    if (kind === "u" || kind === "U") return { error: "unable to unescape string" };
    const simple = SIMPLE[kind];
    bytes.push(...(simple === undefined ? [codeOf(escape)] : encoder.encode(simple)));
  }
  bytes.push(...encoder.encode(body.slice(end)));
  return { value: new Uint8Array(bytes) };
}

const ESCAPES = /\\(?:[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7][0-7]|.)/g;

function codeOf(escape: string): number {
  return /^\\[0-3]/.test(escape) ? Number.parseInt(escape.slice(1), 8) : Number.parseInt(escape.slice(2), 16);
}

function stripped(literal: string): { readonly raw: boolean; readonly body: string } {
  const text = literal.replaceAll(/\r\n?/g, "\n");
  const raw = /^[rR]/.test(text);
  const quoted = raw ? text.slice(1) : text;
  const width = /^(?:"""|''')/.test(quoted) && quoted.length >= 6 ? 3 : 1;
  return { raw, body: quoted.slice(width, quoted.length - width) };
}

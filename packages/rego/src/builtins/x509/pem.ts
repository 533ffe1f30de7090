import { fromUtf8 } from "../../values/utf8.ts";
import { decodeBase64 } from "../base64.ts";
import { BuiltinError } from "../errors.ts";

export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
  /** What follows the block. */
  readonly rest: string;
}

/** The first PEM block of a text, whatever comes before it; undefined if there is none. */
export function decodePem(text: string): PemBlock | undefined {
  const begin = /(?:^|\n)-----BEGIN ([^\n]*?)-----[ \t\r]*\n/g;
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    const type = match[1] ?? "";
    const from = match.index + match[0].length;
    const endMark = `-----END ${type}-----`;
    const end = text.indexOf(endMark, from);
    if (end < 0) continue;
    const after = text.slice(end + endMark.length);
    const lineEnd = /^[ \t\r]*(?:\n|$)/.exec(after)?.[0];
    if (lineEnd === undefined) continue;
    const body = text.slice(from, end).replace(/^(?:[^\n:]+:[^\n]*\n)+\n?/, "");
    try {
      const bytes = decodeBase64(body.replaceAll(/[ \t\r\n]/g, ""), "standard");
      return { type, bytes, rest: after.slice(lineEnd.length) };
    } catch (error) {
      if (!(error instanceof BuiltinError)) throw error;
    }
  }
  return undefined;
}

/** The bytes of PEM text or, where it is none, of base64. */
export function decodedText(text: string): string {
  return text.startsWith("-----BEGIN") ? text : fromUtf8(decodeBase64(text, "standard"));
}

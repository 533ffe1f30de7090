import { toUtf8 } from "../../values/utf8.ts";

/** Go's time package quotes byte by byte. */
export function quoteBytes(text: string): string {
  let quoted = '"';
  for (const byte of toUtf8(text)) {
    const character = String.fromCharCode(byte);
    if (byte >= 0x80 || byte < 0x20) quoted += `\\x${byte.toString(16).padStart(2, "0")}`;
    else quoted += character === '"' || character === "\\" ? `\\${character}` : character;
  }
  return `${quoted}"`;
}

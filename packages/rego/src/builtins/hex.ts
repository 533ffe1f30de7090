import { toUtf8 } from "../values/utf8.ts";
import { BuiltinError } from "./errors.ts";

export function encodeHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

export function decodeHex(text: string): Uint8Array {
  const source = toUtf8(text);
  for (const byte of source) {
    if (!/^[0-9a-fA-F]$/.test(String.fromCharCode(byte))) {
      const character = byte >= 0x20 && byte !== 0x7f && (byte < 0x80 || byte > 0xa0) && byte !== 0xad;
      const shown = character ? ` '${String.fromCharCode(byte)}'` : "";
      const code = byte.toString(16).toUpperCase().padStart(4, "0");
      throw new BuiltinError(`encoding/hex: invalid byte: U+${code}${shown}`);
    }
  }
  if (source.length % 2 === 1) throw new BuiltinError("encoding/hex: odd length hex string");
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

import { toUtf8 } from "../values/utf8.ts";
import { BuiltinError } from "./errors.ts";

export type Base64Alphabet = "standard" | "url";

const alphabets: Readonly<Record<Base64Alphabet, string>> = {
  standard: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
  url: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

function digitValues(alphabet: Base64Alphabet): ReadonlyMap<number, number> {
  return new Map(Array.from(alphabets[alphabet], (character, value) => [character.charCodeAt(0), value]));
}

const values: Readonly<Record<Base64Alphabet, ReadonlyMap<number, number>>> = {
  standard: digitValues("standard"),
  url: digitValues("url"),
};

export function encodeBase64(bytes: Uint8Array, alphabet: Base64Alphabet, padded = true): string {
  const digits = alphabets[alphabet];
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += digits.charAt(group >> 18) + digits.charAt((group >> 12) & 63);
    if (left > 1) text += digits.charAt((group >> 6) & 63);
    else if (padded) text += "=";
    if (left > 2) text += digits.charAt(group & 63);
    else if (padded) text += "=";
  }
  return text;
}

/**
 * Decodes padded base64. Line breaks are skipped and spare bits ignored, as Go does; the error tells the byte where Go
 * stops.
 */
export function decodeBase64(text: string, alphabet: Base64Alphabet): Uint8Array {
  const source = toUtf8(text);
  const digits = values[alphabet];
  const output: number[] = [];
  let at = 0;
  const skipBreaks = (): void => {
    while (source[at] === 10 || source[at] === 13) at += 1;
  };
  for (;;) {
    const group: number[] = [];
    while (group.length < 4) {
      skipBreaks();
      const byte = source[at];
      if (byte === undefined) {
        if (group.length === 0) return Uint8Array.from(output);
        throw corrupt(at - group.length);
      }
      const value = digits.get(byte);
      at += 1;
      if (value !== undefined) {
        group.push(value);
        continue;
      }
      if (byte !== 61 || group.length < 2) throw corrupt(at - 1);
      if (group.length === 2) {
        skipBreaks();
        if (at === source.length) throw corrupt(source.length);
        if (source[at] !== 61) throw corrupt(at - 1);
        at += 1;
      }
      skipBreaks();
      if (at < source.length) throw corrupt(at);
      break;
    }
    const [a = 0, b = 0, c = 0, d = 0] = group;
    const bits = (a << 18) | (b << 12) | (c << 6) | d;
    output.push((bits >> 16) & 255);
    if (group.length > 2) output.push((bits >> 8) & 255);
    if (group.length > 3) output.push(bits & 255);
    if (group.length < 4) return Uint8Array.from(output);
  }
}

function corrupt(offset: number): BuiltinError {
  return new BuiltinError(`illegal base64 data at input byte ${offset}`);
}

/** Base64url with or without padding, as JSON Web Tokens have it. */
export function decodeBase64Url(text: string): Uint8Array {
  if (text.endsWith("=")) return decodeBase64(text, "url");
  const length = toUtf8(text).length % 4;
  if (length === 1) throw new BuiltinError(`illegal base64url string: ${text}`);
  return decodeBase64(text + "=".repeat((4 - length) % 4), "url");
}

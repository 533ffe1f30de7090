/*
 * Go maps letters one to one: no letter grows into two (`ß` has no capital) and none looks at its neighbours (a final
 * sigma stays a sigma). JavaScript's mapping does both.
 */

const ascii = /^[\0-\x7f]*$/;

export function toUpper(text: string): string {
  if (ascii.test(text)) return text.toUpperCase();
  let result = "";
  for (const letter of text) result += upperLetter(letter);
  return result;
}

function upperLetter(letter: string): string {
  const upper = letter.toUpperCase();
  if (isOneCharacter(upper)) return upper;
  const code = letter.codePointAt(0) ?? 0;
  // Greek letters with a written-below iota have a capital of their own.
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCodePoint(code | 8);
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCodePoint(code + 9);
  return letter;
}

export function toLower(text: string): string {
  if (ascii.test(text)) return text.toLowerCase();
  let result = "";
  for (const letter of text) {
    const lower = letter.toLowerCase();
    // The one letter that grows: the dotted capital I.
    result += isOneCharacter(lower) ? lower : "i";
  }
  return result;
}

function isOneCharacter(text: string): boolean {
  return text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff);
}

/** The text of an AdmissionReview, read with doubt: an API server writes none of what is refused here. */
import { isAscii, isUtf8 } from "node:buffer";
import { type JsonObject, type JsonValue, integerValue, isJsonObject } from "@redoubt/kube";

export type ReviewJson =
  | { readonly kind: "review"; readonly review: JsonObject }
  | { readonly kind: "refused"; readonly message: string };

/**
 * Parses a review. Refused are what is no JSON, nesting beyond `maxDepth`, bytes that are no UTF-8, halves of characters, and objects
 * with the same key twice, of which readers take different ones. Integers of 64 bits keep their digits, as `parseJson` has it. Never throws.
 */
export function readReviewJson(bytes: Buffer, maxDepth: number): ReviewJson {
  if (!isUtf8(bytes)) return { kind: "refused", message: "the body is not UTF-8" };
  try {
    const review = new Reader(bytes, maxDepth).read();
    if (isJsonObject(review)) return { kind: "review", review };
    return { kind: "refused", message: "the body must be a JSON object" };
  } catch (error) {
    if (error instanceof Refusal) return { kind: "refused", message: error.message };
    throw error;
  }
}

class Refusal extends Error {}

const NOT_JSON = "the body is not JSON";

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** RFC 8259, section 6. */
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
/** Integers of fewer digits are exact as doubles. */
const LONG = 16;
/** With more keys than this an object's keys are looked up, and not compared one by one. */
const FEW_KEYS = 24;

/**
 * A parser of JSON (RFC 8259) for this one use: what JSON.parse does not tell, keys that stand twice, nesting, digits, would need a second and a
 * third walk, and a webhook does little else than reading. In a test it agrees with JSON.parse.
 */
class Reader {
  readonly #bytes: Buffer;
  readonly #maxDepth: number;
  /** The text, by the same positions as the bytes, where all characters are of one byte. */
  readonly #ascii: string | undefined;
  #at = 0;
  #depth = 0;
  /** The keys so far of the objects that are open, the innermost last; what is beyond their number counts no more. */
  readonly #keys: string[] = [];
  #keyCount = 0;

  constructor(bytes: Buffer, maxDepth: number) {
    this.#bytes = bytes;
    this.#maxDepth = maxDepth;
    this.#ascii = isAscii(bytes) ? bytes.toString("latin1") : undefined;
  }

  read(): JsonValue {
    const value = this.#value(this.#skipSpace());
    if (this.#skipSpace() !== -1) throw new Refusal(NOT_JSON);
    return value;
  }

  /** The next byte that is no space, which stays; -1 at the end. */
  #skipSpace(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at] ?? -1;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++this.#at] ?? -1;
    return byte;
  }

  #value(first: number): JsonValue {
    switch (first) {
      case QUOTE:
        return this.#string();
      case OPEN_BRACE:
        return this.#object();
      case OPEN_BRACKET:
        return this.#array();
      case 0x74:
        return this.#word(TRUE, true);
      case 0x66:
        return this.#word(FALSE, false);
      case 0x6e:
        return this.#word(NULL, null);
      default:
        return this.#number(first);
    }
  }

  #word<T>(letters: Uint8Array, value: T): T {
    for (let index = 1; index < letters.length; index++)
      if (this.#bytes[this.#at + index] !== letters[index]) throw new Refusal(NOT_JSON);
    this.#at += letters.length;
    return value;
  }

  #object(): JsonObject {
    const object: JsonObject = {};
    const keys = this.#keys;
    const first = this.#keyCount;
    let known: Set<string> | undefined;
    this.#open();
    let byte = this.#skipSpace();
    if (byte === CLOSE_BRACE) {
      this.#close();
      return object;
    }
    for (;;) {
      if (byte !== QUOTE) throw new Refusal(NOT_JSON);
      const key = this.#string();
      if (known === undefined) {
        for (let at = first; at < this.#keyCount; at++) if (keys[at] === key) throw new Refusal(TWICE);
        keys[this.#keyCount++] = key;
        if (this.#keyCount - first > FEW_KEYS) known = new Set(keys.slice(first, this.#keyCount));
      } else if (known.size === known.add(key).size) throw new Refusal(TWICE);
      if (this.#skipSpace() !== COLON) throw new Refusal(NOT_JSON);
      this.#at++;
      const value = this.#value(this.#skipSpace());
      if (key === "__proto__") {
        Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      } else object[key] = value;
      byte = this.#skipSpace();
      if (byte !== COMMA) break;
      this.#at++;
      byte = this.#skipSpace();
    }
    if (byte !== CLOSE_BRACE) throw new Refusal(NOT_JSON);
    this.#keyCount = first;
    this.#close();
    return object;
  }

  #array(): JsonValue[] {
    const items: JsonValue[] = [];
    this.#open();
    let byte = this.#skipSpace();
    if (byte === CLOSE_BRACKET) {
      this.#close();
      return items;
    }
    for (;;) {
      items.push(this.#value(byte));
      byte = this.#skipSpace();
      if (byte !== COMMA) break;
      this.#at++;
      byte = this.#skipSpace();
    }
    if (byte !== CLOSE_BRACKET) throw new Refusal(NOT_JSON);
    this.#close();
    return items;
  }

  #open(): void {
    this.#at++;
    this.#depth++;
    if (this.#depth > this.#maxDepth) throw new Refusal(`the body is nested deeper than ${this.#maxDepth} levels`);
  }

  #close(): void {
    this.#at++;
    this.#depth--;
  }

  #string(): string {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    let end = start;
    while (ENDS_PLAIN[bytes[end] ?? QUOTE] === 0) end++;
    if (bytes[end] !== QUOTE) return this.#escapedString(start, end);
    this.#at = end + 1;
    if (end - start > LONGEST_KEPT || end === start) return this.#text(start, end);
    const slot = slotOf(bytes, start, end);
    return isKept(slot, bytes, start, end) ? (kept[slot] ?? "") : keep(slot, bytes, start, end);
  }

  /** From where something stands that is more than it seems. */
  #escapedString(start: number, from: number): string {
    const bytes = this.#bytes;
    let end = from;
    for (; bytes[end] !== QUOTE; end++) {
      if (end >= bytes.length) throw new Refusal(NOT_JSON);
      if (bytes[end] === BACKSLASH) end++;
    }
    this.#at = end + 1;
    const string = parsed(this.#text(start - 1, end + 1));
    // Half of a character that UTF-16 writes in two: a text with one alone is no Unicode, and readers differ over it.
    if (!string.isWellFormed()) throw new Refusal("the body holds half of a UTF-16 surrogate pair");
    return string;
  }

  #text(start: number, end: number): string {
    return this.#ascii?.slice(start, end) ?? this.#bytes.toString("utf8", start, end);
  }

  #number(first: number): number | bigint {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = first === MINUS ? start + 1 : start;
    const digits = at;
    let value = 0;
    let byte = bytes[at] ?? 0;
    for (; byte >= 0x30 && byte <= 0x39; byte = bytes[++at] ?? 0) value = value * 10 + (byte - 0x30);
    const isPlain = !(byte === 0x2e || byte === 0x65 || byte === 0x45);
    if (isPlain && at > digits && at - digits < LONG && (bytes[digits] !== 0x30 || at - digits === 1)) {
      this.#at = at;
      return first === MINUS ? -value : value;
    }
    while (IN_NUMBER[bytes[at] ?? 0] === 1) at++;
    const text = bytes.toString("latin1", start, at);
    if (!NUMBER.test(text)) throw new Refusal(NOT_JSON);
    this.#at = at;
    return isPlain ? integerValue(BigInt(text)) : Number(text);
  }
}

const TWICE = "the body holds an object with the same key twice";
const [TRUE, FALSE, NULL] = [Buffer.from("true"), Buffer.from("false"), Buffer.from("null")];

/** 1 for bytes that a string without escapes ends at or must not have. */
const ENDS_PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
);
const IN_NUMBER = Uint8Array.from({ length: 256 }, (_, byte) => (/[0-9.eE+-]/.test(String.fromCharCode(byte)) ? 1 : 0));

/** The string that JSON text is, as JSON.parse reads escapes. */
function parsed(text: string): string {
  try {
    const string: unknown = JSON.parse(text);
    if (typeof string === "string") return string;
  } catch {
    // No JSON: said below.
  }
  throw new Refusal(NOT_JSON);
}

/**
 * Short strings that came before, by their bytes: keys and most values are the same in every review, and need not be made again. What comes to
 * the same place takes it over.
 */
const SLOTS = 2048;
const LONGEST_KEPT = 32;
const kept: string[] = Array.from({ length: SLOTS }, () => "");
const keptLengths = new Uint8Array(SLOTS);
const keptBytes = new Uint8Array(SLOTS * LONGEST_KEPT);

function slotOf(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  const ends = Math.imul(bytes[start] ?? 0, 0x9e3779b1) ^ Math.imul(bytes[end - 1] ?? 0, 0x85ebca6b);
  const mixed = ends ^ Math.imul(bytes[start + (length >> 1)] ?? 0, 0xc2b2ae35) ^ Math.imul(length, 0x27d4eb2f);
  return ((mixed >>> 21) ^ (mixed >>> 10)) & (SLOTS - 1);
}

function isKept(slot: number, bytes: Buffer, start: number, end: number): boolean {
  if (keptLengths[slot] !== end - start) return false;
  const from = slot * LONGEST_KEPT - start;
  for (let at = start; at < end; at++) if (keptBytes[from + at] !== bytes[at]) return false;
  return true;
}

function keep(slot: number, bytes: Buffer, start: number, end: number): string {
  // From the bytes, since a part of the text would keep all of it in memory.
  const text = bytes.toString("utf8", start, end);
  kept[slot] = text;
  keptLengths[slot] = end - start;
  const from = slot * LONGEST_KEPT - start;
  for (let at = start; at < end; at++) keptBytes[from + at] = bytes[at] ?? 0;
  return text;
}

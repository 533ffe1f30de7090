/** The text of an AdmissionReview, read with doubt: an API server writes none of what is refused here. */
import { isUtf8 } from "node:buffer";
import { type JsonObject, type JsonValue, isJsonObject, parseJson } from "@redoubt/kube";

export type ReviewJson =
  | { readonly kind: "review"; readonly review: JsonObject }
  | { readonly kind: "refused"; readonly message: string };

/** Bytes of a body whose nesting cannot cost much memory, whatever it holds. */
const SMALL = 64 * 1024;

/**
 * Parses a review. Refused are what is no JSON, nesting beyond `maxDepth`, bytes that are no UTF-8, halves of characters, and objects
 * with the same key twice, of which readers take different ones. Never throws.
 */
export function readReviewJson(bytes: Buffer, maxDepth: number): ReviewJson {
  if (!isUtf8(bytes)) return refused("the body is not UTF-8");
  const scanned = bytes.length > SMALL ? scan(bytes) : undefined;
  const tooDeep = `the body is nested deeper than ${maxDepth} levels`;
  if (scanned !== undefined && scanned.depth > maxDepth) return refused(tooDeep);
  const text = bytes.toString("utf8");
  let review: unknown;
  try {
    review = JSON.parse(text);
  } catch {
    return refused("the body is not JSON");
  }
  if (!isJsonObject(review)) return refused("the body must be a JSON object");
  const members = new Members();
  members.count(review, maxDepth);
  if (members.isTooDeep) return refused(tooDeep);
  // Every member has its colon, so that one that stands for two is missed.
  if (members.total !== mostMembers(bytes) && members.total !== (scanned ?? scan(bytes)).members)
    return refused("the body holds an object with the same key twice");
  // Half of a character that UTF-16 writes in two: a text with one alone is no Unicode, and readers differ over it.
  if (text.includes("\\u") && !isWellFormed(review)) return refused("the body holds half of a UTF-16 surrogate pair");
  return { kind: "review", review: members.hasLongNumber ? exact(text, review) : review };
}

function refused(message: string): ReviewJson {
  return { kind: "refused", message };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** What JSON text holds outside of its strings: colons, and how deep it nests. Text that is no JSON may give any numbers. */
function scan(bytes: Buffer): { readonly members: number; readonly depth: number } {
  let members = 0;
  let level = 0;
  let depth = 0;
  const { length } = bytes;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      for (at++; at < length && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
    } else if (byte === COLON) members++;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      level++;
      if (level > depth) depth = level;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) level--;
  }
  return { members, depth };
}

/**
 * At least as many as the members that JSON text writes, and mostly no more: colons behind a quote or a space, within strings too. Looks at
 * four bytes at a time, since most hold no colon.
 */
function mostMembers(bytes: Buffer): number {
  const { length, byteOffset, buffer } = bytes;
  const start = -byteOffset & 3;
  if (length < start) return scan(bytes).members;
  const words = new Uint32Array(buffer, byteOffset + start, (length - start) >> 2);
  let members = 0;
  for (let at = 0; at < start; at++) members += memberColon(bytes, at);
  let at = start;
  for (let word = 0; word < words.length; word++, at += 4) {
    const difference = (words[word] ?? 0) ^ 0x3a3a3a3a;
    // Not 0 where a byte is: the usual test by borrowing.
    if (((difference - 0x01010101) & ~difference & 0x80808080) === 0) continue;
    members += memberColon(bytes, at) + memberColon(bytes, at + 1);
    members += memberColon(bytes, at + 2) + memberColon(bytes, at + 3);
  }
  for (; at < length; at++) members += memberColon(bytes, at);
  return members;
}

/** 1 for a colon that a key may stand before, else 0. */
function memberColon(bytes: Buffer, at: number): 0 | 1 {
  if (bytes[at] !== COLON) return 0;
  const before = bytes[at - 1];
  return before === QUOTE || before === 0x20 || before === 0x09 || before === 0x0a || before === 0x0d ? 1 : 0;
}

/** What a value holds, in one walk. */
class Members {
  total = 0;
  isTooDeep = false;
  /** Whether a number may have more digits than a double keeps. */
  hasLongNumber = false;

  count(value: JsonObject | JsonValue[], levels: number): void {
    if (levels === 0) {
      this.isTooDeep = true;
      return;
    }
    if (Array.isArray(value)) {
      for (const item of value) this.#look(item, levels);
      return;
    }
    for (const key in value) {
      this.total++;
      this.#look(value[key], levels);
    }
  }

  #look(value: JsonValue | undefined, levels: number): void {
    if (typeof value === "object" && value !== null) this.count(value, levels - 1);
    else if (typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER) this.hasLongNumber = true;
  }
}

/** The same with the digits that integers were written with. */
function exact(text: string, review: JsonObject): JsonObject {
  const read = parseJson(text);
  return isJsonObject(read) ? read : review;
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isWellFormed);
  return Object.entries(value).every(([key, member]) => key.isWellFormed() && isWellFormed(member));
}

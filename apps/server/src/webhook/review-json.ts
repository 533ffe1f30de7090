/** The text of an AdmissionReview, read with doubt: an API server writes none of what is refused here. */
import { isUtf8 } from "node:buffer";
import { type JsonObject, isJsonObject, parseJson } from "@redoubt/kube";

export type ReviewJson =
  | { readonly kind: "review"; readonly review: JsonObject }
  | { readonly kind: "refused"; readonly message: string };

/** Half of a character that UTF-16 writes in two, escaped: a text with one alone is no Unicode, and readers differ over it. */
const SURROGATE = /\\u[dD][89a-fA-F]/;

/**
 * Parses a review. Refused are what is no JSON, nesting beyond `maxDepth`, bytes that are no UTF-8, halves of characters, and objects
 * with the same key twice, of which readers take different ones. Never throws.
 */
export function readReviewJson(bytes: Buffer, maxDepth: number): ReviewJson {
  if (!isUtf8(bytes)) return refused("the body is not UTF-8");
  const { members, depth } = scan(bytes);
  if (depth > maxDepth) return refused(`the body is nested deeper than ${maxDepth} levels`);
  const text = bytes.toString("utf8");
  let review: unknown;
  try {
    review = parseJson(text);
  } catch {
    return refused("the body is not JSON");
  }
  if (!isJsonObject(review)) return refused("the body must be a JSON object");
  // Every member has its colon, so that one that stands for two is missed.
  if (countMembers(review) !== members) return refused("the body holds an object with the same key twice");
  if (SURROGATE.test(text) && !isWellFormed(review)) return refused("the body holds half of a UTF-16 surrogate pair");
  return { kind: "review", review };
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

function countMembers(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === "object" && item !== null) count += countMembers(item);
    return count;
  }
  const members: unknown[] = Object.values(value);
  for (const member of members) if (typeof member === "object" && member !== null) count += countMembers(member);
  return count + members.length;
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isWellFormed);
  return Object.entries(value).every(([key, member]) => key.isWellFormed() && isWellFormed(member));
}

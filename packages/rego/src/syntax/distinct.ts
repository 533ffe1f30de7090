import { parseDecimal } from "../values/number.ts";
import type { Term } from "./ast.ts";

/** The items of a set, each once. Terms are the same whatever their place: `1` and `1.0`, `x` and `x`. */
export function distinctTerms(items: readonly Term[]): readonly Term[] {
  if (items.length < 2) return items;
  const seen = new Map<string, Term>();
  for (const item of items) {
    const key = identityOf(item);
    if (!seen.has(key)) seen.set(key, item);
  }
  return seen.size === items.length ? items : [...seen.values()];
}

/** A text that two terms share when they are the same. */
function identityOf(term: Term): string {
  switch (term.type) {
    case "string":
      return `"${term.value}`;
    case "var":
      return `v${term.name}`;
    case "number": {
      const { negative, digits, exponent } = parseDecimal(term.text);
      return `${negative ? "-" : ""}${digits}e${exponent}`;
    }
    default:
      return JSON.stringify(comparable(term));
  }
}

/** The node without its places, and with collections in an order that does not depend on how they were written. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  if ("type" in value && value.type === "number" && "text" in value && typeof value.text === "string") {
    const { negative, digits, exponent } = parseDecimal(value.text);
    return ["number", negative, String(digits), exponent];
  }
  const parts = Object.entries(value).flatMap(([key, part]) => (key === "location" ? [] : [[key, comparable(part)]]));
  const unordered = "type" in value && (value.type === "set" || value.type === "object");
  return unordered ? parts.map(([key, part]) => [key, Array.isArray(part) ? sorted(part) : part]) : parts;
}

function sorted(parts: readonly unknown[]): string[] {
  return parts.map((part) => JSON.stringify(part)).sort();
}

import { isArray } from "../values/kinds.ts";
import type { Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { CachePurpose } from "./cache.ts";
import { Glob } from "./glob.ts";
import { withinStack } from "./growth.ts";
import { elementError, stringOperand, typeError } from "./operands.ts";

/** Keyed by the number of separators, the separators and the pattern. */
const globs: CachePurpose<Glob> = new CachePurpose(200, (key) => {
  const characters = Array.from(key);
  const count = characters[0]?.codePointAt(0) ?? 0;
  const pattern = characters.slice(1 + count).join("");
  return withinStack(() => new Glob(pattern, characters.slice(1, 1 + count)), "the pattern nests too deeply");
});

function separatorsOperand(value: Value): readonly string[] {
  if (value === null) return [];
  if (!isArray(value)) throw typeError(2, value, "array", "null");
  if (value.length === 0) return ["."];
  return value.map((separator) => {
    if (typeof separator !== "string") throw elementError(2, value, separator, "string");
    if (Array.from(separator).length !== 1) throw elementError(2, value, separator, "rune");
    return separator;
  });
}

function match(context: BuiltinContext, pattern: Value, separators: Value, text: Value): Value {
  const source = stringOperand(pattern, 1);
  const stops = separatorsOperand(separators);
  const subject = stringOperand(text, 3);
  if (subject.length > 256) context.charge(subject.length / 16);
  const key = String.fromCodePoint(Math.min(stops.length, 0xd7ff)) + stops.join("") + source;
  return context.caches.get(globs, key).matches(subject);
}

export const globFamily: Family = {
  "glob.match": match,
  "glob.quote_meta": (_, text) => stringOperand(text, 1).replaceAll(/[*?\\[\]{}]/g, String.raw`\$&`),
};

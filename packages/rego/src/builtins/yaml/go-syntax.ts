import { jsonKey } from "../../values/json-write.ts";
import { isArray, isNumber, isObject } from "../../values/kinds.ts";
import { numberText } from "../../values/number.ts";
import { objectEntries } from "../../values/object.ts";
import { quote } from "../../values/term-text.ts";
import { compareStrings } from "../../values/utf8.ts";
import type { Value } from "../../values/value.ts";

/** A value as Go writes it in a program, which messages of go-yaml show; null is written otherwise where it stands alone. */
export function goSyntax(value: Value, place: "alone" | "inside"): string {
  if (value === null) return place === "alone" ? "<nil>" : "interface {}(nil)";
  if (typeof value === "string") return quote(value);
  if (isNumber(value)) return numberText(value);
  if (typeof value === "boolean") return String(value);
  if (isArray(value)) return `[]interface {}{${value.map((item) => goSyntax(item, "inside")).join(", ")}}`;
  if (!isObject(value)) return "";
  const entries = objectEntries(value)
    .map(([key, item]): readonly [string, Value] => [jsonKey(key), item])
    .toSorted((a, b) => compareStrings(a[0], b[0]));
  const inside = entries.map(([key, item]) => `${quote(key)}:${goSyntax(item, "inside")}`);
  return `map[string]interface {}{${inside.join(", ")}}`;
}

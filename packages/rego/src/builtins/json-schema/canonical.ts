import { isArray, isNumber, isPlainObject } from "../../values/kinds.ts";
import { jsonString } from "../../values/json-write.ts";
import { numberText } from "../../values/number.ts";
import { sortedKeys } from "../../values/object.ts";
import { ownValue, type Value } from "../../values/value.ts";
import { jsonFloat } from "../yaml/scalar.ts";

/** JSON text that is the same for values a schema holds equal: numbers are those that doubles can hold. */
export function canonicalJson(value: Value): string {
  if (typeof value === "string") return jsonString(value);
  if (isNumber(value)) return jsonFloat(Number(numberText(value)));
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isPlainObject(value)) return value === null ? "null" : String(value === true);
  const entries = sortedKeys(value).map((key) => `${jsonString(key)}:${canonicalJson(ownValue(value, key) ?? null)}`);
  return `{${entries.join(",")}}`;
}

import type { JsonValue } from "@redoubt/kube";
import { RegoNumber, type Value, isArray, isObject, isSet, toJson } from "@redoubt/rego";

/** What a policy answered, as JSON: sets as lists, fractions that no double holds as the nearest one. */
export function asJson(value: Value): JsonValue {
  const json = toJson(value);
  if (isArray(json)) return json.map(asJson);
  if (json instanceof RegoNumber) return Number(json.text);
  if (isSet(json)) return [];
  if (!isObject(json)) return json;
  return Object.fromEntries(Object.entries(json).map(([key, item]: [string, Value]) => [key, asJson(item)]));
}

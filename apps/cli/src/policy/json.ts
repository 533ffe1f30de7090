import { RegoNumber, type Value, jsonString, jsonText } from "@redoubt/rego";

/** A Rego value inside JSON that is otherwise made of JavaScript's own. */
export class RegoJson {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
  }
}

/** JSON with the members of objects in the order they were given, laid out and escaped as Go writes it. */
export function indentedJson(value: unknown, indent = "  "): string {
  return `${write(value, "\n", indent)}\n`;
}

function write(value: unknown, newline: string, indent: string): string {
  if (value instanceof RegoJson) return jsonText(value.value, { prefix: newline.slice(1), indent });
  if (typeof value === "string") return jsonString(value);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean" || value === null) {
    return String(value);
  }
  if (value instanceof RegoNumber) return value.text;
  const inner = newline + indent;
  if (Array.isArray(value)) {
    const items = value.map((item) => inner + write(item, inner, indent));
    return items.length === 0 ? "[]" : `[${items.join(",")}${newline}]`;
  }
  if (typeof value !== "object") throw new TypeError(`no JSON for ${typeof value}`);
  const members = Object.entries(value).flatMap(([key, member]: [string, unknown]) =>
    member === undefined ? [] : [`${inner}${jsonString(key)}: ${write(member, inner, indent)}`],
  );
  return members.length === 0 ? "{}" : `{${members.join(",")}${newline}}`;
}

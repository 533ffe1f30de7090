import { isArray, isNumber, isPlainObject } from "../../values/kinds.ts";
import { jsonText } from "../../values/json-write.ts";
import { numberText } from "../../values/number.ts";
import type { Value } from "../../values/value.ts";
import { compareKeys } from "./key-order.ts";
import { readJsonAsYaml } from "./read.ts";
import { isSimpleKey, scalarText } from "./write-scalar.ts";

/**
 * A value as YAML, laid out as go-yaml v3 does with an indentation of two. OPA reads the value's JSON as if it were YAML before,
 * which not all JSON is: throws a `BuiltinError` for control characters and keys beyond 1,024 characters, and folds line breaks
 * that JSON does not escape.
 */
export function yamlText(value: Value): string {
  return new YamlWriter().document(readJsonAsYaml(goJson(value)));
}

/** The JSON that Go's encoder writes: it escapes what HTML or JavaScript could take for something else. */
function goJson(value: Value): string {
  return jsonText(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

class YamlWriter {
  readonly #parts: string[] = [];

  document(value: Value): string {
    if (isBlock(value)) this.#block(value, 0, "");
    else this.#end(inline(value, 2));
    return this.#parts.join("");
  }

  /** The lines of a collection; `lead` is what goes before the first of them, for the others it is their indentation. */
  #block(value: Value, indent: number, lead: string): void {
    const pad = " ".repeat(indent);
    let before = lead;
    if (isArray(value)) {
      for (const item of value) {
        this.#parts.push(before, "-");
        this.#onSameLine(item, indent + 2);
        before = pad;
      }
    } else if (isPlainObject(value)) {
      for (const [key, item] of Object.entries(value).toSorted((a, b) => compareKeys(a[0], b[0]))) {
        this.#parts.push(before);
        this.#entry(key, item, indent);
        before = pad;
      }
    }
  }

  #entry(key: string, item: Value, indent: number): void {
    if (!isSimpleKey(key)) {
      this.#parts.push("? ");
      this.#end(scalarText(key, indent + 2));
      this.#parts.push(" ".repeat(indent), ":");
      this.#onSameLine(item, indent + 2);
      return;
    }
    this.#parts.push(scalarText(key, indent + 2), ":");
    if (isBlock(item)) {
      this.#parts.push("\n");
      this.#block(item, indent + 2, " ".repeat(indent + 2));
    } else {
      this.#end(` ${inline(item, indent + 2)}`);
    }
  }

  /** What follows a dash, or the colon after a key with a line of its own: collections start there too. */
  #onSameLine(value: Value, indent: number): void {
    if (isBlock(value)) this.#block(value, indent, " ");
    else this.#end(` ${inline(value, indent)}`);
  }

  /** The last of an entry, after which there is a line break. */
  #end(text: string): void {
    this.#parts.push(text);
    if (!/[\n\u2028\u2029]$/.test(text)) this.#parts.push("\n");
  }
}

/** A scalar or an empty collection; `indent` is where further lines of it go. */
function inline(value: Value, indent: number): string {
  if (typeof value === "string") return scalarText(value, indent);
  if (isNumber(value)) return numberText(value);
  if (typeof value === "boolean" || value === null) return String(value);
  return isArray(value) ? "[]" : "{}";
}

function isBlock(value: Value): boolean {
  if (isArray(value)) return value.length > 0;
  return isPlainObject(value) && Object.keys(value).length > 0;
}

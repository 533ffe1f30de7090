import { BuiltinError } from "../builtins/errors.ts";
import { readYaml } from "../builtins/yaml/read.ts";
import { JsonSyntaxError, parseJson } from "../values/json-read.ts";
import type { Value } from "../values/value.ts";
import { LoadError } from "./load-error.ts";

/** The text of a file. Throws a `LoadError` for one that is not UTF-8. */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new LoadError("LOAD_NOT_UTF8", file, "is not UTF-8 text", { cause });
  }
}

/** A JSON document. Throws a `LoadError` with the line. */
export function readJsonDocument(text: string, file: string): Value {
  try {
    return parseJson(text);
  } catch (cause) {
    if (!(cause instanceof JsonSyntaxError)) throw cause;
    const row = text.slice(0, cause.offset).split("\n").length;
    throw new LoadError("LOAD_DATA_SYNTAX", file, `line ${row}: not JSON: ${cause.message}`, { cause });
  }
}

/** The first document of YAML text, as JSON. Throws a `LoadError`. */
export function readYamlDocument(text: string, file: string): Value {
  try {
    return readYaml(text);
  } catch (cause) {
    if (!(cause instanceof BuiltinError)) throw cause;
    throw new LoadError("LOAD_DATA_SYNTAX", file, `not YAML: ${cause.message.replace(/^yaml: /, "")}`, { cause });
  }
}

import { KIND_STRUCTS, STRUCTS } from "../gen/schema.ts";
import type { KnownKinds } from "../gen/types.ts";
import { type JsonObject, type JsonValue, type Path, isJsonObject, toFieldPath } from "../json.ts";
import { nearest } from "./nearest.ts";

/** What decoding has to say about one field. */
export interface DecodeProblem {
  readonly code: "KUBE_DECODE" | "KUBE_UNKNOWN_FIELD" | "KUBE_BAD_BASE64";
  readonly severity: "error" | "warning";
  readonly path: Path;
  readonly message: string;
  readonly hint?: string;
}

const STRING = 0;
const BOOLEAN = 1;
const NUMBER = 2;
const INT32 = 3;
const INT64 = 4;
const QUANTITY = 5;
const INT_OR_STRING = 6;
const ANY = 7;
const BASE64 = 8;
const LIST = 9;
const MAP = 10;
const STRUCT = 11;

interface Type {
  readonly op: number;
  readonly item?: Type;
  fields?: Readonly<Record<string, Type>>;
}

const SCALAR_OPS: Readonly<Record<string, number>> = {
  string: STRING,
  boolean: BOOLEAN,
  number: NUMBER,
  int32: INT32,
  int64: INT64,
  quantity: QUANTITY,
  intOrString: INT_OR_STRING,
  any: ANY,
  base64: BASE64,
};

/** Fields that Go decodes from base64 to bytes; the schema table calls them strings. */
const BYTE_FIELDS: Readonly<Record<string, string>> = {
  "Secret.data": "{}base64",
  "ConfigMap.binaryData": "{}base64",
  "WebhookClientConfig.caBundle": "base64",
  "CertificateSigningRequestSpec.request": "base64",
};

const compiled = new Map<string, Type>();

function compile(code: string): Type {
  const known = compiled.get(code);
  if (known !== undefined) return known;
  const type = compileNew(code);
  compiled.set(code, type);
  if (type.op === STRUCT) type.fields = compileFields(code.slice(1));
  return type;
}

function compileNew(code: string): Type {
  if (code.startsWith("[]")) return { op: LIST, item: compile(code.slice(2)) };
  if (code.startsWith("{}")) return { op: MAP, item: compile(code.slice(2)) };
  if (code.startsWith("#")) return { op: STRUCT };
  return { op: SCALAR_OPS[code] ?? ANY };
}

function compileFields(struct: string): Readonly<Record<string, Type>> {
  const fields: Record<string, Type> = Object.create(null);
  for (const [field, code] of Object.entries(STRUCTS[struct] ?? {}))
    fields[field] = compile(BYTE_FIELDS[`${struct}.${field}`] ?? code);
  return fields;
}

/**
 * Checks a value against a kind's schema, as Go's decoding does, and brings it in place to the shape that the types promise: fields
 * that are null go away, null map values and list items become zero values. With an `error` among the problems the API server
 * would refuse the object. Unknown fields are reported only when `strict`.
 */
export function decodeKind(value: JsonObject, kind: keyof KnownKinds, strict: boolean): readonly DecodeProblem[] {
  return new Decoding(strict, kind !== "Secret").run(value, compile(`#${KIND_STRUCTS[kind] ?? ""}`), []);
}

/** The same for the metadata of an object of any kind. */
export function decodeMetadata(metadata: JsonObject): readonly DecodeProblem[] {
  return new Decoding(false, true).run(metadata, compile("#ObjectMeta"), ["metadata"]);
}

const NO_PROBLEMS: readonly DecodeProblem[] = [];
const MOST_PROBLEMS = 50;

class Decoding {
  readonly #strict: boolean;
  readonly #showValues: boolean;
  readonly #path: (string | number)[] = [];
  #problems: DecodeProblem[] | undefined;

  constructor(strict: boolean, showValues: boolean) {
    this.#strict = strict;
    this.#showValues = showValues;
  }

  run(value: JsonObject, type: Type, path: Path): readonly DecodeProblem[] {
    this.#path.push(...path);
    this.#struct(value, type);
    return this.#problems ?? NO_PROBLEMS;
  }

  #decode(value: JsonValue, type: Type): void {
    switch (type.op) {
      case STRING:
        if (typeof value !== "string") this.#wrong("string", value);
        return;
      case BOOLEAN:
        if (typeof value !== "boolean") this.#wrong("boolean", value);
        return;
      case STRUCT:
        if (isJsonObject(value)) this.#struct(value, type);
        else this.#wrong("object", value);
        return;
      case LIST:
        if (Array.isArray(value)) this.#list(value, type);
        else this.#wrong("list", value);
        return;
      case MAP:
        if (isJsonObject(value)) this.#map(value, type);
        else this.#wrong("object", value);
        return;
      case INT32:
        if (!isInteger(value, 2 ** 31)) this.#wrong("32-bit integer", value);
        return;
      case INT64:
        if (!isInteger(value, 2 ** 63)) this.#wrong("integer", value);
        return;
      case INT_OR_STRING:
        if (typeof value !== "string" && !isInteger(value, 2 ** 31)) this.#wrong("integer or string", value);
        return;
      case QUANTITY:
        if (!isQuantity(value)) this.#wrong("quantity", value);
        return;
      case NUMBER:
        if (!isNumber(value)) this.#wrong("number", value);
        return;
      case BASE64:
        if (typeof value !== "string") this.#wrong("string", value);
        else if (!isBase64(value)) this.#notBase64();
        return;
      default:
        if (!isJsonObject(value)) this.#wrong("object", value);
    }
  }

  #struct(value: JsonObject, type: Type): void {
    const fields = type.fields;
    if (fields === undefined) return;
    const path = this.#path;
    for (const key in value) {
      const field = fields[key];
      if (field === undefined) {
        if (this.#strict) this.#unknown(key, fields);
        continue;
      }
      const item = value[key];
      if (item === null || item === undefined) {
        delete value[key];
        continue;
      }
      path.push(key);
      this.#decode(item, field);
      path.pop();
    }
  }

  #map(value: JsonObject, { item }: Type): void {
    if (item === undefined) return;
    const path = this.#path;
    for (const key in value) {
      const entry = value[key];
      if (entry === null || entry === undefined) {
        Object.defineProperty(value, key, {
          value: zeroOf(item),
          writable: true,
          enumerable: true,
          configurable: true,
        });
        continue;
      }
      path.push(key);
      this.#decode(entry, item);
      path.pop();
    }
  }

  #list(value: JsonValue[], { item }: Type): void {
    if (item === undefined) return;
    const path = this.#path;
    for (let index = 0; index < value.length; index += 1) {
      const entry = value[index];
      if (entry === null || entry === undefined) {
        value[index] = zeroOf(item);
        continue;
      }
      path.push(index);
      this.#decode(entry, item);
      path.pop();
    }
  }

  #wrong(expected: string, value: JsonValue): void {
    const got = this.#describe(value, expected);
    const hint =
      expected === "string" && (isNumber(value) || typeof value === "boolean")
        ? { hint: "quote the value" }
        : expected.includes("integer") && typeof value === "string" && /^-?\d+$/.test(value)
          ? { hint: "write it without quotes" }
          : {};
    this.#report({
      code: "KUBE_DECODE",
      severity: "error",
      path: [...this.#path],
      message: `${toFieldPath(this.#path)}: expected ${expected}, got ${got}`,
      ...hint,
    });
  }

  /** The type that was found; with the value only where it cannot be a secret one. */
  #describe(value: JsonValue, expected: string): string {
    const shown = this.#showValues && expected !== "string" && expected !== "object";
    if (Array.isArray(value)) return "list";
    if (typeof value === "object") return "object";
    if (typeof value === "string") return shown && value.length <= 40 ? `string ${JSON.stringify(value)}` : "string";
    const isWhole = typeof value === "bigint" || Number.isInteger(value);
    const type = typeof value === "boolean" ? "boolean" : isWhole ? "integer" : "number";
    return shown ? `${type} ${String(value)}` : type;
  }

  #notBase64(): void {
    this.#report({
      code: "KUBE_BAD_BASE64",
      severity: "warning",
      path: [...this.#path],
      message: `${toFieldPath(this.#path)}: not valid base64: the API server refuses it`,
      hint: this.#path.at(-2) === "data" ? "plain text belongs into stringData" : "encode the value as base64",
    });
  }

  #unknown(key: string, fields: Readonly<Record<string, Type>>): void {
    const path = [...this.#path, key];
    const suggestion = nearest(key, Object.keys(fields));
    this.#report({
      code: "KUBE_UNKNOWN_FIELD",
      severity: "warning",
      path,
      message: `${toFieldPath(path)}: unknown field: it has no effect`,
      ...(suggestion === undefined ? {} : { hint: `did you mean \`${suggestion}\`?` }),
    });
  }

  #report(problem: DecodeProblem): void {
    this.#problems ??= [];
    if (this.#problems.length < MOST_PROBLEMS || problem.severity === "error") this.#problems.push(problem);
  }
}

function zeroOf({ op }: Type): JsonValue {
  switch (op) {
    case STRING:
    case BASE64:
      return "";
    case BOOLEAN:
      return false;
    case LIST:
      return [];
    case NUMBER:
    case INT32:
    case INT64:
    case INT_OR_STRING:
      return 0;
    case QUANTITY:
      return "0";
    default:
      return {};
  }
}

function isNumber(value: JsonValue): boolean {
  return typeof value === "number" || typeof value === "bigint";
}

function isInteger(value: JsonValue, limit: number): boolean {
  if (typeof value === "bigint") return value < limit && value >= -limit;
  return typeof value === "number" && Number.isInteger(value) && value < limit && value >= -limit;
}

/** The syntax of k8s.io/apimachinery resource.Quantity. */
const QUANTITY_PATTERN = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$/;

function isQuantity(value: JsonValue): boolean {
  if (isNumber(value)) return true;
  return typeof value === "string" && QUANTITY_PATTERN.test(value.trim());
}

function isBase64(value: string): boolean {
  const compact = value.replaceAll(/[\r\n]/g, "");
  return compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact);
}

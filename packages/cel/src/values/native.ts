import { ArrayList } from "./list.ts";
import { valueText } from "./text.ts";
import {
  ListValue,
  MapValue,
  ObjectValue,
  Uint,
  Duration,
  Timestamp,
  CelError,
  TypeValue,
  OptionalValue,
  type Value,
} from "./value.ts";

/** What a host hands in: JSON (whole numbers are ints), or values already. */
export type Native = Value | readonly Native[] | { readonly [key: string]: Native } | undefined;

/** JSON as values, converted where it is looked at: an object of a megabyte costs only what the expression reads. */
export function toValue(native: Native): Value {
  switch (typeof native) {
    case "string":
    case "boolean":
    case "bigint":
      return native;
    case "number":
      return Number.isSafeInteger(native) ? BigInt(native) : native;
    case "undefined":
      return null;
    default:
      return native === null ? null : objectToValue(native);
  }
}

function objectToValue(native: Exclude<Native, string | boolean | bigint | number | undefined | null>): Value {
  if (isNativeArray(native)) return new JsonList(native);
  if (isValueObject(native)) return native;
  return new JsonMap(native);
}

function isNativeArray(native: object): native is readonly Native[] {
  return Array.isArray(native);
}

function isValueObject(native: object): native is Exclude<Value, boolean | bigint | number | string | null> {
  return (
    native instanceof ListValue ||
    native instanceof MapValue ||
    native instanceof ObjectValue ||
    native instanceof OptionalValue ||
    native instanceof Uint ||
    native instanceof Duration ||
    native instanceof Timestamp ||
    native instanceof TypeValue ||
    native instanceof CelError ||
    native instanceof Uint8Array
  );
}

class JsonList extends ListValue {
  readonly #elements: readonly Native[];

  constructor(elements: readonly Native[]) {
    super();
    this.#elements = elements;
  }

  get size(): number {
    return this.#elements.length;
  }

  at(index: number): Value {
    return toValue(this.#elements[index]);
  }
}

class JsonMap extends MapValue {
  readonly #fields: { readonly [key: string]: Native };
  #size: number | undefined;

  constructor(fields: { readonly [key: string]: Native }) {
    super();
    this.#fields = fields;
  }

  get size(): number {
    this.#size ??= Object.keys(this.#fields).length;
    return this.#size;
  }

  find(key: Value): Value | undefined {
    return typeof key === "string" && Object.hasOwn(this.#fields, key) ? toValue(this.#fields[key]) : undefined;
  }

  keys(): Iterable<Value> {
    return Object.keys(this.#fields);
  }
}

/** A value as JSON, for results that leave CEL: patches, annotations. Undefined where JSON has nothing for it. */
export function toNative(value: Value): Native {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof Uint) return toNative(value.value);
  if (value instanceof ListValue) return Array.from(value, toNative);
  if (value instanceof MapValue) {
    return Object.fromEntries(Array.from(value.keys(), (key) => [valueText(key), toNative(value.find(key) ?? null)]));
  }
  return value;
}

export function stringList(texts: readonly string[]): ListValue {
  return new ArrayList(texts);
}

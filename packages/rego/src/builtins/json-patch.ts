import { isArray, isObject, isSet, typeName, isNumber } from "../values/kinds.ts";
import { intOf, numberFromText } from "../values/number.ts";
import { objectEntries, objectFrom, objectGet } from "../values/object.ts";
import { equal } from "../values/order.ts";
import { RegoSet } from "../values/set.ts";
import { termText } from "../values/term-text.ts";
import type { ObjectValue, Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import { parsePath } from "./json-paths.ts";
import { arrayOperand } from "./operands.ts";

/*
 * JSON Patch (RFC 6902) as OPA has it: paths may be arrays of any keys, sets are patched too (the key is the member),
 * `add` to an object replaces, and a failing operation is an error of the builtin.
 */

type Path = readonly Value[];

/** Goes down a path and rebuilds what lies on it around what `change` makes of its end. */
function changeAt(value: Value, path: Path, change: (target: Value) => Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  const below = unfold(value, key);
  return put(value, key, changeAt(below, rest, change));
}

function valueAt(value: Value, path: Path): Value {
  let current = value;
  for (const key of path) current = unfold(current, key);
  return current;
}

/** One step down, with OPA's word for why there is none. */
function unfold(value: Value, key: Value): Value {
  if (isObject(value)) {
    const item = objectGet(value, key);
    if (item !== undefined) return item;
    throw new BuiltinError(`path ${termText(key)} does not exist in object term ${termText(value)}`);
  }
  if (isSet(value)) {
    if (value.has(key)) return key;
    throw new BuiltinError(`path ${pathText(key)} does not exist in set term ${termText(value)}`);
  }
  if (isArray(value)) {
    const index = indexOf(value.length, key);
    const item = value[index];
    if (item !== undefined) return item;
    throw new BuiltinError(`path ${index} does not exist in array term ${termText(value)}`);
  }
  throw notComposite(value, ` for path ${termText(key)}`);
}

function pathText(key: Value): string {
  return typeof key === "string" ? key : termText(key);
}

const goTypes: Readonly<Record<string, string>> = {
  null: "ast.Null",
  boolean: "ast.Boolean",
  number: "ast.Number",
  string: "ast.String",
};

function notComposite(value: Value, where: string): BuiltinError {
  return new BuiltinError(
    `expected composite type${where}, found value: ${termText(value)} (type: ${goTypes[typeName(value)] ?? ""})`,
  );
}

/** Puts a changed item back where it was. */
function put(value: Value, key: Value, item: Value): Value {
  if (isObject(value)) return objectFrom([...objectEntries(value), [key, item]]);
  if (isSet(value)) return RegoSet.from([...value.values()].filter((member) => !equal(member, key))).add(item);
  return isArray(value) ? value.with(indexOf(value.length, key), item) : value;
}

function indexOf(length: number, key: Value): number {
  if (isNumber(key)) {
    const index = intOf(key);
    if (index === undefined) throw new BuiltinError("invalid number type for indexing");
    return index;
  }
  if (typeof key !== "string") throw new BuiltinError("invalid type for indexing");
  if (key === "-") return length;
  const number = /^[+-]?[0-9]+(?:\.0*)?$/.test(key) ? numberFromText(key) : undefined;
  const index = number === undefined ? undefined : intOf(number);
  if (index === undefined) throw new BuiltinError("invalid string for indexing");
  if (key !== "0" && key.startsWith("0")) throw new BuiltinError("leading zeros are not allowed in JSON paths");
  return index;
}

function insert(target: Value, key: Value, item: Value): Value {
  if (isObject(target)) return objectFrom([...objectEntries(target), [key, item]]);
  if (isSet(target)) {
    if (!equal(key, item)) {
      throw new BuiltinError(`set key ${termText(key)} does not equal value to be inserted ${termText(item)}`);
    }
    return RegoSet.from(target.values()).add(item);
  }
  if (!isArray(target)) throw notComposite(target, "");
  const index = indexOf(target.length, key);
  if (index < 0 || index > target.length) throw new BuiltinError("index for array insertion out of bounds");
  return target.toSpliced(index, 0, item);
}

function remove(target: Value, key: Value): Value {
  if (isObject(target)) {
    if (objectGet(target, key) === undefined) throw missingChild(key);
    return objectFrom(objectEntries(target).filter(([name]) => !equal(name, key)));
  }
  if (isSet(target)) {
    if (!target.has(key)) throw missingChild(key);
    return RegoSet.from([...target.values()].filter((member) => !equal(member, key)));
  }
  if (!isArray(target)) throw notComposite(target, "");
  const index = indexOf(target.length, key);
  if (index < 0 || index >= target.length) throw new BuiltinError("index for array delete out of bounds");
  return target.toSpliced(index, 1);
}

function missingChild(key: Value): BuiltinError {
  return new BuiltinError(`cannot delete child key ${termText(key)} that does not exist`);
}

/** The document between operations; undefined once its root was removed. */
type Document = Value | undefined;

function insertAt(document: Document, path: Path, item: Value): Document {
  const key = path.at(-1);
  if (key === undefined) return item;
  if (document === undefined) {
    throw new BuiltinError(
      path.length === 1
        ? "deleted node encountered during insert operation"
        : "nil value encountered where composite value was expected",
    );
  }
  return changeAt(document, path.slice(0, -1), (target) => insert(target, key, item));
}

function removeAt(document: Document, path: Path): Document {
  if (document === undefined) throw new BuiltinError("deleted node encountered during delete operation");
  const key = path.at(-1);
  if (key === undefined) return undefined;
  return changeAt(document, path.slice(0, -1), (target) => remove(target, key));
}

function readAt(document: Document, path: Path): Value {
  if (document === undefined) throw new BuiltinError("nil value encountered where composite value was expected");
  return valueAt(document, path);
}

function required(operation: ObjectValue, attribute: string): Value {
  const value = objectGet(operation, attribute);
  if (value === undefined) throw new BuiltinError(`missing required attribute '${attribute}'`);
  return value;
}

function apply(document: Document, operation: ObjectValue): Document {
  const rawPath = required(operation, "path");
  const op = required(operation, "op");
  if (typeof op !== "string") throw new BuiltinError(`attribute 'op' must be a string but found: ${typeName(op)}`);
  const path = parsePath(rawPath);
  switch (op) {
    case "add":
      return insertAt(document, path, required(operation, "value"));
    case "remove":
      return removeAt(document, path);
    case "replace": {
      const rest = removeAt(document, path);
      return insertAt(rest, path, required(operation, "value"));
    }
    case "move": {
      const from = parsePath(required(operation, "from"));
      const moved = readAt(document, from);
      return insertAt(removeAt(document, from), path, moved);
    }
    case "copy":
      return insertAt(document, path, readAt(document, parsePath(required(operation, "from"))));
    case "test": {
      const found = readAt(document, path);
      const value = required(operation, "value");
      if (equal(found, value)) return document;
      throw new BuiltinError(
        `value from EditTree != patch value.\n\nExpected: ${termText(value)}\n\nFound: ${termText(found)}`,
      );
    }
    default:
      throw new BuiltinError(`unrecognized op: '${op}'`);
  }
}

function patch(context: BuiltinContext, document: Value, operations: Value): Value | undefined {
  let result: Document = document;
  for (const operation of arrayOperand(operations, 2)) {
    if (!isObject(operation)) {
      throw new BuiltinError("must be an array of JSON-Patch objects, but at least one element is not an object");
    }
    context.charge(16);
    result = apply(result, operation);
  }
  return result;
}

export const jsonPatch: Family = { "json.patch": patch };

/**
 * Variables and what is selected from them. A chain `a.b[c].?d` is one attribute with qualifiers: that is how CEL's Go implementation
 * evaluates it and counts its cost, one for each qualifier and one for the whole.
 */
import { typeText } from "../types/type.ts";
import { valueText } from "../values/text.ts";
import { typeOfValue } from "../values/type-of.ts";
import {
  CelError,
  ListValue,
  MapValue,
  NONE,
  ObjectValue,
  OptionalValue,
  Uint,
  isError,
  type Value,
} from "../values/value.ts";
import type { Evaluate, Run } from "./run.ts";

export interface Qualifier {
  readonly key: Value | Evaluate;
  /** `?.` and `[?]`: none where the key is absent. */
  readonly optional: boolean;
  /** The last field of `has()`: whether it is there. */
  readonly testOnly: boolean;
}

export interface Attribute {
  readonly kind: "plain" | "conditional";
  qualify(qualifier: Qualifier): void;
  /** The attribute's value, the cost of its qualifiers spent, that of the whole not. */
  resolve(run: Run): Value;
}

export function attribute(root: Evaluate): Attribute {
  const qualifiers: Qualifier[] = [];
  return {
    kind: "plain",
    qualify: (qualifier) => void qualifiers.push(qualifier),
    resolve: (run) => {
      const value = root(run);
      return qualifiers.length === 0 || isError(value) ? value : applyQualifiers(run, value, qualifiers);
    },
  };
}

export function conditionalAttribute(condition: Evaluate, whenTrue: Attribute, whenFalse: Attribute): Attribute {
  return {
    kind: "conditional",
    qualify: (qualifier) => {
      whenTrue.qualify(qualifier);
      whenFalse.qualify(qualifier);
    },
    resolve: (run) => {
      const value = condition(run);
      if (value === true) return whenTrue.resolve(run);
      if (value === false) return whenFalse.resolve(run);
      return isError(value) ? value : new CelError("no such overload");
    },
  };
}

function applyQualifiers(run: Run, root: Value, qualifiers: readonly Qualifier[]): Value {
  let value = root;
  let optional = false;
  if (root instanceof OptionalValue) {
    if (root.value === undefined) return root;
    optional = true;
    value = root.value;
  }
  for (const qualifier of qualifiers) {
    optional ||= qualifier.optional;
    const key = typeof qualifier.key === "function" ? qualifier.key(run) : qualifier.key;
    if (isError(key)) {
      run.spend(1);
      return key;
    }
    const found = lookUp(value, key, optional || qualifier.testOnly);
    if (found !== undefined || qualifier.testOnly || !optional) run.spend(1);
    if (found !== undefined && isError(found)) return found;
    if (qualifier.testOnly && !optional) value = found !== undefined;
    else if (found === undefined) return NONE;
    else value = found;
  }
  return optional ? new OptionalValue(value) : value;
}

/** What `key` selects; undefined where it is absent and that was the question, else an error. */
export function lookUp(value: Value, key: Value, mayBeAbsent: boolean): Value | undefined {
  if (value instanceof MapValue) {
    const found = value.find(key);
    // A null is a value.
    return found === undefined && !mayBeAbsent ? missingKey(key) : found;
  }
  if (value instanceof ListValue) {
    const index = listIndex(key);
    if (typeof index !== "number") return index;
    if (index >= 0 && index < value.size) return value.at(index);
    return mayBeAbsent ? undefined : new CelError(`index out of bounds: ${valueText(key)}`);
  }
  if (value instanceof ObjectValue && typeof key === "string") {
    const field = value.field(key);
    if (field !== undefined) return field;
  }
  if (value instanceof CelError) return value;
  return mayBeAbsent ? undefined : missingKey(key);
}

function missingKey(key: Value): CelError {
  return new CelError(`no such key: ${valueText(key)}`);
}

function listIndex(key: Value): number | CelError {
  if (typeof key === "bigint") return Number(key);
  if (key instanceof Uint) return Number(key.value);
  if (typeof key === "number") {
    return Number.isInteger(key) ? key : new CelError(`unsupported index value ${valueText(key)} in list`);
  }
  return new CelError(`unsupported index type '${typeText(typeOfValue(key))}' in list`);
}

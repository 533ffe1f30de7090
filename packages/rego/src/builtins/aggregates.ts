import { add, multiply } from "../values/arithmetic.ts";
import { isArray, isNumber, isObject, isSet } from "../values/kinds.ts";
import { lookup } from "../values/lookup.ts";
import { bigintValue, integerOf } from "../values/number.ts";
import { objectSize, objectValues } from "../values/object.ts";
import { compare, equal, sortValues } from "../values/order.ts";
import { characterCount } from "../values/utf8.ts";
import type { NumericValue, Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { elementError, membersOf, typeError } from "./operands.ts";

function count(_context: BuiltinContext, collection: Value): Value {
  if (isArray(collection)) return collection.length;
  if (typeof collection === "string") return characterCount(collection);
  if (isSet(collection)) return collection.size;
  if (isObject(collection)) return objectSize(collection);
  throw typeError(1, collection, "array", "object", "set", "string");
}

/** Integers add up exactly; with any other number among them OPA rounds at every step. */
function accumulate(
  collection: Value,
  start: bigint,
  exact: (a: bigint, b: bigint) => bigint,
  rounded: (a: NumericValue, b: NumericValue) => NumericValue,
): Value {
  const members = membersOf(collection);
  if (members === undefined) throw typeError(1, collection, "set", "array");
  let total = start;
  let allIntegers = true;
  for (const member of members) {
    const integer = isNumber(member) ? integerOf(member) : undefined;
    if (integer === undefined) {
      allIntegers = false;
      break;
    }
    total = exact(total, integer);
  }
  if (allIntegers) return bigintValue(total);
  let result: NumericValue = Number(start);
  for (const member of members) {
    if (!isNumber(member)) throw elementError(1, collection, member, "number");
    result = rounded(result, member);
  }
  return result;
}

function sum(_context: BuiltinContext, collection: Value): Value {
  const members = membersOf(collection);
  if (members === undefined) throw typeError(1, collection, "set", "array");
  let total = 0;
  for (const member of members) {
    if (typeof member !== "number") return accumulate(collection, 0n, (a, b) => a + b, add);
    total += member;
    if (!Number.isSafeInteger(member) || !Number.isSafeInteger(total)) {
      return accumulate(collection, 0n, (a, b) => a + b, add);
    }
  }
  return total + 0;
}

function max(_context: BuiltinContext, collection: Value): Value | undefined {
  const members = membersOf(collection);
  if (members === undefined) throw typeError(1, collection, "set", "array");
  if (isSet(collection)) return members.at(-1);
  let best: Value | undefined;
  for (const member of members) if (best === undefined || compare(best, member) <= 0) best = member;
  return best;
}

function min(_context: BuiltinContext, collection: Value): Value | undefined {
  const members = membersOf(collection);
  if (members === undefined) throw typeError(1, collection, "set", "array");
  if (isSet(collection)) return members[0];
  let best: Value | undefined;
  for (const member of members) if (best === undefined || compare(best, member) >= 0) best = member;
  return best;
}

function sort(context: BuiltinContext, collection: Value): Value {
  if (isSet(collection)) return collection.sorted();
  if (!isArray(collection)) throw typeError(1, collection, "set", "array");
  context.charge(collection.length);
  return sortValues([...collection]);
}

function member(_context: BuiltinContext, value: Value, collection: Value): Value {
  if (isSet(collection)) return collection.has(value);
  if (isArray(collection)) {
    if (typeof value === "string" || typeof value === "boolean" || value === null) return collection.includes(value);
    return collection.some((item) => equal(item, value));
  }
  return isObject(collection) && objectValues(collection).some((item) => equal(item, value));
}

function memberWithKey(_context: BuiltinContext, key: Value, value: Value, collection: Value): Value {
  const item = lookup(collection, key);
  return item !== undefined && equal(item, value);
}

export const aggregates: Family = {
  count,
  sum,
  product: (_, collection) => accumulate(collection, 1n, (a, b) => a * b, multiply),
  max,
  min,
  sort,
  all: (_, collection) => {
    const members = membersOf(collection);
    if (members === undefined) throw typeError(1, collection, "array", "set");
    return members.every((item) => item === true);
  },
  any: (_, collection) => {
    const members = membersOf(collection);
    if (members === undefined) throw typeError(1, collection, "array", "set");
    return members.includes(true);
  },
  "internal.member_2": member,
  "internal.member_3": memberWithKey,
};

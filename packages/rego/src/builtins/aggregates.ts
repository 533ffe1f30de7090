import { productInDoubles, sumInFloats } from "../values/arithmetic.ts";
import { isArray, isNumber, isObject, isSet } from "../values/kinds.ts";
import { lookup } from "../values/lookup.ts";
import { bigintValue, integerOf, numberText } from "../values/number.ts";
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

/** The sum or product of integers, exact; undefined if one is no integer. */
function accumulate(
  members: readonly Value[],
  start: bigint,
  combine: (a: bigint, b: bigint) => bigint,
): Value | undefined {
  let total = start;
  for (const member of members) {
    const integer = isNumber(member) ? integerOf(member) : undefined;
    if (integer === undefined) return undefined;
    total = combine(total, integer);
  }
  return bigintValue(total);
}

function numbersOf(collection: Value, members: readonly Value[]): NumericValue[] {
  return members.map((member) => {
    if (isNumber(member)) return member;
    throw elementError(1, collection, member, "number");
  });
}

function sum(_context: BuiltinContext, collection: Value): Value {
  const members = membersOf(collection);
  if (members === undefined) throw typeError(1, collection, "set", "array");
  let total = 0;
  for (const member of members) {
    if (typeof member !== "number") return exactSum(collection, members);
    total += member;
    if (!Number.isSafeInteger(member) || !Number.isSafeInteger(total)) return exactSum(collection, members);
  }
  return total + 0;
}

function exactSum(collection: Value, members: readonly Value[]): Value {
  const total = accumulate(members, 0n, (a, b) => a + b);
  return total ?? sumInFloats(numbersOf(collection, members));
}

function product(context: BuiltinContext, collection: Value): Value {
  const members = membersOf(collection);
  if (members === undefined) throw typeError(1, collection, "set", "array");
  // Each step goes over all digits so far.
  let words = 0;
  for (const member of members) {
    words += typeof member === "bigint" ? numberText(member).length / 19 : 1;
    if (words > 64) context.charge(words / 64);
  }
  const total = accumulate(members, 1n, (a, b) => a * b);
  return total ?? productInDoubles(numbersOf(collection, members));
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

function isMember(_context: BuiltinContext, value: Value, collection: Value): Value {
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
  product,
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
  "internal.member_2": isMember,
  "internal.member_3": memberWithKey,
};

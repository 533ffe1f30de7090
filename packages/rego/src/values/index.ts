export { absolute, add, ceil, divide, floor, multiply, remainder, round, subtract } from "./arithmetic.ts";
export { JsonSyntaxError, isJson, parseJson } from "./json-read.ts";
export { type JsonLayout, jsonKey, jsonString, jsonText, toJson } from "./json-write.ts";
export { compositeKey, type ScalarKey, scalarKey } from "./key.ts";
export { isArray, isNumber, isObject, isPlainObject, isSet, type TypeName, typeName } from "./kinds.ts";
export { arrayItem, lookup } from "./lookup.ts";
export { bigintValue, compareNumbers, intOf, integerOf, numberFromText, numberText, RegoNumber } from "./number.ts";
export {
  type Entry,
  ObjectBuilder,
  objectEntries,
  objectFrom,
  objectGet,
  objectKeys,
  objectSize,
  objectValues,
  RegoObject,
  sortedKeys,
} from "./object.ts";
export { compare, equal, sortValues } from "./order.ts";
export { emptySet, RegoSet } from "./set.ts";
export { quote, termText } from "./term-text.ts";
export { characterCount, compareStrings, fromUtf8, toUtf8 } from "./utf8.ts";
export {
  type MutableObject,
  type NumericValue,
  type ObjectValue,
  ownValue,
  type PlainObject,
  setOwn,
  type Value,
} from "./value.ts";

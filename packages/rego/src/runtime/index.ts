/** What generated code calls, as its parameter `R`. */
export {
  baseMember,
  entryOf,
  indexKey,
  isArrayOf,
  isObjectOf,
  keysOf,
  member,
  memberElsewhere,
  unorderedKeysOf,
  unorderedValuesOf,
  valuesAt,
  valuesOf,
} from "./access.ts";
export { callBuiltin, callBuiltin1, callBuiltin2 } from "./calls.ts";
export { newObject, newSet, objectOf, putUnique, setOf } from "./collections.ts";
export { conflictError, DefinitionConflict } from "./conflict.ts";
export { firstValue, putOff, settled } from "./pending.ts";
export { baseAt, Interior, isReplaced, settle, step, stepKeys } from "./documents.ts";
export { ArrayGroups, SetGroups } from "./groups.ts";
export { EvaluationError } from "./errors.ts";
export { findAt, replaceAt } from "./merge.ts";
export { withMock, withReplacement } from "./modifiers.ts";
export {
  isAtMost,
  isEqual as equal,
  isLess,
  isMember,
  quickContains,
  quickCount,
  quickEndsWith,
  quickMinus,
  quickMultiply,
  quickPlus,
  quickStartsWith,
} from "./operators.ts";
export { RuleObject } from "./rule-object.ts";

/** The value of a variable whose document has not been evaluated yet. */
export const unset: unique symbol = Symbol("not evaluated yet");

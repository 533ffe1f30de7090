export type { MessageType } from "./check/declarations.ts";
export { type Compilation, Environment, type EnvironmentOptions } from "./environment.ts";
export {
  type AccessAnswer,
  type AccessQuestion,
  type Authorize,
  AUTHORIZER,
  authorizerValue,
  RESOURCE_CHECK,
  resourceCheckValue,
} from "./library/authorizer.ts";
export type { Activation } from "./plan/run.ts";
export { COST_LIMIT, type Evaluation, Program } from "./program.ts";
export type { Issue } from "./syntax/source.ts";
export {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listType,
  mapType,
  NULL,
  optionalType,
  STRING,
  structType,
  TIMESTAMP,
  type Type,
  typeText,
  UINT,
} from "./types/type.ts";
export { type Native, toNative, toValue } from "./values/native.ts";
export { valueText } from "./values/text.ts";
export { typeOfValue } from "./values/type-of.ts";
export {
  CelError,
  Duration,
  ListValue,
  MapValue,
  ObjectValue,
  OptionalValue,
  Timestamp,
  type Value,
} from "./values/value.ts";

export type { Builtin, RegoHost } from "./builtins/index.ts";
export { BuiltinError } from "./builtins/index.ts";
export { readYaml as parseYaml } from "./builtins/yaml/read.ts";
export { allCapabilities, type Capabilities } from "./check/index.ts";
export { type Formatted, type FormatOptions, formatModule } from "./format/index.ts";
export { RegoCompileError } from "./program/compile-error.ts";
export type { ExpressionValue, PreparedQuery, Result } from "./program/prepared-query.ts";
export {
  compile,
  type CompileOptions,
  type ModuleSource,
  type PrepareOptions,
  type Program,
} from "./program/program.ts";
export { EvaluationError, type EvaluationErrorCode } from "./runtime/errors.ts";
export type { EvaluationOptions } from "./runtime/evaluation.ts";
export type { ObservedEvent, Observer } from "./runtime/observer.ts";
export type { RegoVersion, VersionSpan } from "./syntax/ast.ts";
export {
  formatError,
  formatErrors,
  type LanguageCapabilities,
  type Location,
  type RegoError,
  type RegoErrorCode,
} from "./syntax/index.ts";
export * from "./values/index.ts";

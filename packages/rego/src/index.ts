export type { Builtin, RegoHost } from "./builtins/index.ts";
export { BuiltinError } from "./builtins/index.ts";
export { readYaml as parseYaml } from "./builtins/yaml/read.ts";
export {
  type Bundle,
  type BundleKey,
  type BundleOptions,
  decodeText,
  formatLoadFault,
  type Loaded,
  type LoadedFiles,
  LoadError,
  type LoadErrorCode,
  type LoadFault,
  loadFiles,
  type LoadOptions,
  type Manifest,
  type NamedFile,
  overlayBundles,
  type PlacedFile,
  readBundle,
  readBundleArchive,
  readJsonDocument,
  readYamlDocument,
  type VerificationOptions,
} from "./bundle/index.ts";
export { readCapabilities } from "./capabilities/read-capabilities.ts";
export {
  allCapabilities,
  annotatedModule,
  type Capabilities,
  type CheckedModules,
  checkModules,
  type CheckOptions,
} from "./check/index.ts";
export { Coverage, type CoverageRange, type CoverageReport, type FileCoverage } from "./coverage/coverage.ts";
export { Profile, type ProfileEntry } from "./explain/profile.ts";
export { Trace, type TraceLine } from "./explain/trace.ts";
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
  type AstJsonOptions,
  formatError,
  formatErrors,
  type LanguageCapabilities,
  type Location,
  type Module,
  moduleJson,
  type ParsedModule,
  parseModule,
  type ParseOptions,
  parseQuery,
  type RegoError,
  type RegoErrorCode,
  textOf,
} from "./syntax/index.ts";
export type { ExplainedExpr, ExplainedRule, NamedValue } from "./tester/explain-failure.ts";
export {
  type CaseResult,
  type RepeatableTest,
  repeatableTests,
  runTests,
  type TestOptions,
  type TestResult,
} from "./tester/run-tests.ts";
export * from "./values/index.ts";

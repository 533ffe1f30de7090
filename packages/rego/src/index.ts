export * from "./values/index.ts";
export { compile, type CompileOptions, type ModuleSource, type PrepareOptions, Program } from "./program/program.ts";

export { type FormatOptions, type Formatted, formatModule } from "./format-module.ts";

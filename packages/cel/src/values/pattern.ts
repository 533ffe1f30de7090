import { RE2JS, RE2JSException } from "re2js";
import { CelError } from "./value.ts";

/** A pattern in RE2's syntax: matching takes time linear in the text. The error is Go's. */
export function compilePattern(pattern: string): RE2JS | CelError {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return new CelError(error.message);
  }
}

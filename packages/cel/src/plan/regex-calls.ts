import { RE2JS } from "re2js";
import type { Implementation } from "../check/declarations.ts";
import { findAll } from "../library/regex.ts";
import { compilePattern } from "../values/pattern.ts";
import { CelError, type Value } from "../values/value.ts";

/**
 * The call of a regular expression function whose pattern is a constant: the pattern is compiled once. An error for one that does not
 * compile, undefined for other functions.
 */
export function constantPattern(name: string, pattern: Value): Implementation | CelError | undefined {
  if ((name !== "matches" && name !== "find" && name !== "findAll") || typeof pattern !== "string") return undefined;
  const compiled = compilePattern(pattern);
  if (!(compiled instanceof RE2JS)) return compiled;
  return (text, _pattern, limit) => {
    if (typeof text !== "string") return new CelError("no such overload");
    if (name === "matches") return compiled.matcher(text).find();
    if (name === "findAll") return findAll(compiled, text, limit);
    const matcher = compiled.matcher(text);
    return matcher.find() ? (matcher.group() ?? "") : "";
  };
}

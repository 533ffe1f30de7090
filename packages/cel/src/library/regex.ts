/** Kubernetes' regular expression library, in RE2's syntax. */
import type { RE2JS } from "re2js";
import { declareFunction, memberOverload, type FunctionDeclaration } from "../check/declarations.ts";
import { INT, listType, STRING } from "../types/type.ts";
import { NO_OVERLOAD } from "../values/arithmetic.ts";
import { stringList } from "../values/native.ts";
import { compilePattern } from "../values/pattern.ts";
import { CelError, type Value } from "../values/value.ts";

/** All matches one after the other, at most `limit` where it is not negative. */
export function findAll(pattern: RE2JS, text: string, limit: Value = -1n): Value {
  if (typeof limit !== "bigint") return NO_OVERLOAD;
  const found: string[] = [];
  const matcher = pattern.matcher(text);
  let end = -1;
  const most = limit < 0n ? Infinity : Number(limit);
  while (found.length < most && matcher.find()) {
    // Go takes no empty match where the one before it ended.
    if (matcher.start() === matcher.end() && matcher.start() === end) continue;
    end = matcher.end();
    found.push(matcher.group() ?? "");
  }
  return stringList(found);
}

function withPattern(text: Value, pattern: Value, use: (compiled: RE2JS, text: string) => Value): Value {
  if (typeof text !== "string" || typeof pattern !== "string") return NO_OVERLOAD;
  const compiled = compilePattern(pattern);
  return compiled instanceof CelError ? new CelError(`Illegal regex: ${compiled.message}`) : use(compiled, text);
}

function find(compiled: RE2JS, text: string): Value {
  const matcher = compiled.matcher(text);
  return matcher.find() ? (matcher.group() ?? "") : "";
}

export const REGEX_FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction("find", [
    memberOverload("string_find_string", [STRING, STRING], STRING, (text = null, pattern = null) =>
      withPattern(text, pattern, find),
    ),
  ]),
  declareFunction("findAll", [
    memberOverload("string_find_all_string", [STRING, STRING], listType(STRING), (text = null, pattern = null) =>
      withPattern(text, pattern, findAll),
    ),
    memberOverload(
      "string_find_all_string_int",
      [STRING, STRING, INT],
      listType(STRING),
      (text = null, pattern = null, limit) =>
        withPattern(text, pattern, (compiled, plain) => findAll(compiled, plain, limit)),
    ),
  ]),
];

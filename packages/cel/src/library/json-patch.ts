/** Kubernetes' JSON Patch library for mutations. */
import { declareFunction, overload, type FunctionDeclaration } from "../check/declarations.ts";
import { STRING } from "../types/type.ts";
import { NO_OVERLOAD } from "../values/arithmetic.ts";

export const JSON_PATCH_FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction("jsonpatch.escapeKey", [
    overload("string_jsonpatch_escapeKey_string", [STRING], STRING, (key) =>
      typeof key === "string" ? key.replaceAll(/[~/]/g, (character) => (character === "~" ? "~0" : "~1")) : NO_OVERLOAD,
    ),
  ]),
];

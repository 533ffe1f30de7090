import { isArray, isSet, typeName } from "../values/kinds.ts";
import { termText } from "../values/term-text.ts";
import type { Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { HaltError } from "./errors.ts";
import { arrayOperand, stringOperand } from "./operands.ts";

/** Strings without quotes, other values as terms. */
function shownText(value: Value): string {
  return typeof value === "string" ? value : termText(value);
}

/** The ways in which each operand of a print or a template string reads: a set holds its alternatives. */
function alternatives(operand: Value): readonly string[] {
  if (isSet(operand)) return operand.size === 0 ? ["<undefined>"] : operand.sorted().map(shownText);
  if (typeof operand === "object" && operand !== null && (isArray(operand) || typeName(operand) === "object")) {
    throw new HaltError("eval_internal_error", `illegal argument type: ${typeName(operand)}`);
  }
  return [shownText(operand)];
}

function* combinations(operands: readonly (readonly string[])[]): IterableIterator<string[]> {
  const [first, ...rest] = operands;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const head of first) for (const tail of combinations(rest)) yield [head, ...tail];
}

function print(context: BuiltinContext, operands: Value): Value {
  if (context.print === undefined) return true;
  for (const parts of combinations(arrayOperand(operands, 1).map(alternatives))) {
    context.charge(parts.length);
    context.print(parts.join(" "));
  }
  return true;
}

function templateString(context: BuiltinContext, parts: Value): Value {
  const texts = arrayOperand(parts, 1).map(alternatives);
  if (texts.some((choices) => choices.length > 1)) {
    throw new HaltError("eval_conflict_error", "template-strings must not produce multiple outputs");
  }
  const text = texts.map((choices) => choices[0] ?? "").join("");
  context.charge(text.length / 16);
  return text;
}

/** For the calls that the compiler replaces: at run time they are never made. */
function replacedByCompiler(name: string): () => never {
  return () => {
    throw new HaltError("eval_internal_error", `unsupported built-in: ${name}`);
  };
}

export const internals: Family = {
  "internal.print": print,
  "internal.template_string": templateString,
  "internal.test_case": (context, names) => {
    context.testCase?.(names);
    return true;
  },
  print: replacedByCompiler("print"),
  "rego.metadata.chain": replacedByCompiler("rego.metadata.chain"),
  "rego.metadata.rule": replacedByCompiler("rego.metadata.rule"),
  trace: (context, note) => {
    const text = stringOperand(note, 1);
    context.note?.(text);
    return true;
  },
};

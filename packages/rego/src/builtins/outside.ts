import type { Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import { httpSend } from "./http.ts";
import { stringOperand } from "./operands.ts";

function parseModule(context: BuiltinContext, filename: Value, source: Value): Value {
  const name = stringOperand(filename, 1);
  const text = stringOperand(source, 2);
  const parse = context.host.parseModule;
  if (parse === undefined) throw new BuiltinError("parsing modules is not available here");
  context.charge(text.length / 4);
  try {
    return parse(name, text);
  } catch (error) {
    throw new BuiltinError(error instanceof Error ? error.message : String(error));
  }
}

/** What reaches out of the evaluation. */
export const outside: Family = {
  "http.send": httpSend,
  "opa.runtime": (context) => context.host.runtime ?? {},
  "rego.parse_module": parseModule,
};

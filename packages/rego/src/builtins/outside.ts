import { moduleJson } from "../syntax/ast-json.ts";
import { formatError, formatErrors } from "../syntax/error.ts";
import { parseModule } from "../syntax/parse-module.ts";
import type { Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import { httpSend } from "./http.ts";
import { stringOperand } from "./operands.ts";

function parseModuleCall(context: BuiltinContext, filename: Value, source: Value): Value {
  const file = stringOperand(filename, 1);
  const text = stringOperand(source, 1);
  context.charge(text.length / 2);
  const { module, errors } = parseModule(text, { file, recover: false });
  const [first] = errors;
  // A module without anything in it is no list of errors.
  if (first !== undefined && first.message === "empty module") throw new BuiltinError(formatError(first));
  if (module === undefined) throw new BuiltinError(formatErrors(errors));
  return moduleJson(module);
}

/** What reaches out of the evaluation. */
export const outside: Family = {
  "http.send": httpSend,
  "opa.runtime": (context) => context.host.runtime ?? {},
  "rego.parse_module": parseModuleCall,
};

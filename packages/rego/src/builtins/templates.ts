import { JsonSyntaxError, parseJson } from "../values/json-read.ts";
import { isPlainObject } from "../values/kinds.ts";
import { termText } from "../values/term-text.ts";
import type { PlainObject, Value } from "../values/value.ts";
import type { BuiltinContext } from "./builtin.ts";
import { CachePurpose } from "./cache.ts";
import { BuiltinError } from "./errors.ts";
import { objectOperand, stringOperand } from "./operands.ts";
import { executeTemplate } from "./template/execute.ts";
import { parseTemplate, type Template } from "./template/parse.ts";

const templates: CachePurpose<Template> = new CachePurpose(50, parseTemplate);

/** OPA reads the variables back from their text as a term, so that sets and other keys are errors of JSON. */
function variablesOf(object: Value): PlainObject {
  try {
    const value = parseJson(termText(object));
    return isPlainObject(value) ? value : {};
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new BuiltinError(error.message);
    throw error;
  }
}

/** Fills in a template of Go's text/template; what is missing shows as `<undefined>`. */
export function renderTemplate(context: BuiltinContext, template: Value, variables: Value): Value {
  const source = stringOperand(template, 1);
  const data = variablesOf(objectOperand(variables, 2));
  const parsed = context.caches.get(templates, source);
  return executeTemplate(parsed, data, (cost) => context.charge(cost)).replaceAll("<no value>", "<undefined>");
}

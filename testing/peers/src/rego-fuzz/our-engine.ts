import {
  EvaluationError,
  type Program as CompiledProgram,
  RegoCompileError,
  type RegoError,
  type Value,
  compile,
  isPlainObject,
  parseJson,
  termText,
} from "@redoubt/rego";
import { nodeHost } from "@redoubt/rego/node";
import { type Failure, type Outcome, resultsOutcome } from "./outcome.ts";
import type { Program } from "./program.ts";

/** What our engine makes of each query of a program. */
export function askOurs(program: Program, millis: number): readonly Outcome[] {
  const { modules, data, input, queries, strictErrors } = program;
  const compiled = compiledOrRefused(modules, data);
  if ("kind" in compiled) return queries.map(() => compiled);
  const document = input === undefined ? undefined : parseJson(input);
  return queries.map((query) => outcomeOf(compiled, query, document, { strictErrors, deadline: millis }));
}

function compiledOrRefused(modules: Program["modules"], text: string): CompiledProgram | Outcome {
  const data = parseJson(text);
  if (!isPlainObject(data)) return { kind: "gave-up", reason: "data is no object" };
  try {
    const sources = modules.map(({ name, version, text: source }) => ({
      file: name,
      text: source,
      regoVersion: version,
    }));
    return compile({ modules: sources, data, host: nodeHost });
  } catch (error) {
    return outcomeOfError(error);
  }
}

function outcomeOf(
  program: CompiledProgram,
  query: string,
  input: Value | undefined,
  options: { readonly strictErrors: boolean; readonly deadline: number },
): Outcome {
  try {
    const solutions = program.prepare(query).evaluate(input, options);
    return resultsOutcome(
      solutions.map(({ bindings, expressions }) => ({
        bindings: Object.fromEntries(Object.entries(bindings).map(([name, value]) => [name, termText(value)])),
        expressions: expressions.map(({ value }) => termText(value)),
      })),
    );
  } catch (error) {
    return outcomeOfError(error);
  }
}

function outcomeOfError(error: unknown): Outcome {
  if (error instanceof RegoCompileError) return { kind: "refused", failures: error.errors.map(failureOf) };
  if (error instanceof EvaluationError && error.code !== "eval_cancel_error") {
    return { kind: "failed", failure: failureOf(error) };
  }
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: "gave-up", reason };
}

function failureOf({ code, message, location }: RegoError | EvaluationError): Failure {
  return { code, message, place: location === undefined ? ":0" : `${location.source.file}:${location.row}` };
}

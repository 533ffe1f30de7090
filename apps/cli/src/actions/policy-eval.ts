import {
  EvaluationError,
  type LoadFault,
  type PreparedQuery,
  RegoCompileError,
  type Result,
  compile,
} from "@redoubt/rego";
import { nodeHost } from "@redoubt/rego/node";
import { UsageError } from "../arguments/usage-error.ts";
import type { ParsedArguments } from "../arguments/parse.ts";
import type { Action, Invocation } from "../command.ts";
import {
  evalFormat,
  fail,
  failDefined,
  queryImports,
  queryPackage,
  stdinQuery,
  timeout,
} from "../commands/policy-eval.ts";
import { EXIT } from "../exit-code.ts";
import { bundle, data, stdinInput, strict, strictBuiltinErrors } from "../flags/policy.ts";
import { capabilitiesOf } from "../policy/capabilities.ts";
import { evaluationErrorLines, evaluationErrorsJson } from "../policy/evaluation-errors.ts";
import { faultsJson, printFaults } from "../policy/faults.ts";
import { indentedJson } from "../policy/json.ts";
import { loadNamed } from "../policy/load.ts";
import { Observing } from "../policy/observing.ts";
import { inputOf } from "../policy/read-input.ts";
import { schemasOf } from "../policy/schemas.ts";
import { readStdin } from "../policy/read-stdin.ts";
import { bindingsText, prettyText, rawText, resultJson, valuesText } from "../policy/results.ts";
import type { Host } from "../terminal/host.ts";
import { plain } from "../terminal/plain.ts";

export const runPolicyEval: Action = async (invocation) => {
  const { args, host } = invocation;
  const query = await queryOf(invocation);
  const capabilities = await capabilitiesOf(args);
  const schemas = await schemasOf(args);
  const input = await inputOf(invocation);
  const format = args.get(evalFormat) ?? "json";
  const observing = new Observing(args);
  const { observer } = observing;

  const policies = await loadNamed({ data: args.get(data), bundles: args.get(bundle) }, args, capabilities);
  if (policies.value === undefined) return reportFaults(host, format, policies.errors, EXIT.incomplete);
  let prepared: PreparedQuery;
  try {
    const program = compile({
      ...policies.value,
      strict: args.get(strict),
      enablePrint: true,
      host: nodeHost,
      ...(capabilities === undefined ? {} : { capabilities }),
      ...(schemas === undefined ? {} : { schemas }),
    });
    prepared = program.prepare(query, { ...contextOf(args), observed: observer !== undefined });
    prepared.observer = observer;
  } catch (error) {
    if (!(error instanceof RegoCompileError)) throw error;
    // What has no file is of the query itself.
    const ofQuery = error.errors.every(({ location }) => location?.source.file === "");
    return reportFaults(host, format, error.errors, ofQuery ? EXIT.usage : EXIT.incomplete);
  }

  let results: readonly Result[];
  try {
    const deadline = args.get(timeout);
    results = await prepared.evaluateAsync(input, {
      strictErrors: args.get(strictBuiltinErrors),
      print: (line) => host.stderr.write(`${plain(line)}\n`),
      note: (text) => observing.note(text),
      ...(deadline === undefined ? {} : { deadline }),
    });
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    host.stdout.write(plain(observing.textBefore()));
    if (format === "json") host.stdout.write(indentedJson({ errors: evaluationErrorsJson([error]) }));
    else host.stderr.write(`${evaluationErrorLines(error).map(plain).join("\n")}\n`);
    return EXIT.incomplete;
  }
  const { modules } = policies.value;
  host.stdout.write(plain(observing.textBefore()));
  host.stdout.write(textOf(results, format, format === "json" ? observing.json(modules) : {}));
  if (format === "pretty") host.stdout.write(plain(observing.textAfter(modules)));
  const isDefined = results.length > 0;
  return (args.get(fail) && !isDefined) || (args.get(failDefined) && isDefined) ? EXIT.findings : EXIT.clean;
};

async function queryOf({ args, host }: Invocation): Promise<string> {
  const [query] = args.positional;
  if (args.get(fail) && args.get(failDefined)) {
    throw new UsageError("USAGE_FLAG_CONFLICT", "--fail and --fail-defined exclude each other: give one of them");
  }
  if (!args.get(stdinQuery)) {
    if (query !== undefined) return query;
    throw new UsageError(
      "USAGE_ARGUMENT_MISSING",
      "redoubt policy eval needs QUERY, or --stdin to read it from a pipe",
    );
  }
  if (query !== undefined || args.get(stdinInput)) {
    const other = query === undefined ? "--stdin-input" : "a query as argument";
    throw new UsageError("USAGE_FLAG_CONFLICT", `--stdin and ${other} exclude each other: give one of them`);
  }
  return readStdin(host, "the query");
}

function contextOf(args: ParsedArguments): { readonly package?: string; readonly imports?: readonly string[] } {
  const name = args.get(queryPackage);
  const imports = args.get(queryImports);
  return { ...(name === undefined ? {} : { package: name }), ...(imports.length === 0 ? {} : { imports }) };
}

type Format = "json" | "pretty" | "values" | "bindings" | "raw" | "discard";

function reportFaults(host: Host, format: Format, faults: readonly LoadFault[], code: number): number {
  if (format === "json") host.stdout.write(indentedJson({ errors: faultsJson(faults) }));
  else printFaults(host, faults);
  return code;
}

function textOf(results: readonly Result[], format: Format, more: object): string {
  switch (format) {
    case "json":
      return indentedJson({ ...(results.length === 0 ? {} : { result: results.map(resultJson) }), ...more });
    case "discard":
      return indentedJson(results.length === 0 ? {} : { result: "discarded" });
    case "values":
      return valuesText(results);
    case "bindings":
      return bindingsText(results);
    case "raw":
      return rawText(results);
    case "pretty":
      return prettyText(results);
  }
}

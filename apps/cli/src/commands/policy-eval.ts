import { type Flag, booleanFlag, choiceFlag, listFlag, textFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { durationFlag } from "../flags/duration.ts";
import { globalFlags } from "../flags/global.ts";
import {
  bundle,
  capabilities,
  data,
  ignore,
  input,
  policyFormat,
  schema,
  stdinInput,
  strict,
  strictBuiltinErrors,
  v0Compatible,
} from "../flags/policy.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";

export const evalFormat: Flag<"json" | "pretty" | "values" | "bindings" | "raw" | "discard" | undefined> = policyFormat(
  ["json", "pretty", "values", "bindings", "raw", "discard"],
);

export const stdinQuery: Flag<boolean> = booleanFlag({
  name: "stdin",
  description: "read the query from standard input",
});

export const queryPackage: Flag<string | undefined> = textFlag({
  name: "package",
  placeholder: "PATH",
  description: "the package in which the query stands, such as data.a.b",
});

export const queryImports: Flag<readonly string[]> = listFlag({
  name: "import",
  placeholder: "PATH",
  description: "import into the query, such as data.a.b or input.x; repeatable",
});

export const fail: Flag<boolean> = booleanFlag({
  name: "fail",
  description: "exit with 1 when the query is undefined",
});

export const failDefined: Flag<boolean> = booleanFlag({
  name: "fail-defined",
  description: "exit with 1 when the query has a result",
});

export const timeout: Flag<number | undefined> = durationFlag({
  name: "timeout",
  description: "how long the evaluation may take (default: as long as it does)",
});

export const explain: Flag<"off" | "notes" | "fails" | "full" | undefined> = choiceFlag({
  name: "explain",
  placeholder: "WHAT",
  choices: ["off", "notes", "fails", "full"],
  description: "also tell how the answer came about: notes of trace, expressions that fail, or everything",
});

export const profile: Flag<boolean> = booleanFlag({
  name: "profile",
  description: "also tell which expressions take the time",
});

export const coverage: Flag<boolean> = booleanFlag({
  name: "coverage",
  description: "also tell which lines were used",
});

export const policyEval: Command = {
  path: ["policy", "eval"],
  summary: "Evaluate a Rego query",
  description:
    "Evaluates a query over policies, data and an input document, and prints what opa eval prints. Built-in functions that reach " +
    "outside (http.send, net.lookup_ip_addr, opa.runtime) are off.",
  argument: { placeholder: "QUERY", required: false, repeatable: false },
  flags: [
    data,
    bundle,
    input,
    stdinInput,
    stdinQuery,
    evalFormat,
    fail,
    failDefined,
    queryPackage,
    queryImports,
    v0Compatible,
    strict,
    strictBuiltinErrors,
    capabilities,
    schema,
    ignore,
    timeout,
    explain,
    profile,
    coverage,
    ...globalFlags,
  ],
  examples: [
    {
      does: "what a policy says of an input",
      line: "redoubt policy eval -d policy.rego -i input.json -f pretty data.kubernetes.admission.deny",
    },
    {
      does: "a gate: exit with 1 when anything is denied",
      line: "redoubt policy eval -d policy.rego -i input.json --fail-defined 'data.p.deny[_]'",
    },
    { does: "try the language", line: "redoubt policy eval -f pretty 'x := [1, 2, 3][_]; x > 1'" },
  ],
  success: "the query was evaluated",
  exitCodes: [
    { code: 1, means: "with --fail: the query is undefined; with --fail-defined: it has a result" },
    usageCode,
    { ...incompleteCode, means: "policies or data have errors, or the evaluation failed" },
  ],
  load: async () => (await import("../actions/policy-eval.ts")).runPolicyEval,
};

import { type Flag, booleanFlag, choiceFlag, numberFlag, textFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { durationFlag } from "../flags/duration.ts";
import { globalFlags } from "../flags/global.ts";
import { asBundles, capabilities, ignore, policyFormat, v0Compatible } from "../flags/policy.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";
import { newOn, policies } from "./policy-decide.ts";

export const testFormat: Flag<"pretty" | "json" | "junit" | undefined> = policyFormat(["pretty", "json", "junit"]);

export const verbose: Flag<boolean> = booleanFlag({
  name: "verbose",
  short: "v",
  description: "also list tests that pass",
});

export const run: Flag<string | undefined> = textFlag({
  name: "run",
  short: "r",
  placeholder: "REGEX",
  description: "run only tests whose full names match, such as data.authz_test.test_x",
});

export const testTimeout: Flag<number | undefined> = durationFlag({
  name: "timeout",
  description: "how long one test may take (default 5s, 30s with --bench)",
});

export const testCoverage: Flag<boolean> = booleanFlag({
  name: "coverage",
  short: "c",
  description: "when all tests pass, print which lines they used, as JSON",
});

export const threshold: Flag<number | undefined> = numberFlag({
  name: "threshold",
  placeholder: "PERCENT",
  min: 0,
  max: 100,
  description: "exit with 4 when the tests use less of the policies",
});

export const bench: Flag<boolean> = booleanFlag({ name: "bench", description: "measure how long each test takes" });

export const failOnEmpty: Flag<boolean> = booleanFlag({
  name: "fail-on-empty",
  description: "exit with 1 when there is no test to run",
});

export const manifestOutput: Flag<"text" | "json" | "yaml" | "table" | undefined> = choiceFlag({
  name: "output",
  short: "o",
  placeholder: "FORMAT",
  choices: ["text", "json", "yaml", "table"],
  description: "for manifests: text, json or yaml as gator test prints them, or table (default text)",
});

export const engine: Flag<"cel" | "rego" | undefined> = choiceFlag({
  name: "engine",
  placeholder: "ENGINE",
  choices: ["cel", "rego"],
  description: "for manifests: the code that is run of templates with both (default cel, as gator)",
});

export const denyOnly: Flag<boolean> = booleanFlag({
  name: "deny-only",
  description: "for manifests: leave out what is not refused",
});

export const policyTest: Command = {
  path: ["policy", "test"],
  summary: "Run the tests of policies",
  description:
    "Runs every rule whose name starts with test_, as opa test does. A test that fails is shown line by line: each expression with the " +
    "values of its variables and references, the one that failed marked, and the rules that it asked in vain.\n\n" +
    "With --policies, or where the paths hold no Rego but Gatekeeper's or the API server's policies, manifests are judged by them instead, as " +
    "gator test and conftest do: every object by every policy, and what expansion templates make of it. - is standard input. Objects of " +
    "cluster-scoped kinds are in no namespace, while gator test puts them into one without a name.",
  argument: { placeholder: "PATH", required: true, repeatable: true, completion: "file" },
  flags: [
    policies,
    newOn,
    manifestOutput,
    engine,
    denyOnly,
    testFormat,
    verbose,
    run,
    testTimeout,
    testCoverage,
    threshold,
    bench,
    failOnEmpty,
    asBundles,
    v0Compatible,
    capabilities,
    ignore,
    ...globalFlags,
  ],
  examples: [
    { does: "all tests of a folder", line: "redoubt policy test policies/" },
    { does: "some of them, and those that pass as well", line: "redoubt policy test policies/ -v --run authz" },
    { does: "manifests by the policies among them", line: "redoubt policy test all/ -o table" },
    { does: "manifests by a folder of policies", line: "helm template . | redoubt policy test -p policies/ -" },
    {
      does: "in CI: a report, and at least 80 % of the policies used",
      line: "redoubt policy test policies/ -f junit --threshold 80",
    },
  ],
  success: "all tests pass, or no manifest is refused",
  exitCodes: [
    { code: 1, means: "a test fails or is left out (todo_test_), or a manifest is refused" },
    usageCode,
    {
      ...incompleteCode,
      means: "policies or data have errors: nothing could be tested, or manifests not by all of them",
    },
    { code: 4, means: "below --threshold" },
  ],
  load: async () => (await import("../actions/policy-test.ts")).runPolicyTest,
};

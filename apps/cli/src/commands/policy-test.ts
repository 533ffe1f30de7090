import { type Flag, booleanFlag, numberFlag, textFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { durationFlag } from "../flags/duration.ts";
import { globalFlags } from "../flags/global.ts";
import { asBundles, capabilities, ignore, policyFormat, v0Compatible } from "../flags/policy.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";

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

export const policyTest: Command = {
  path: ["policy", "test"],
  summary: "Run the tests of policies",
  description:
    "Runs every rule whose name starts with test_, as opa test does. A test that fails is shown line by line: each expression with the " +
    "values of its variables and references, the one that failed marked, and the rules that it asked in vain.",
  argument: { placeholder: "PATH", required: true, repeatable: true, completion: "file" },
  flags: [
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
    {
      does: "in CI: a report, and at least 80 % of the policies used",
      line: "redoubt policy test policies/ -f junit --threshold 80",
    },
  ],
  success: "all tests pass",
  exitCodes: [
    { code: 1, means: "a test fails or is left out (todo_test_)" },
    usageCode,
    { ...incompleteCode, means: "policies or data have errors, so that nothing could be tested" },
    { code: 4, means: "below --threshold" },
  ],
  load: async () => (await import("../actions/policy-test.ts")).runPolicyTest,
};

import type { Flag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { globalFlags } from "../flags/global.ts";
import { asBundles, capabilities, ignore, policyFormat, v0Compatible } from "../flags/policy.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";
import { run, testTimeout, threshold } from "./policy-test.ts";

export const coverageFormat: Flag<"pretty" | "json" | undefined> = policyFormat(["pretty", "json"]);

export const policyCoverage: Command = {
  path: ["policy", "coverage"],
  summary: "Which lines of policies their tests use",
  description:
    "Runs the tests of policies and tells, file by file, how many of the lines they use and which they do not. With -f json what " +
    "opa test --coverage prints.",
  argument: { placeholder: "PATH", required: true, repeatable: true, completion: "file" },
  flags: [coverageFormat, threshold, run, testTimeout, asBundles, v0Compatible, capabilities, ignore, ...globalFlags],
  examples: [
    { does: "what is not tested", line: "redoubt policy coverage policies/" },
    { does: "in CI: at least 80 %", line: "redoubt policy coverage policies/ --threshold 80" },
  ],
  success: "all tests pass",
  exitCodes: [
    { code: 1, means: "a test fails or is left out (todo_test_)" },
    usageCode,
    { ...incompleteCode, means: "policies or data have errors, so that nothing could be tested" },
    { code: 4, means: "below --threshold" },
  ],
  load: async () => (await import("../actions/policy-coverage.ts")).runPolicyCoverage,
};

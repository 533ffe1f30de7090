import { type Flag, booleanFlag, textFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { globalFlags } from "../flags/global.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";

export const verifyVerbose: Flag<boolean> = booleanFlag({
  name: "verbose",
  short: "v",
  description: "also list tests and cases that pass",
});

export const verifyRun: Flag<string | undefined> = textFlag({
  name: "run",
  short: "r",
  placeholder: "REGEX",
  description: "run only tests or cases whose names match; TEST//CASE for both",
});

export const policyVerify: Command = {
  path: ["policy", "verify"],
  summary: "Run suites of Gatekeeper policies",
  description:
    "Runs suites as gator verify does: the suites of a file, of a folder, and with FOLDER/... of all folders below. Each test is run with " +
    "every engine that its template has code for, Rego and CEL.",
  argument: { placeholder: "PATH", required: true, repeatable: true, completion: "file" },
  flags: [verifyVerbose, verifyRun, ...globalFlags],
  examples: [
    { does: "the suites of one policy", line: "redoubt policy verify policies/required-labels" },
    { does: "all suites below a folder", line: "redoubt policy verify policies/..." },
    { does: "one case of one test", line: "redoubt policy verify policies/... --run '^labels$//^missing$'" },
  ],
  success: "all tests pass",
  exitCodes: [{ code: 1, means: "a test fails" }, usageCode, { ...incompleteCode, means: "a file could not be read" }],
  load: async () => (await import("../actions/policy-verify.ts")).runPolicyVerify,
};

import { type Flag, booleanFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { globalFlags } from "../flags/global.ts";
import { capabilities, v0Compatible } from "../flags/policy.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";
import { pathArgument } from "./path-argument.ts";

export const write: Flag<boolean> = booleanFlag({
  name: "write",
  short: "w",
  description: "write the files instead of printing them",
});

export const diff: Flag<boolean> = booleanFlag({ name: "diff", short: "d", description: "print what would change" });

export const list: Flag<boolean> = booleanFlag({
  name: "list",
  short: "l",
  description: "print the names of the files that would change",
});

export const fail: Flag<boolean> = booleanFlag({ name: "fail", description: "exit with 1 when a file would change" });

export const v0v1: Flag<boolean> = booleanFlag({
  name: "v0-v1",
  description: "the policies are of before OPA 1.0; make them valid for it, too",
});

export const dropV0Imports: Flag<boolean> = booleanFlag({
  name: "drop-v0-imports",
  description: "leave out imports of rego.v1 and future.keywords that are not needed any more",
});

export const policyFmt: Command = {
  path: ["policy", "fmt"],
  summary: "Format Rego as opa fmt does",
  description:
    "Lays out policies as opa fmt does, and prints them. Folders are read with all that is inside; without a path, what is piped in. " +
    "A policy that does not parse is reported, and the others are formatted all the same.",
  argument: pathArgument,
  flags: [write, diff, list, fail, v0Compatible, v0v1, dropV0Imports, capabilities, ...globalFlags],
  examples: [
    { does: "format in place", line: "redoubt policy fmt -w policies/" },
    {
      does: "in CI: fail when something is not formatted, and say what",
      line: "redoubt policy fmt -d --fail policies/",
    },
    { does: "bring policies from before OPA 1.0 up to date", line: "redoubt policy fmt -w --v0-v1 policies/" },
  ],
  success: "everything was formatted",
  exitCodes: [
    { code: 1, means: "with --fail: a file would change" },
    usageCode,
    { ...incompleteCode, means: "a policy could not be read or does not parse" },
  ],
  load: async () => (await import("../actions/policy-fmt.ts")).runPolicyFmt,
};

import { type Flag, choiceFlag, listFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { globalFlags } from "../flags/global.ts";
import { v0Compatible } from "../flags/policy.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";

export const parseFormat: Flag<"json" | undefined> = choiceFlag({
  name: "format",
  short: "f",
  placeholder: "FORMAT",
  choices: ["json"],
  description: "format of the output: json",
});

export const jsonInclude: Flag<readonly string[]> = listFlag({
  name: "json-include",
  placeholder: "PART",
  separator: ",",
  completion: ["locations", "comments", "-comments"],
  description: "also show locations; leave out comments with -comments; repeatable",
});

export const policyParse: Command = {
  path: ["policy", "parse"],
  summary: "Print the syntax tree of a policy",
  description: "Parses one policy and prints its syntax tree as the JSON of opa parse --format json.",
  argument: { placeholder: "FILE", required: true, repeatable: false, completion: "file" },
  flags: [parseFormat, jsonInclude, v0Compatible, ...globalFlags],
  examples: [
    { does: "the tree", line: "redoubt policy parse policy.rego" },
    {
      does: "with places, without comments",
      line: "redoubt policy parse policy.rego --json-include locations,-comments",
    },
  ],
  success: "the policy parses",
  exitCodes: [
    { code: 1, means: "the policy does not parse" },
    usageCode,
    { ...incompleteCode, means: "the file could not be read" },
  ],
  load: async () => (await import("../actions/policy-parse.ts")).runPolicyParse,
};

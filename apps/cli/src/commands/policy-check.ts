import { type Flag, booleanFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { globalFlags } from "../flags/global.ts";
import {
  asBundles,
  capabilities,
  ignore,
  maxErrors,
  policyFormat,
  schema,
  strict,
  v0Compatible,
} from "../flags/policy.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";

export const v0v1Compatible: Flag<boolean> = booleanFlag({
  name: "v0-v1",
  description: "policies must be valid before OPA 1.0 and since",
});

export const checkFormat: Flag<"pretty" | "json" | undefined> = policyFormat(["pretty", "json"]);

export const policyCheck: Command = {
  path: ["policy", "check"],
  summary: "Find what is wrong with Rego before it runs",
  description:
    "Parses and compiles policies as opa check does: syntax, names, types, safety of variables, recursion, conflicts. All errors are told, " +
    "each with its line and what may mend it.",
  argument: { placeholder: "PATH", required: true, repeatable: true, completion: "file" },
  flags: [
    checkFormat,
    asBundles,
    strict,
    v0Compatible,
    v0v1Compatible,
    capabilities,
    schema,
    ignore,
    maxErrors,
    ...globalFlags,
  ],
  examples: [
    { does: "all policies in a folder", line: "redoubt policy check policies/" },
    { does: "also what is unused", line: "redoubt policy check --strict policies/" },
    {
      does: "for an OPA that has less than this one",
      line: "redoubt policy check --capabilities v0.60.json policies/",
    },
    { does: "for another program", line: "redoubt policy check -f json policies/" },
  ],
  success: "nothing is wrong",
  exitCodes: [
    { code: 1, means: "a policy has errors" },
    usageCode,
    { ...incompleteCode, means: "a file could not be read" },
  ],
  load: async () => (await import("../actions/policy-check.ts")).runPolicyCheck,
};

import type { Command } from "../command.ts";
import { globalFlags } from "../flags/global.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";

export const policyGenerateVap: Command = {
  path: ["policy", "generate", "vap"],
  summary: "Turn Gatekeeper templates into ValidatingAdmissionPolicies",
  description:
    "Prints a ValidatingAdmissionPolicy for each template that has CEL code, and a binding for each constraint: the API server then " +
    "decides by itself, as Gatekeeper's own controller would have it. The constraints stay: they are the policies' parameters.",
  argument: { placeholder: "PATH", required: true, repeatable: true, completion: "file" },
  flags: [...globalFlags],
  examples: [
    { does: "for a folder of templates and constraints", line: "redoubt policy generate vap policies/ > vap.yaml" },
    { does: "and try it", line: "redoubt policy generate vap policies/ | kubectl apply --dry-run=server -f -" },
  ],
  success: "every template and constraint could be turned",
  exitCodes: [
    { code: 1, means: "a template has only Rego, or a constraint acts nowhere in admission" },
    usageCode,
    { ...incompleteCode, means: "a file could not be read" },
  ],
  load: async () => (await import("../actions/policy-generate-vap.ts")).runPolicyGenerateVap,
};

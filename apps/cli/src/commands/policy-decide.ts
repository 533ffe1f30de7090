import { type Flag, choiceFlag, listFlag, textFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { globalFlags } from "../flags/global.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";

export const decideOutput: Flag<"text" | "json" | undefined> = choiceFlag({
  name: "output",
  short: "o",
  placeholder: "FORMAT",
  choices: ["text", "json"],
  description: "text, or json with everything that is known about each decision (default text)",
});

export const policies: Flag<readonly string[]> = listFlag({
  name: "policies",
  short: "p",
  placeholder: "PATH",
  completion: "file",
  description:
    "policies: templates, constraints, ValidatingAdmissionPolicies, mutators, Rego, and folders of them; repeatable",
});

export const allowProvider: Flag<readonly string[]> = listFlag({
  name: "allow-provider",
  placeholder: "ORIGIN",
  description:
    "ask Gatekeeper's external data providers at this origin, as https://host:port; repeatable (default: none is asked)",
});

export const newOn: Flag<string | undefined> = textFlag({
  name: "kubernetes-version",
  placeholder: "VERSION",
  description:
    "refuse expressions that an API server of this version, as 1.34, takes in no new policy (default: what stored ones may have)",
});

export const policyDecide: Command = {
  path: ["policy", "decide"],
  summary: "Judge manifests as admission would",
  description:
    "Judges every object, or AdmissionReview, by the policies given beside it, as gator test and conftest do, and all kinds of policies at " +
    "once: Gatekeeper's, those of the API server, Rego, images, Pod Security by the labels of the namespaces given. What policies change " +
    "is changed before it is judged.",
  argument: { placeholder: "PATH", required: true, repeatable: true, completion: "file" },
  flags: [policies, newOn, allowProvider, decideOutput, ...globalFlags],
  examples: [
    { does: "manifests by a folder of policies", line: "redoubt policy decide -p policies/ manifests/" },
    { does: "policies and manifests in one folder", line: "redoubt policy decide all/" },
    { does: "for another program", line: "redoubt policy decide -p policies/ -o json review.json" },
  ],
  success: "everything is admitted",
  exitCodes: [
    { code: 1, means: "something is refused" },
    usageCode,
    { ...incompleteCode, means: "a file could not be read, or a policy is not in force" },
  ],
  load: async () => (await import("../actions/policy-decide.ts")).runPolicyDecide,
};

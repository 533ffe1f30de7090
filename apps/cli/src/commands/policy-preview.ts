import type { Command } from "../command.ts";
import { globalFlags } from "../flags/global.ts";
import { inputFlags } from "../flags/input.ts";
import { liveFlags } from "../flags/live.ts";
import { usageCode, incompleteCode } from "./exit-codes.ts";
import { allowProvider, decideOutput, newOn, policies } from "./policy-decide.ts";

export const policyPreview: Command = {
  path: ["policy", "preview"],
  summary: "What a policy would refuse among what is there now",
  description:
    "Judges everything in a cluster (--live), a snapshot of one, or files, by policies that are not yet in force, as if each object were " +
    "created anew: what they would refuse, warn of and change, by namespace. Beside --live or --snapshot, -f names policies too.",
  argument: { placeholder: "PATH", required: false, repeatable: true, completion: "file" },
  flags: [policies, newOn, allowProvider, decideOutput, ...inputFlags, ...liveFlags, ...globalFlags],
  examples: [
    { does: "in the cluster", line: "redoubt policy preview -f new-policy.yaml --live" },
    { does: "in a snapshot of it", line: "redoubt policy preview -p policies/ --snapshot cluster.jsonl.gz" },
    { does: "in files", line: "redoubt policy preview -p new-policy.yaml -R manifests/" },
  ],
  success: "nothing would be refused",
  exitCodes: [{ code: 1, means: "something would be refused" }, usageCode, incompleteCode],
  load: async () => (await import("../actions/policy-preview.ts")).runPolicyPreview,
};

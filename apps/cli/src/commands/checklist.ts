import type { Command } from "../command.ts";
import { exceptions } from "../flags/gate.ts";
import { evidenceFlags, nodeFlags } from "../flags/evidence.ts";
import { globalFlags } from "../flags/global.ts";
import { inputFlags } from "../flags/input.ts";
import { liveFlags } from "../flags/live.ts";
import { type OutputFlags, outputFlags } from "../flags/output.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";
import { pathArgument } from "./path-argument.ts";

export const checklistOutput: OutputFlags<"table" | "json" | "yaml" | "markdown"> = outputFlags(
  ["table", "json", "yaml", "markdown"],
  "table",
);

export const checklist: Command = {
  path: ["checklist"],
  summary: "The ten items: verdict, evidence, and what would raise it",
  description:
    "Says for each of the ten items of the hardening checklist whether what was given shows it to be in place, what that rests on, " +
    "and for what is unknown, which input would tell.",
  argument: pathArgument,
  flags: [
    ...inputFlags,
    ...liveFlags,
    ...evidenceFlags,
    ...nodeFlags,
    exceptions,
    ...checklistOutput.flags,
    ...globalFlags,
  ],
  examples: [
    { does: "the checklist of everything in a folder", line: "redoubt checklist -R deploy/" },
    {
      does: "of the running cluster, with pipelines and runbooks from files",
      line: "redoubt checklist --live -R ops/",
    },
    {
      does: "on a control-plane node: what the cluster and the node show together",
      line: "sudo redoubt checklist --live --node --kubeconfig /etc/kubernetes/admin.conf",
    },
    {
      does: "for a page of documentation",
      line: "redoubt checklist -R deploy/ -o markdown --output-file checklist.md",
    },
  ],
  success: "no item fails (items may be unknown)",
  exitCodes: [{ code: 1, means: "an item fails" }, usageCode, incompleteCode],
  load: async () => (await import("../actions/checklist.ts")).runChecklist,
};

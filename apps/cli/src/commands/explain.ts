import type { Command } from "../command.ts";
import { globalFlags } from "../flags/global.ts";
import { type OutputFlags, outputFlags } from "../flags/output.ts";
import { usageCode } from "./exit-codes.ts";

export const explainOutput: OutputFlags<"text" | "json" | "yaml" | "markdown"> = outputFlags(
  ["text", "json", "yaml", "markdown"],
  "text",
);

export const explain: Command = {
  path: ["explain"],
  summary: "One control in full",
  description:
    "Why the control matters, what to do about a finding, what it refers to, and an input that fails and one that passes.",
  argument: { placeholder: "CONTROL", required: true, repeatable: true, completion: "control" },
  flags: [...explainOutput.flags, ...globalFlags],
  examples: [{ does: "a control, by its id in any case", line: "redoubt explain pod-001" }],
  success: "the control exists",
  exitCodes: [usageCode],
  load: async () => (await import("../actions/explain.ts")).runExplain,
};

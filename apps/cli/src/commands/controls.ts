import { CHECKLIST_ITEMS, type ChecklistItemId, SEVERITIES, type Severity } from "@redoubt/control";
import { type Flag, booleanFlag, choicesFlag, listFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { globalFlags } from "../flags/global.ts";
import { type OutputFlags, outputFlags } from "../flags/output.ts";
import { layer } from "../flags/selection.ts";
import { usageCode } from "./exit-codes.ts";

export const controlsOutput: OutputFlags<"table" | "json" | "yaml" | "csv" | "markdown"> = outputFlags(
  ["table", "json", "yaml", "csv", "markdown"],
  "table",
);

export const ofSeverity: Flag<readonly Severity[]> = choicesFlag({
  name: "severity",
  placeholder: "SEVERITY[,SEVERITY]",
  choices: SEVERITIES,
  description: `only these severities: ${SEVERITIES.join(", ")}`,
});

export const item: Flag<readonly ChecklistItemId[]> = choicesFlag({
  name: "item",
  placeholder: "ITEM[,ITEM]",
  choices: CHECKLIST_ITEMS,
  description: `only these checklist items: ${CHECKLIST_ITEMS.join(", ")}`,
});

export const framework: Flag<readonly string[]> = listFlag({
  name: "framework",
  placeholder: "NAME[:ID]",
  separator: ",",
  completion: ["CIS", "NSA-CISA", "MITRE-ATTACK", "OWASP-K8S"],
  description:
    "only controls that refer to this framework (CIS, NSA-CISA, MITRE-ATTACK, OWASP-K8S) or to this requirement of it",
});

export const fixable: Flag<boolean> = booleanFlag({
  name: "fixable",
  description: "only controls that redoubt fix can fix",
});

export const controls: Command = {
  path: ["controls"],
  summary: "The catalogue of controls",
  description: "Lists every control with its severity, layer and checklist item.",
  flags: [layer, ofSeverity, item, framework, fixable, ...controlsOutput.flags, ...globalFlags],
  examples: [
    { does: "all of them", line: "redoubt controls" },
    { does: "what speaks for a CIS requirement", line: "redoubt controls --framework CIS:5.1.1" },
    { does: "a table for a spreadsheet", line: "redoubt controls -o csv --output-file controls.csv" },
  ],
  success: "listed, even when nothing matches",
  exitCodes: [usageCode],
  load: async () => (await import("../actions/controls.ts")).runControls,
};

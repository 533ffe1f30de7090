import { type Flag, textFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { evidenceFlags } from "../flags/evidence.ts";
import { globalFlags } from "../flags/global.ts";
import { connectionFlags, kubeletConfiguration, live } from "../flags/live.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";

export const snapshotOutput: Flag<string | undefined> = textFlag({
  name: "output",
  short: "o",
  placeholder: "FILE",
  completion: "file",
  description: "the file to write; compressed when its name ends with .gz",
});

export const snapshot: Command = {
  path: ["snapshot"],
  summary: "Save what a scan reads of a cluster, to scan it later",
  description:
    "Reads the running cluster and writes what it read, and what it could not read, to a file for redoubt scan --snapshot. " +
    "Values of Secrets are never in it; literal environment variables and ConfigMaps are, so it is written for its owner only.",
  flags: [snapshotOutput, live, ...connectionFlags, kubeletConfiguration, ...evidenceFlags, ...globalFlags],
  examples: [
    { does: "of the current context", line: "redoubt snapshot -o monday.json.gz" },
    { does: "scan it", line: "redoubt scan --snapshot monday.json.gz" },
  ],
  success: "written, and everything could be read",
  exitCodes: [usageCode, incompleteCode],
  load: async () => (await import("../actions/snapshot.ts")).runSnapshot,
};

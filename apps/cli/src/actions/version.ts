import type { Action } from "../command.ts";
import { versionOutput } from "../commands/about.ts";
import { EXIT } from "../exit-code.ts";
import { writeOutput } from "../terminal/write-output.ts";
import { REDOUBT_VERSION } from "../version.ts";

export const runVersion: Action = async ({ args, host }) => {
  for (const target of versionOutput.targets(args)) {
    const text =
      target.format === "json"
        ? `${JSON.stringify({ redoubt: REDOUBT_VERSION, node: process.versions.node }, undefined, 2)}\n`
        : `redoubt ${REDOUBT_VERSION}\n`;
    await writeOutput(host, target.file, text);
  }
  return EXIT.clean;
};

import { type PathQuery, cutPaths, findPaths, renderPaths } from "@redoubt/posture";
import { UsageError } from "../arguments/usage-error.ts";
import type { Action } from "../command.ts";
import { by, cut, from, limit, pathsOutput, to } from "../commands/paths.ts";
import { EXIT } from "../exit-code.ts";
import { writeOutput } from "../terminal/write-output.ts";
import { readInput } from "./read-input.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";

const SHOWN = 20;

export const runPaths: Action = async (invocation) => {
  const { args, host } = invocation;
  const targets = pathsOutput.targets(args);
  const starts = args.get(from);
  const goals = args.get(to);
  const ranking = args.get(by);
  const query: PathQuery = {
    ...(starts.length === 0 ? {} : { starts }),
    ...(goals.length === 0 ? {} : { goals }),
    ...(ranking === undefined ? {} : { ranking }),
  };
  const { snapshot } = await readInput(invocation);
  const incomplete = reportDiagnostics(host, snapshot.diagnostics);
  const report = findPaths(snapshot, query);
  if (report.unknown.length > 0)
    throw new UsageError(
      "USAGE_FLAG_VALUE",
      `nothing here is called ${report.unknown.map((name) => `"${name}"`).join(" or ")}; names are as paths print them, with their kind: "Deployment shop/web"`,
    );
  const smallest = args.get(cut) ? cutPaths(snapshot, query) : undefined;
  for (const { format, file } of targets)
    await writeOutput(host, file, renderPaths(report, format, args.get(limit) ?? SHOWN, smallest));
  if (incomplete) return EXIT.incomplete;
  return report.paths.length > 0 ? EXIT.findings : EXIT.clean;
};

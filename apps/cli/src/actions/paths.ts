import { type PathQuery, type PathReport, cutPaths, findPaths, namesLike, renderPaths } from "@redoubt/posture";
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
  if (report.unknown.length > 0) throw new UsageError("USAGE_FLAG_VALUE", unknownNames(report));
  const smallest = args.get(cut) ? cutPaths(snapshot, query) : undefined;
  for (const { format, file } of targets)
    await writeOutput(host, file, renderPaths(report, format, args.get(limit) ?? SHOWN, smallest));
  if (incomplete) return EXIT.incomplete;
  return report.paths.length > 0 ? EXIT.findings : EXIT.clean;
};

function unknownNames({ graph, unknown }: PathReport): string {
  const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(" or ");
  const meant = unknown.flatMap((name) => namesLike(graph, name));
  return `nothing here is called ${quoted(unknown)}; ${
    meant.length === 0
      ? 'names are as paths print them, with their kind: "Deployment shop/web"'
      : `did you mean ${quoted(meant)}?`
  }`;
}

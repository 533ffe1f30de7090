import { pathToFileURL } from "node:url";
import type { Control } from "@redoubt/control";
import { type ClusterSnapshot, parseLabelSelector } from "@redoubt/kube";
import {
  type Report,
  assess,
  catalogue,
  driftControls,
  exitCode,
  parseBaseline,
  reporters,
  writeBaseline as baselineText,
} from "@redoubt/posture";
import { createColors } from "picocolors";
import type { ParsedArguments } from "../arguments/parse.ts";
import { UsageError } from "../arguments/usage-error.ts";
import type { Action } from "../command.ts";
import { scanOutput } from "../commands/scan.ts";
import { baseline, failOn, minScore, quiet, writeBaseline } from "../flags/gate.ts";
import { namespace } from "../flags/input.ts";
import { drift, excludeNamespace } from "../flags/live.ts";
import { control, selector, severity, skipControl } from "../flags/selection.ts";
import { type Host, wantsColor } from "../terminal/host.ts";
import { progressOn } from "../terminal/progress.ts";
import { writeOutput } from "../terminal/write-output.ts";
import { REDOUBT_VERSION } from "../version.ts";
import { aboutLabelled, narrowReport, ofSeverity } from "./narrow-report.ts";
import { readExceptions } from "./read-exceptions.ts";
import { readInput } from "./read-input.ts";
import { readTextFile } from "./read-text-file.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";
import { selectedControls } from "./select-controls.ts";

export const runScan: Action = async (invocation) => {
  const { args, host } = invocation;
  const targets = scanOutput.targets(args).filter(({ file }) => file !== undefined || !args.get(quiet));
  const narrow = narrowingOf(args);
  const controls = selectedControls(args);
  const baselineFile = args.get(baseline);
  const known =
    baselineFile === undefined
      ? undefined
      : parseBaseline(await readTextFile(baselineFile, "--baseline"), baselineFile);
  const exceptions = await readExceptions(args);

  const { snapshot, files } = await readInput(invocation);
  const judgedBy = args.get(drift) && files !== undefined ? withDrift(controls ?? catalogue, args, files) : controls;
  const report = judge(host, snapshot, {
    ...(judgedBy === undefined ? {} : { controls: judgedBy }),
    ...(exceptions === undefined ? {} : { exceptions }),
    ...(known === undefined ? {} : { baseline: known }),
  });
  const { gated, shown } = narrow(report);
  for (const { format, file } of targets) {
    const painted = file === undefined && wantsColor(host.stdout, host.env);
    const text = reporters[format](shown, {
      ...(host.stdout.columns === undefined || file !== undefined ? {} : { width: host.stdout.columns }),
      ...(painted ? { paint: createColors(true) } : {}),
      baseUri: pathToFileURL(`${process.cwd()}/`).href,
    });
    await writeOutput(host, file, text);
  }
  // The table has them.
  if (!targets.some(({ format, file }) => format === "table" && file === undefined)) {
    reportDiagnostics(host, [...shown.configuration, ...shown.coverage.diagnostics]);
  }

  const file = args.get(writeBaseline);
  if (file !== undefined) {
    const failures = report.findings.flatMap(({ finding }) => (finding.verdict === "fail" ? [finding] : []));
    await writeOutput(host, file, baselineText(failures));
  }
  const least = args.get(minScore);
  return exitCode(gated, { failOn: args.get(failOn) ?? "high", ...(least === undefined ? {} : { minScore: least }) });
};

/** The controls of `--drift`, as far as --control and --skip-control leave them, beside the others. */
function withDrift(controls: readonly Control[], args: ParsedArguments, files: ClusterSnapshot): readonly Control[] {
  const namespaces = args.get(namespace)?.split(",");
  const only = args.get(control).map((id) => id.toUpperCase());
  const skipped = new Set(args.get(skipControl).map((id) => id.toUpperCase()));
  const scope = {
    ...(namespaces === undefined ? {} : { namespaces }),
    excludeNamespaces: args.get(excludeNamespace),
  };
  const drifting = driftControls(files, scope).filter(
    ({ id }) => !skipped.has(id) && (only.length === 0 || only.includes(id)),
  );
  return [...controls, ...drifting];
}

function judge(
  host: Host,
  snapshot: ClusterSnapshot,
  options: Omit<Parameters<typeof assess>[1], "time" | "version">,
): Report {
  const progress = progressOn(host);
  progress.update(`judging ${snapshot.objects.length} objects`);
  try {
    return assess(snapshot, { ...options, time: host.now().toISOString(), version: REDOUBT_VERSION });
  } finally {
    progress.done();
  }
}

interface Narrowed {
  /** What the exit code is about: --severity only changes what is shown. */
  readonly gated: Report;
  readonly shown: Report;
}

/** Throws `UsageError` for a selector that is none. */
function narrowingOf(args: ParsedArguments): (report: Report) => Narrowed {
  const text = args.get(selector);
  const least = args.get(severity);
  const parsed = text === undefined ? undefined : parseLabelSelector(text);
  if (parsed?.kind === "error")
    throw new UsageError("USAGE_FLAG_VALUE", `-l ${text} is no label selector: ${parsed.message}`);
  return (report) => {
    const gated =
      parsed === undefined
        ? report
        : narrowReport(
            report,
            aboutLabelled((labels) => parsed.matches(labels)),
            `-l ${text}`,
          );
    const shown = least === undefined ? gated : narrowReport(gated, ofSeverity(least), `--severity ${least}`);
    return { gated, shown };
  };
}

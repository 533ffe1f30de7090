import { type Report, type ReporterOptions, assess, checklistTable, exitCode } from "@redoubt/posture";
import { createColors } from "picocolors";
import type { Action } from "../command.ts";
import { checklistOutput } from "../commands/checklist.ts";
import { EXIT } from "../exit-code.ts";
import { wantsColor } from "../terminal/host.ts";
import { writeOutput } from "../terminal/write-output.ts";
import { formatYaml } from "../terminal/yaml.ts";
import { REDOUBT_VERSION } from "../version.ts";
import { checklistMarkdown, checklistValue } from "./checklist-document.ts";
import { readExceptions } from "./read-exceptions.ts";
import { readInput } from "./read-input.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";

type Renderer = (report: Report, options: ReporterOptions) => string | Iterable<string>;

const RENDERERS: Readonly<Record<"table" | "json" | "yaml" | "markdown", Renderer>> = {
  table: checklistTable,
  json: (report) => `${JSON.stringify(checklistValue(report), undefined, 2)}\n`,
  yaml: (report) => formatYaml(checklistValue(report)),
  markdown: checklistMarkdown,
};

export const runChecklist: Action = async (invocation) => {
  const { args, host } = invocation;
  const targets = checklistOutput.targets(args);
  const exceptions = await readExceptions(args);
  const { snapshot } = await readInput(invocation);
  const report = assess(snapshot, {
    time: host.now().toISOString(),
    version: REDOUBT_VERSION,
    ...(exceptions === undefined ? {} : { exceptions }),
  });
  for (const { format, file } of targets) {
    const painted = file === undefined && wantsColor(host.stdout, host.env);
    const width = file === undefined ? host.stdout.columns : undefined;
    const options = { ...(width === undefined ? {} : { width }), ...(painted ? { paint: createColors(true) } : {}) };
    await writeOutput(host, file, RENDERERS[format](report, options));
  }
  // The table has them.
  if (!targets.some(({ format, file }) => format === "table" && file === undefined)) {
    reportDiagnostics(host, [...report.configuration, ...report.coverage.diagnostics]);
  }
  const code = exitCode(report, { failOn: "none" });
  if (code !== EXIT.clean) return code;
  return report.checklist.some(({ verdict }) => verdict === "fail") ? EXIT.findings : EXIT.clean;
};

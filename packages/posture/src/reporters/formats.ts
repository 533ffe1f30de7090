import { csv } from "./csv.ts";
import { gitlab } from "./gitlab.ts";
import { htmlPage } from "./html.ts";
import { json, yaml } from "./json.ts";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import { oscal } from "./oscal.ts";
import type { Reporter } from "./reporter.ts";
import { sarif } from "./sarif.ts";
import { table } from "./table.ts";

export const REPORT_FORMATS = [
  "table",
  "json",
  "yaml",
  "sarif",
  "junit",
  "html",
  "markdown",
  "gitlab",
  "csv",
  "oscal",
] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** What `-o` takes. */
export const reporters: Readonly<Record<ReportFormat, Reporter>> = {
  table,
  json,
  yaml,
  sarif,
  junit,
  html: htmlPage,
  markdown,
  gitlab,
  csv,
  oscal,
};

export function isReportFormat(name: string): name is ReportFormat {
  return Object.hasOwn(reporters, name);
}

import { toFieldPath } from "@redoubt/kube";
import { formatPlaceOf, placesOf } from "../place.ts";
import { plain } from "../text/plain.ts";
import { isOpen } from "../report.ts";
import { type Reporter, inChunks } from "./reporter.ts";
import type { Report } from "../report.ts";
import { describeSubject } from "../subject.ts";

const COLUMNS = [
  "control",
  "title",
  "severity",
  "verdict",
  "open",
  "layer",
  "item",
  "resource",
  "field",
  "file",
  "line",
  "column",
  "message",
  "needs",
  "fix",
  "exception",
  "baseline",
];

/** One line a finding, RFC 4180. Cells that a spreadsheet would take for a formula begin with an apostrophe. */
export const csv: Reporter = (report) => inChunks(rows(report));

function* rows(report: Report): Generator<string, void, undefined> {
  yield row(COLUMNS);
  const places = placesOf(report.findings.map(({ finding }) => finding));
  for (const reported of report.findings) {
    const { finding, exception, baseline } = reported;
    const { control, resource } = finding;
    const place = places.get(finding);
    yield row([
      control.id,
      control.title,
      finding.severity,
      finding.verdict,
      String(isOpen(reported)),
      control.layer,
      control.item,
      resource === undefined ? "" : describeSubject(resource),
      toFieldPath(finding.path),
      place?.file ?? formatPlaceOf(finding, undefined) ?? "",
      String(place?.region?.start.line ?? ""),
      String(place?.region?.start.column ?? ""),
      finding.message,
      finding.needs ?? "",
      finding.fix?.description ?? "",
      exception === undefined ? "" : `${exception.reason} (${exception.owner}, until ${exception.expires})`,
      baseline ?? "",
    ]);
  }
}

function row(cells: readonly string[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

/** Formula characters, also in their full-width forms, which some spreadsheets treat alike. */
const FORMULA = /^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/;

function cell(text: string): string {
  const line = plain(text);
  const safe = FORMULA.test(line) ? `'${line}` : line;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

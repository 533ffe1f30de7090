import type { Finding, Severity } from "@redoubt/control";
import { type Diagnostic, formatDiagnostic } from "@redoubt/kube";
import { type Place, formatPlaceOf, placesOf } from "../place.ts";
import { type ChecklistResult, type Report, type ReportedFinding, isIncomplete, openBySeverity } from "../report.ts";
import { plain, plural } from "../text/plain.ts";
import { wrap } from "../text/wrap.ts";
import { type FindingGroup, countSeverities, openGroups, setAside, unknownGroups } from "./groups.ts";
import type { Paint, Reporter, ReporterOptions } from "./reporter.ts";
import { describeSubject } from "../subject.ts";

/** Findings of one control that are shown in full. */
const SHOWN = 10;
const UNKNOWN_SHOWN = 12;
const NARROWEST = 40;

const same = (text: string): string => text;
const NO_PAINT: Paint = { bold: same, dim: same, red: same, yellow: same, green: same, cyan: same, magenta: same };

/** For people at a terminal: findings by severity and control, then what is not known, the checklist and the score. */
export const table: Reporter = function* table(report, options = {}) {
  const page = pageOf(options);
  const groups = openGroups(report);
  yield* diagnostics(report, page);
  yield* findings(groups, page);
  yield* unknowns(report, page);
  yield* checklist(report, page);
  yield* summary(report, groups, page);
};

/** The checklist part of the table alone, with everything that would raise each verdict. */
export const checklistTable: Reporter = function* checklistTable(report, options = {}) {
  const page = pageOf(options);
  yield* diagnostics(report, page);
  for (const [index, result] of report.checklist.entries()) {
    const points = report.score.items[index]?.points ?? 0;
    yield `${heading(result, points, page)}\n`;
    for (const { text, verdict } of result.requirements) yield `    ${sign(verdict, page)} ${text}\n`;
    for (const { control, kind, source } of result.evidence) {
      yield lines(`${control} passes: ${plain(source)} (${kind})`, "      ", page, page.paint.dim);
    }
    for (const need of result.needs) yield lines(plain(need), "    > ", page);
  }
  yield `\n${scoreLine(report, page)}\n`;
};

interface Page {
  readonly width: number;
  readonly paint: Paint;
}

function pageOf({ width = 100, paint = NO_PAINT }: ReporterOptions): Page {
  return { width: Math.max(NARROWEST, width), paint };
}

/** A wrapped text: `lead` before its first line, blanks of the same width before the others. */
function lines(text: string, lead: string, { width }: Page, paint: (text: string) => string = same): string {
  const indent = " ".repeat(lead.length);
  return wrap(text, width - lead.length)
    .map((line, index) => `${index === 0 ? lead : indent}${paint(line)}\n`)
    .join("");
}

function* diagnostics(report: Report, page: Page): Generator<string, void, undefined> {
  const all: readonly Diagnostic[] = [...report.configuration, ...report.coverage.diagnostics];
  if (all.length === 0) return;
  for (const diagnostic of all) {
    yield lines(
      plain(formatDiagnostic(diagnostic)),
      "! ",
      page,
      diagnostic.severity === "error" ? page.paint.red : page.paint.yellow,
    );
  }
  yield "\n";
}

function colourOf(severity: Severity, paint: Paint): (text: string) => string {
  if (severity === "critical") return paint.magenta;
  if (severity === "high") return paint.red;
  return severity === "medium" ? paint.yellow : paint.cyan;
}

function* findings(groups: readonly FindingGroup[], page: Page): Generator<string, void, undefined> {
  const { paint } = page;
  let severity: Severity | undefined;
  for (const group of groups) {
    if (group.severity !== severity) {
      severity = group.severity;
      const count = groups
        .filter((other) => other.severity === severity)
        .reduce((sum, other) => sum + other.findings.length, 0);
      yield `${paint.bold(colourOf(severity, paint)(severity.toUpperCase()))} ${paint.dim(`(${count})`)}\n`;
    }
    yield lines(`${group.control.id}  ${group.control.title}`, "  ", page, paint.bold);
    const shown = group.findings.slice(0, SHOWN);
    const places = placesOf(shown.map(({ finding }) => finding));
    for (const reported of shown) yield* findingLines(reported, places.get(reported.finding), page);
    const more = group.findings.length - shown.length;
    if (more > 0) yield `    ${paint.dim(`and ${more} more (use -o json)`)}\n`;
    yield "\n";
  }
}

function* findingLines(
  { finding: found, baseline }: ReportedFinding,
  place: Place | undefined,
  page: Page,
): Generator<string, void, undefined> {
  const { paint } = page;
  const marks = `${isFixable(found) ? ` ${paint.green("[fix]")}` : ""}${baseline === "new" ? ` ${paint.cyan("[new]")}` : ""}`;
  const where = formatPlaceOf(found, place);
  const shown = where === undefined ? [] : [paint.cyan(plain(where))];
  yield `    ${[...shown, ...subjectOf(found, place)].join("  ")}${marks}\n`;
  yield lines(plain(found.message), "      ", page);
}

/** `redoubt fix` edits files; what was read from a cluster has none. */
function isFixable({ fix, resource }: Finding): boolean {
  return fix !== undefined && resource?.origin.kind !== "cluster";
}

/** An artifact is its file, which the place names already. */
function subjectOf({ resource }: Finding, place: Place | undefined): readonly string[] {
  if (resource === undefined || (resource.type === "artifact" && place !== undefined)) return [];
  return [plain(describeSubject(resource))];
}

function* unknowns(report: Report, page: Page): Generator<string, void, undefined> {
  const groups = unknownGroups(report);
  if (groups.length === 0) return;
  yield `${page.paint.bold("NOT KNOWN")} ${page.paint.dim(`(${groups.length})`)}\n`;
  for (const { control, others, message, needs, count } of groups.slice(0, UNKNOWN_SHOWN)) {
    const times = count === 1 ? "" : ` (${plural(count, "time")})`;
    const who = others === 0 ? control.id : `${control.id} and ${others} more`;
    yield lines(plain(`${who}  ${message}${times}; to know: ${needs}`), "  ", page);
  }
  if (groups.length > UNKNOWN_SHOWN)
    yield `  ${page.paint.dim(`and ${groups.length - UNKNOWN_SHOWN} more (use -o json)`)}\n`;
  yield "\n";
}

function* checklist(report: Report, page: Page): Generator<string, void, undefined> {
  yield `${page.paint.bold("CHECKLIST")}\n`;
  for (const [index, result] of report.checklist.entries()) {
    yield `  ${heading(result, report.score.items[index]?.points ?? 0, page)}\n`;
    const [first] = result.needs;
    if (first === undefined) continue;
    const more = result.needs.length === 1 ? "" : ` (and ${result.needs.length - 1} more)`;
    yield lines(`${plain(first)}${more}`, "      ", page, page.paint.dim);
  }
  yield "\n";
}

function heading({ title, verdict }: ChecklistResult, points: number, page: Page): string {
  return `${sign(verdict, page)} ${title.padEnd(34)} ${(Math.floor(points * 10 + 1e-9) / 10).toFixed(1).padStart(4)}/10`;
}

function sign(verdict: "pass" | "fail" | "unknown", { paint }: Page): string {
  if (verdict === "pass") return paint.green("pass   ");
  return verdict === "fail" ? paint.red("FAIL   ") : paint.yellow("unknown");
}

function scoreLine(report: Report, { paint }: Page): string {
  const { value, coverage } = report.score;
  return `${paint.bold(`Score ${value} of 100`)}; ${coverage}% of what is scored could be judged from what was given`;
}

function* summary(report: Report, groups: readonly FindingGroup[], page: Page): Generator<string, void, undefined> {
  const { paint } = page;
  const { objects, artifacts, files } = report.coverage;
  const open = groups.flatMap((group) => group.findings);
  const fixable = open.filter(({ finding: found }) => isFixable(found)).length;
  const counted =
    open.length === 0
      ? paint.green("No open findings")
      : `${plural(open.length, "finding")}: ${countSeverities(openBySeverity(report))}`;
  const read = [
    plural(objects, "object"),
    ...(artifacts === 0 ? [] : [plural(artifacts, "other file")]),
    ...(files.size === 0 ? [] : [`${plural(files.size, "file")} read`]),
  ];
  yield `${scoreLine(report, page)}\n`;
  yield `${counted} ${paint.dim(`(${read.join(", ")})`)}\n`;
  for (const line of setAside(report)) yield `  ${line}\n`;
  if (fixable > 0) yield `${plural(fixable, "finding")} can be fixed by \`redoubt fix\`\n`;
  if (isIncomplete(report)) yield `${paint.red("Incomplete: something could not be read or evaluated, see above")}\n`;
}

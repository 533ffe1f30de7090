import { formatPlaceOf, placesOf } from "../place.ts";
import { type Report, isIncomplete, openBySeverity } from "../report.ts";
import { plain, plural } from "../text/plain.ts";
import { countSeverities, openGroups, setAside, unknownGroups } from "./groups.ts";
import type { Reporter } from "./reporter.ts";
import { describeSubject } from "../subject.ts";

/** Forges refuse comments of 65,536 characters or more. */
const MOST_CHARACTERS = 60_000;
const SHOWN = 20;

/** For comments on merge requests: short, and safe against whatever names and messages hold. */
export const markdown: Reporter = function* markdown(report) {
  yield* head(report);
  yield* checklist(report);
  let left = MOST_CHARACTERS;
  let dropped = 0;
  for (const section of sections(report)) {
    left -= section.length;
    if (left < 0) dropped += 1;
    else yield section;
  }
  if (dropped > 0) yield `\n${plural(dropped, "more section")} left out: see the JSON report.\n`;
};

function* head(report: Report): Generator<string, void, undefined> {
  const counts = countSeverities(openBySeverity(report));
  yield `## Redoubt: ${counts === "" ? "no open findings" : counts}\n\n`;
  yield `**Score ${report.score.value} of 100**; ${report.score.coverage}% of what is scored could be judged. `;
  yield `${plural(report.coverage.objects, "object")}, ${plural(report.coverage.files.size, "file")}.\n`;
  for (const line of setAside(report)) yield `\n- ${line}`;
  if (isIncomplete(report)) yield "\n\n**Incomplete:** something could not be read or evaluated.\n";
  for (const { severity, code, message, file, region } of [
    ...report.configuration,
    ...report.coverage.diagnostics,
  ].slice(0, SHOWN)) {
    const where =
      file === undefined
        ? ""
        : ` ${codeSpan(region === undefined ? file : `${file}:${region.start.line}:${region.start.column}`)}`;
    yield `\n- ${severity} ${code}${where} ${inline(message)}`;
  }
  yield "\n";
}

const SIGNS = { pass: "pass", fail: "**fail**", unknown: "unknown" } as const;

function* checklist(report: Report): Generator<string, void, undefined> {
  yield "\n| Checklist | Verdict | Points | What would raise it |\n| --- | --- | ---: | --- |\n";
  for (const [index, { title, verdict, needs }] of report.checklist.entries()) {
    const points = (Math.floor((report.score.items[index]?.points ?? 0) * 10 + 1e-9) / 10).toFixed(1);
    const more = needs.length > 1 ? ` (and ${needs.length - 1} more)` : "";
    yield `| ${title} | ${SIGNS[verdict]} | ${points} | ${inline(needs[0] ?? "")}${more} |\n`;
  }
}

function* sections(report: Report): Generator<string, void, undefined> {
  for (const { severity, control, findings } of openGroups(report)) {
    const shown = findings.slice(0, SHOWN);
    const places = placesOf(shown.map(({ finding }) => finding));
    const rows = shown.map(({ finding, baseline }) => {
      const place = formatPlaceOf(finding, places.get(finding));
      const where = place === undefined ? "" : codeSpan(place);
      const what = finding.resource === undefined ? "" : inline(describeSubject(finding.resource));
      const marks = `${finding.fix === undefined ? "" : " (fix available)"}${baseline === "new" ? " (new)" : ""}`;
      return `| ${where} | ${what} | ${inline(finding.message)}${marks} |\n`;
    });
    const more = findings.length - shown.length;
    yield [
      `\n<details><summary>${severity}: ${control.id} ${inline(control.title)} (${findings.length})</summary>\n\n`,
      `${inline(control.remediation)}\n\n`,
      "| Where | What | Finding |\n| --- | --- | --- |\n",
      ...rows,
      more > 0 ? `\nand ${more} more\n` : "",
      "\n</details>\n",
    ].join("");
  }
  const unknown = unknownGroups(report);
  if (unknown.length === 0) return;
  const rows = unknown
    .slice(0, SHOWN)
    .map(
      ({ control, others, message, needs }) =>
        `| ${control.id}${others === 0 ? "" : ` and ${others} more`} | ${inline(message)} | ${inline(needs)} |\n`,
    );
  yield `\n<details><summary>not known (${unknown.length})</summary>\n\n| Control | What | To know, give |\n| --- | --- | --- |\n${rows.join("")}\n</details>\n`;
}

/** Text that Markdown shows as it is: no markup, no HTML, no mentions, no links. */
function inline(text: string): string {
  return plain(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_[\]|~#!]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll("@", "&#64;")
    .replaceAll("://", "&#58;//");
}

/** A code span that no backtick can end, in a table cell. */
function codeSpan(text: string): string {
  return `\`${plain(text)
    .replaceAll("`", "'")
    .replaceAll("|", String.raw`\|`)}\``;
}

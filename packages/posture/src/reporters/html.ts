import { createHash } from "node:crypto";
import { SEVERITIES } from "@redoubt/control";
import { formatPlace } from "@redoubt/kube";
import { formatPlaceOf, placesOf } from "../place.ts";
import { type ChecklistResult, type Report, isIncomplete, isOpen, openBySeverity } from "../report.ts";
import { plural } from "../text/plain.ts";
import { type FindingGroup, openGroups, setAside, unknownGroups } from "./groups.ts";
import { SCRIPT, STYLE } from "./html-assets.ts";
import { type Markup, markup } from "./html-escape.ts";
import { type Reporter, inChunks } from "./reporter.ts";
import { describeSubject } from "../subject.ts";

/** Findings of one control that are listed: a page of more does not open. */
const SHOWN = 200;

/** One self-contained page: no request leaves it, and nothing runs or is drawn but its own script and style. */
export const htmlPage: Reporter = (report) => inChunks(page(report));

function* page(report: Report): Generator<string, void, undefined> {
  const groups = openGroups(report);
  const policy = `default-src 'none'; style-src '${digest(STYLE)}'; script-src '${digest(SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  yield `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n`;
  yield `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`;
  yield `<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>Redoubt report</title>\n<style>${STYLE}</style>\n</head>\n<body>\n`;
  yield head(report).text;
  yield `<main>\n`;
  yield checklist(report).text;
  yield* findings(groups);
  yield unknowns(report).text;
  yield accepted(report).text;
  yield coverage(report).text;
  yield `</main>\n<script>${SCRIPT}</script>\n</body>\n</html>\n`;
}

function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function head(report: Report): Markup {
  const open = openBySeverity(report);
  const { score, coverage: read } = report;
  const tiles = SEVERITIES.map(
    (severity) =>
      markup`<div><dt>${severity}</dt><dd class="${open[severity] > 0 ? severity : "soft"}">${open[severity]}</dd></div>`,
  );
  const problems = [...report.configuration, ...read.diagnostics];
  const items = problems.map(
    (problem) =>
      markup`<li><code>${formatPlace(problem)}</code> ${problem.severity} ${problem.code}: ${problem.message}</li>\n`,
  );
  const incomplete = isIncomplete(report)
    ? markup`<strong>Incomplete: something could not be read or evaluated.</strong>`
    : markup``;
  const notice =
    problems.length === 0
      ? markup``
      : markup`<section class="notice" aria-label="Problems">${incomplete}<ul>${items}</ul></section>\n`;
  const aside = setAside(report).map((line) => markup`<li>${line}</li>`);
  return markup`<header>
<h1>Security report</h1>
<p class="soft">Redoubt ${report.version}, <time datetime="${report.time}">${report.time}</time>: ${plural(read.objects, "object")} and ${plural(read.artifacts, "other file")} in ${plural(read.files.size, "file")}</p>
<dl class="tiles"><div><dt>Score of 100</dt><dd>${score.value}</dd></div><div><dt>Could be judged</dt><dd>${score.coverage}%</dd></div>${tiles}</dl>
<ul class="soft">${aside}</ul>
${notice}</header>
`;
}

function checklist(report: Report): Markup {
  const rows = report.checklist.map((result, index) => checklistRow(result, report.score.items[index]?.points ?? 0));
  return markup`<section aria-labelledby="checklist">
<h2 id="checklist">Checklist</h2>
<table>
<caption>An item passes only by evidence. What could not be seen is unknown.</caption>
<thead><tr><th scope="col">Item</th><th scope="col">Verdict</th><th scope="col" class="number">Points of 10</th><th scope="col">Evidence and what would raise it</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
</section>
`;
}

function checklistRow({ title, verdict, requirements, evidence, needs }: ChecklistResult, points: number): Markup {
  const shown = requirements.map(
    (requirement) =>
      markup`<li><span class="badge ${requirement.verdict}">${requirement.verdict}</span> ${requirement.text}</li>`,
  );
  const proofs = evidence.map(({ control, kind, source }) => markup`<li>${control}: ${source} (${kind})</li>`);
  const steps = needs.map((need) => markup`<li>${need}</li>`);
  const proof =
    evidence.length === 0
      ? markup``
      : markup`<details><summary>${plural(evidence.length, "piece")} of evidence</summary><ul>${proofs}</ul></details>`;
  const raise =
    needs.length === 0
      ? markup``
      : markup`<details><summary>${plural(needs.length, "step")} to raise it</summary><ul>${steps}</ul></details>`;
  return markup`<tr><th scope="row">${title}</th><td><span class="badge ${verdict}">${verdict}</span></td><td class="number">${(Math.floor(points * 10 + 1e-9) / 10).toFixed(1)}</td><td><ul>${shown}</ul>${proof}${raise}</td></tr>
`;
}

function* findings(groups: readonly FindingGroup[]): Generator<string, void, undefined> {
  const options = SEVERITIES.map((severity) => markup`<option>${severity}</option>`);
  yield markup`<section aria-labelledby="findings">
<h2 id="findings">Findings</h2>
<form hidden role="search"><label>Words<input id="words" type="search" autocomplete="off"></label><label>Severity<select id="severity"><option value="">all</option>${options}</select></label><output id="count" aria-live="polite"></output></form>
`.text;
  if (groups.length === 0) yield "<p>No open findings.</p>\n";
  for (const group of groups) yield findingGroup(group).text;
  yield "</section>\n";
}

function findingGroup({ severity, control, findings: all }: FindingGroup): Markup {
  const shown = all.slice(0, SHOWN);
  const places = placesOf(shown.map(({ finding }) => finding));
  const rows = shown.map(({ finding, baseline }) => {
    const place = places.get(finding);
    const subject = finding.resource === undefined ? "" : describeSubject(finding.resource);
    const isNew = baseline === "new" ? markup` <span class="badge">new</span>` : markup``;
    const fix =
      finding.fix === undefined
        ? markup``
        : markup`<p class="soft">Fix: ${finding.fix.description}${finding.fix.caution === undefined ? "" : ` Check first: ${finding.fix.caution}`}</p>`;
    return markup`<tr><td><code>${formatPlaceOf(finding, place) ?? ""}</code></td><td>${subject}</td><td>${finding.message}${isNew}${fix}</td></tr>
`;
  });
  const references = control.references.map(({ framework, version, id }) => `${framework} ${version} ${id}`).join(", ");
  const more =
    all.length > shown.length ? markup`<p>and ${all.length - shown.length} more: see the JSON report</p>` : markup``;
  return markup`<details data-severity="${severity}" data-text="${`${control.id} ${control.title} ${severity}`.toLowerCase()}">
<summary><span class="badge ${severity}">${severity}</span> <strong>${control.id}</strong> ${control.title} <span class="soft">(${all.length})</span></summary>
<p>${control.rationale}</p><p><strong>What to do.</strong> ${control.remediation}</p><p class="soft">${references}</p>
<table><thead><tr><th scope="col">Where</th><th scope="col">What</th><th scope="col">Finding</th></tr></thead><tbody>
${rows}</tbody></table>${more}
</details>
`;
}

function unknowns(report: Report): Markup {
  const groups = unknownGroups(report);
  if (groups.length === 0) return markup``;
  const rows = groups.slice(0, SHOWN).map(
    ({
      control,
      others,
      message,
      needs,
      count,
    }) => markup`<tr><th scope="row">${control.id}${others === 0 ? "" : ` and ${others} more`}</th><td>${message}</td><td class="number">${count}</td><td>${needs}</td></tr>
`,
  );
  return markup`<section aria-labelledby="unknown">
<h2 id="unknown">Not known</h2>
<table><thead><tr><th scope="col">Control</th><th scope="col">What</th><th scope="col" class="number">Times</th><th scope="col">To know, give</th></tr></thead><tbody>
${rows}</tbody></table>
</section>
`;
}

function accepted(report: Report): Markup {
  if (report.exceptions.length === 0) return markup``;
  const rows = report.exceptions.map(
    ({
      exception,
      state,
      findings: count,
    }) => markup`<tr><th scope="row">${exception.control}</th><td>${state}</td><td class="number">${count}</td><td>${exception.reason}</td><td>${exception.owner}</td><td>${exception.expires}</td></tr>
`,
  );
  return markup`<section aria-labelledby="exceptions">
<h2 id="exceptions">Accepted risks</h2>
<table><thead><tr><th scope="col">Control</th><th scope="col">State</th><th scope="col" class="number">Findings</th><th scope="col">Reason</th><th scope="col">Owner</th><th scope="col">Expires</th></tr></thead><tbody>
${rows}</tbody></table>
</section>
`;
}

function coverage(report: Report): Markup {
  const rows = report.coverage.kinds.map(
    ({ kind, count }) => markup`<tr><th scope="row">${kind}</th><td class="number">${count}</td></tr>
`,
  );
  const judged = report.controls.filter(({ verdict }) => verdict !== "not-applicable").length;
  const open = report.findings.filter(isOpen).length;
  return markup`<section aria-labelledby="coverage">
<h2 id="coverage">What was looked at</h2>
<p>${judged} of ${report.controls.length} controls had something to judge; ${plural(open, "finding")} ${open === 1 ? "is" : "are"} open.</p>
<details><summary>${plural(report.coverage.kinds.length, "kind")} of input</summary><table><thead><tr><th scope="col">Kind</th><th scope="col" class="number">Count</th></tr></thead><tbody>
${rows}</tbody></table></details>
</section>
`;
}

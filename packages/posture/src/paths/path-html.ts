import { createHash } from "node:crypto";
import { graphSvg } from "../graph/graph-svg.ts";
import { STYLE } from "../reporters/html-assets.ts";
import { Markup, markup } from "../reporters/html-escape.ts";
import type { PathCut } from "./cut.ts";
import type { PathReport } from "./find-paths.ts";
import { type PathDocument, cutDocument, pathDocument, stoppedDocument } from "./path-document.ts";
import { pathGraph } from "./path-graph.ts";

const PATH_STYLE = `
.picture { overflow: auto; border: 1px solid var(--line); border-radius: .5rem; background: #ffffff; padding: .5rem; }
.picture svg { display: block; } .picture .dim { opacity: .15; }
ol.steps { margin: .5rem 1rem; } ol.steps li { margin: .35rem 0; }
`;

/** Filters paths by words; a path that is opened is the one that stays bright in the picture. Without it the page says all the same. */
const PATH_SCRIPT = `
const form = document.querySelector("form");
const words = document.querySelector("#words");
const count = document.querySelector("#count");
const paths = [...document.querySelectorAll("details[data-text]")];
function filter() {
  const wanted = words.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const path of paths) {
    path.hidden = !wanted.every((word) => path.dataset.text.includes(word));
    if (!path.hidden) shown += 1;
  }
  count.textContent = shown + " shown";
}
function highlight() {
  const open = paths.filter((path) => path.open);
  const bright = new Set(open.flatMap((path) => JSON.parse(path.dataset.labels)));
  for (const box of document.querySelectorAll(".picture g")) {
    const text = [...box.querySelectorAll("text")].map((each) => each.textContent).join("\\n");
    box.classList.toggle("dim", bright.size > 0 && box.querySelector("rect") !== null && !bright.has(text));
  }
}
form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", filter);
for (const path of paths) path.addEventListener("toggle", highlight);
filter();
`;

/** One page without any reference to elsewhere. */
export function pathHtml(report: PathReport, limit: number, cut: PathCut | undefined): string {
  const { graph, paths, starts } = report;
  const shown = paths.slice(0, limit).map((path) => pathDocument(graph, path));
  const stopped = stoppedDocument(report);
  const style = STYLE + PATH_STYLE;
  const policy = `default-src 'none'; style-src '${digest(style)}'; script-src '${digest(PATH_SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  const page = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Attack paths</title><style>${new Markup(style)}</style></head>
<body><h1>Attack paths</h1>
<p class="soft">${paths.length} paths from ${starts} starts${paths.length > shown.length ? `, the ${shown.length} likeliest of them` : ""}</p>
${shown.length === 0 ? [] : [markup`<div class="picture">${new Markup(graphSvg(pathGraph(report, limit)))}</div>`]}
<form hidden><label>Words <input id="words" type="search"></label><output id="count"></output></form>
<main>${shown.map(pathSection)}</main>
${stopped.length === 0 ? [] : [markup`<h2>Stopped</h2><ul>${stopped.map(({ by, steps, example, place }) => markup`<li>${by} stops ${steps} steps, such as: ${example} <code>${place}</code></li>`)}</ul>`]}
${cut === undefined ? [] : [cutSection(report, cut)]}
<script>${new Markup(PATH_SCRIPT)}</script></body></html>
`;
  return page.text;
}

function digest(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function pathSection({ start, goal, effort, steps }: PathDocument): Markup {
  const text = [start, ...steps.flatMap(({ kind, to, says }) => [kind, to, says])].join(" ").toLowerCase();
  const labels = JSON.stringify([start, ...steps.map(({ to }) => to)]);
  const items = steps.map(
    ({ to, says, proof }) =>
      markup`<li><strong>${to}</strong>: ${says}${proof.map(({ object, field, place }) => markup`<br><code>${object} ${field}</code> <span class="soft">${place}</span>`)}</li>`,
  );
  return markup`<details data-text="${text}" data-labels="${labels}"><summary><strong>${start}</strong> to <strong>${goal}</strong> <span class="soft">effort ${effort}, ${steps.length} steps</span></summary><ol class="steps">${items}</ol></details>`;
}

function cutSection({ graph }: PathReport, cut: PathCut): Markup {
  const { cost, lowerBound, cheapest, changes, uncuttable, left } = cutDocument(graph, cut);
  const rows = changes.map(
    ({ does, cost: price, place }) =>
      markup`<tr><td>${does}</td><td class="number">${price}</td><td><code>${place}</code></td></tr>`,
  );
  const verdict =
    left.length === 0
      ? "With these changes made, a new search finds no path."
      : `With these changes made, ${left.length} paths are left.`;
  const price = cheapest
    ? `Cost ${cost}, the cheapest there is.`
    : `Cost ${cost}, the best found; nothing can cost less than ${lowerBound}.`;
  return markup`<h2>The smallest cut</h2><p>${price} ${verdict}</p><table><thead><tr><th>Change</th><th class="number">Cost</th><th>Place</th></tr></thead><tbody>${rows}</tbody></table>${uncuttable.map(({ start, goal }) => markup`<p class="notice">No change offered here parts ${start} from ${goal}.</p>`)}`;
}

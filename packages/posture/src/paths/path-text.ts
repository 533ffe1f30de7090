import { plain } from "../text/plain.ts";
import type { PathCut } from "./cut.ts";
import type { PathReport } from "./find-paths.ts";
import { type PathDocument, cutDocument, pathDocument, placeInText, stoppedDocument } from "./path-document.ts";

/** Paths for a terminal: each step with what proves it; then what stops others; then the cut, where one was asked for. */
export function pathText(report: PathReport, limit: number, cut: PathCut | undefined): string {
  const { graph, paths, starts } = report;
  const shown = paths.slice(0, limit).map((path) => pathDocument(graph, path));
  const parts = [
    paths.length === 0
      ? `no path: nothing here leads from ${starts} ${starts === 1 ? "start" : "starts"} to a goal\n`
      : `${paths.length} ${paths.length === 1 ? "path" : "paths"} from ${starts} ${starts === 1 ? "start" : "starts"}, the likeliest first\n`,
    ...shown.map(onePath),
    ...(paths.length > shown.length ? [`\nand ${paths.length - shown.length} more (--limit shows them)\n`] : []),
    ...stoppedText(report),
    ...(cut === undefined ? [] : [cutText(report, cut)]),
  ];
  return parts.join("").split("\n").map(plain).join("\n");
}

function onePath({ start, goal, effort, steps }: PathDocument, index: number): string {
  const lines = steps.map(({ to, says, proof }) => {
    const proofs = proof.map(
      ({ object, field, place }) => `\n         ${object}${field === "" ? "" : ` ${field}`}${inBrackets(place)}`,
    );
    return `    -> ${to}: ${says}${proofs.join("")}\n`;
  });
  return `\n${index + 1}. ${start} to ${goal}, effort ${effort}\n${lines.join("")}`;
}

function stoppedText(report: PathReport): readonly string[] {
  const stopped = stoppedDocument(report);
  if (stopped.length === 0) return [];
  const lines = stopped.map(
    ({ by, steps, example, place }) =>
      `  ${by} stops ${steps} ${steps === 1 ? "step" : "steps"}, such as: ${example}${inBrackets(place)}\n`,
  );
  return ["\nstopped:\n", ...lines];
}

function cutText({ graph }: PathReport, cut: PathCut): string {
  const { cost, lowerBound, cheapest, changes, uncuttable, left } = cutDocument(graph, cut);
  const price = cheapest
    ? `cost ${cost}, the cheapest there is`
    : `cost ${cost}, the best found; nothing can cost less than ${lowerBound}`;
  const lines = changes.map(({ does, cost: price1, place }) => {
    const at = placeInText(place);
    return `  ${does} (cost ${price1})${at === "" ? "" : ` at ${at}`}\n`;
  });
  const proof =
    left.length === 0
      ? "proved: with these changes made, a new search finds no path\n"
      : `not proved: with these changes made, ${left.length} ${left.length === 1 ? "path is" : "paths are"} left\n`;
  const fixed = uncuttable.map(({ start, goal }) => `  no change offered here parts ${start} from ${goal}\n`);
  return `\ncut: ${changes.length} ${changes.length === 1 ? "change" : "changes"}, ${price}\n${lines.join("")}${fixed.join("")}${proof}`;
}

function inBrackets(place: string): string {
  const shown = placeInText(place);
  return shown === "" ? "" : ` (${shown})`;
}

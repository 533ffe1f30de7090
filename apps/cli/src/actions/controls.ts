import type { Control } from "@redoubt/control";
import { catalogue } from "@redoubt/posture";
import { createColors } from "picocolors";
import type { ParsedArguments } from "../arguments/parse.ts";
import type { Action } from "../command.ts";
import { controlsOutput, fixable, framework, item, ofSeverity } from "../commands/controls.ts";
import { EXIT } from "../exit-code.ts";
import { layer } from "../flags/selection.ts";
import { wantsColor } from "../terminal/host.ts";
import { formatTable } from "../terminal/table.ts";
import { writeOutput } from "../terminal/write-output.ts";
import { formatYaml } from "../terminal/yaml.ts";
import { controlValue, referenceText } from "./control-value.ts";

export const runControls: Action = async ({ args, host }) => {
  const targets = controlsOutput.targets(args);
  const chosen = catalogue.filter(selectionOf(args));
  if (chosen.length === 0) host.stderr.write("no control matches\n");
  for (const { format, file } of targets) {
    const color = file === undefined && wantsColor(host.stdout, host.env);
    await writeOutput(host, file, RENDERERS[format](chosen, color));
  }
  return EXIT.clean;
};

function selectionOf(args: ParsedArguments): (control: Control) => boolean {
  const layers = args.get(layer);
  const severities = args.get(ofSeverity);
  const items = args.get(item);
  const frameworks = args.get(framework).map((text) => text.toUpperCase());
  const onlyFixable = args.get(fixable);
  return (control) =>
    (layers.length === 0 || layers.includes(control.layer)) &&
    (severities.length === 0 || severities.includes(control.severity)) &&
    (items.length === 0 || items.includes(control.item)) &&
    (frameworks.length === 0 || control.references.some((reference) => refersTo(reference, frameworks))) &&
    (!onlyFixable || control.fixable);
}

function refersTo(reference: Control["references"][number], frameworks: readonly string[]): boolean {
  const name = reference.framework.toUpperCase();
  return frameworks.includes(name) || frameworks.includes(`${name}:${reference.id.toUpperCase()}`);
}

type Renderer = (controls: readonly Control[], color: boolean) => string;

const RENDERERS: Readonly<Record<"table" | "json" | "yaml" | "csv" | "markdown", Renderer>> = {
  table: asTable,
  json: (controls) => `${JSON.stringify(controls.map(controlValue), undefined, 2)}\n`,
  yaml: (controls) => formatYaml(controls.map(controlValue)),
  csv: asCsv,
  markdown: asMarkdown,
};

function asMarkdown(controls: readonly Control[]): string {
  const rows = controls.map((control) =>
    cells(control)
      .map((cell) => cell.replaceAll("|", String.raw`\|`))
      .join(" | "),
  );
  return `| Control | Severity | Layer | Checklist item | Fix | Title | References |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row} |\n`).join("")}`;
}

function asTable(controls: readonly Control[], color: boolean): string {
  const paint = createColors(color);
  return formatTable(
    ["CONTROL", "SEVERITY", "LAYER", "ITEM", "FIX", "TITLE"],
    controls.map((control) => ({ cells: cells(control).slice(0, 6), paint: paint.cyan })),
    paint.bold,
  );
}

function cells({
  id,
  severity,
  layer: ofLayer,
  item: ofItem,
  fixable: isFixable,
  title,
  references,
}: Control): string[] {
  return [id, severity, ofLayer, ofItem, isFixable ? "yes" : "no", title, references.map(referenceText).join("; ")];
}

function asCsv(controls: readonly Control[]): string {
  const header = ["id", "severity", "layer", "item", "fixable", "title", "references"];
  return [header, ...controls.map(cells)].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

/** RFC 4180. Titles are our own text, so no cell can begin a formula. */
function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

import type { Control } from "@redoubt/control";
import { createColors } from "picocolors";
import type { Action } from "../command.ts";
import { explainOutput } from "../commands/explain.ts";
import { EXIT } from "../exit-code.ts";
import { wantsColor } from "../terminal/host.ts";
import { wrap } from "../terminal/wrap.ts";
import { writeOutput } from "../terminal/write-output.ts";
import { formatYaml } from "../terminal/yaml.ts";
import { controlValue, referenceText } from "./control-value.ts";
import { lookUp } from "./look-up.ts";

const WIDTH = 100;

export const runExplain: Action = async ({ args, host }) => {
  const targets = explainOutput.targets(args);
  const controls = args.positional.map(lookUp);
  for (const { format, file } of targets) {
    const color = file === undefined && wantsColor(host.stdout, host.env);
    await writeOutput(host, file, RENDERERS[format](controls, color));
  }
  return EXIT.clean;
};

type Renderer = (controls: readonly Control[], color: boolean) => string;

const RENDERERS: Readonly<Record<"text" | "json" | "yaml" | "markdown", Renderer>> = {
  text: (controls, color) => controls.map((control) => asText(control, color)).join("\n"),
  json: (controls) => `${JSON.stringify(oneOrList(controls.map(inFull)), undefined, 2)}\n`,
  yaml: (controls) => formatYaml(oneOrList(controls.map(inFull))),
  markdown: (controls) => controls.map(asMarkdown).join("\n"),
};

function inFull(control: Control): object {
  const { rationale, remediation, examples } = control;
  return { ...controlValue(control), rationale, remediation, examples };
}

function oneOrList(values: readonly object[]): object {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : values;
}

function asText(control: Control, color: boolean): string {
  const { bold, dim } = createColors(color);
  const paragraph = (title: string, lines: readonly string[]): string[] => [
    "",
    bold(title),
    ...lines.map((line) => `  ${line}`),
  ];
  const { examples, references } = control;
  const inFile = examples.file === undefined ? "" : ` (${examples.file})`;
  const facts = `severity ${control.severity}, layer ${control.layer}, checklist item ${control.item}, ${control.fixable ? "redoubt fix can fix it" : "no automatic fix"}`;
  return `${[
    `${bold(control.id)}  ${control.title}`,
    dim(facts),
    ...paragraph("Why it matters", wrap(control.rationale, WIDTH - 2)),
    ...paragraph("What to do", wrap(control.remediation, WIDTH - 2)),
    ...(references.length === 0 ? [] : paragraph("References", references.map(referenceText))),
    ...paragraph(`Fails${inFile}`, linesOf(examples.failing)),
    ...paragraph(`Passes${inFile}`, linesOf(examples.passing)),
  ].join("\n")}\n`;
}

function linesOf(text: string): string[] {
  return text.trimEnd().split("\n");
}

function asMarkdown(control: Control): string {
  const { id, title, severity, layer, item, fixable, rationale, remediation, references, examples } = control;
  const language = examples.file === undefined || /\.ya?ml$/.test(examples.file) ? "yaml" : "";
  const block = (text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
  return [
    `## ${id}: ${title}`,
    `Severity ${severity}, layer ${layer}, checklist item ${item}, ${fixable ? "fixed by `redoubt fix`" : "no automatic fix"}.`,
    rationale,
    `**What to do.** ${remediation}`,
    ...(references.length === 0 ? [] : [`**References.** ${references.map(referenceText).join("; ")}`]),
    `Fails:\n\n${block(examples.failing)}`,
    `Passes:\n\n${block(examples.passing)}\n`,
  ].join("\n\n");
}

import type { ChecklistResult, Report } from "@redoubt/posture";

/** The checklist of a report as data: the part `checklist` of the report's own schema, with the score. */
export function checklistValue({ checklist, score, time, version }: Report): object {
  return {
    generatedAt: time,
    version,
    score: score.value,
    coverage: score.coverage,
    items: checklist.map(({ item, title, verdict, requirements, controls, evidence, needs }) => ({
      item,
      title,
      verdict,
      requirements,
      controls: controls.map(({ control, verdict: ofControl, passed, failed, unknown }) => ({
        id: control.id,
        verdict: ofControl,
        passed,
        failed,
        unknown,
      })),
      evidence,
      needs,
    })),
  };
}

export function checklistMarkdown({ checklist, score }: Report): string {
  return `${["# Checklist", `Score ${score.value} of 100; ${score.coverage} % of what is scored could be judged.`, ...checklist.map(itemMarkdown)].join("\n\n")}\n`;
}

function itemMarkdown({ title, verdict, requirements, evidence, needs }: ChecklistResult, index: number): string {
  return [
    `## ${index + 1}. ${title}: ${verdict}`,
    list(
      "Required",
      requirements.map((requirement) => `${requirement.verdict}: ${requirement.text}`),
    ),
    list(
      "Evidence",
      evidence.map(({ control, source, kind }) => `${control} passes: ${source} (${kind})`),
    ),
    list("What would raise it", needs),
  ]
    .filter((block) => block !== "")
    .join("\n\n");
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${title}:\n\n${lines.map((line) => `- ${escapeMarkdown(line)}`).join("\n")}`;
}

/** Names from the input must stay text. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|!]/g, String.raw`\$&`).replaceAll(/\s+/g, " ");
}

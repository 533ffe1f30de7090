import type { Finding } from "@redoubt/control";
import type { AppliedFix, FixPlan, RefusedFix } from "@redoubt/posture";
import type { createColors } from "picocolors";
import { plain } from "../terminal/plain.ts";

/** What was fixed, what was refused and why, and what is left for people; ends with a newline. */
export function fixSummary(
  { files, applied, refused, left }: FixPlan,
  options: {
    readonly written: boolean;
    readonly isAccepted: (finding: Finding) => boolean;
    readonly paint: ReturnType<typeof createColors>;
  },
): string {
  const { written, isAccepted, paint } = options;
  const lines: string[] = [];
  if (applied.length > 0) {
    const did = written ? "fixed" : "would fix";
    lines.push(
      paint.bold(`${did} ${count(applied.length, "finding")} in ${count(files.length, "file")}`),
      ...applied.map(appliedLine).map(plain),
    );
    const cautions = [
      ...Map.groupBy(
        applied.filter(({ caution }) => caution !== undefined),
        ({ caution }) => caution,
      ),
    ];
    if (cautions.length > 0) {
      lines.push(
        paint.bold("check"),
        ...cautions.map(([caution, fixes]) => plain(`  ${caution} (${subjects(fixes)})`)),
      );
    }
  } else {
    lines.push("nothing to fix");
  }
  if (refused.length > 0)
    lines.push(paint.bold(`refused ${count(refused.length, "fix", "fixes")}`), ...refused.map(refusedLine).map(plain));
  const failures = left.filter(({ verdict }) => verdict === "fail");
  const accepted = failures.filter(isAccepted).length;
  const open = failures.filter((finding) => finding.fix === undefined && !isAccepted(finding)).length;
  if (accepted > 0) lines.push(`${count(accepted, "accepted finding")} left alone`);
  if (open > 0) {
    lines.push(
      `${count(open, "finding")} without a fix that is safe to make by itself: redoubt scan lists ${open === 1 ? "it" : "them"}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function appliedLine({ control, file, resource, description }: AppliedFix): string {
  return `  ${file}: ${resource}: ${control.id} ${description}`;
}

function refusedLine({ control, file, resource, description, code, reason }: RefusedFix): string {
  return `  ${file}: ${resource}: ${control.id} ${description}: ${reason} (${code})`;
}

function subjects(fixes: readonly AppliedFix[]): string {
  return [...new Set(fixes.map(({ control, resource }) => `${control.id} ${resource}`))].join(", ");
}

function count(number: number, noun: string, nouns = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : nouns}`;
}

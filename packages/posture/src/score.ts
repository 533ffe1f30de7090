import type { Control, Severity } from "@redoubt/control";
import type { ChecklistResult, ControlSummary, ItemScore, Score } from "./report.ts";

/** What a control's pass earns. `info` controls inform and earn nothing. */
const WEIGHTS: Readonly<Record<Severity, number>> = { critical: 10, high: 5, medium: 3, low: 1, info: 0 };

/** Each of the ten items is worth ten points: five for its controls, five for its requirements. */
const HALF = 5;

/**
 * The score of docs/score.md. The denominators are fixed by the catalogue and the checklist, whatever was given: a control earns its
 * weight when it passes and nothing when it fails, is unknown or had nothing to look at, and so does a requirement. Leaving a kind of
 * input out therefore costs what it would have earned and saves nothing.
 */
export function scoreOf(checklist: readonly ChecklistResult[], catalogue: readonly Control[]): Score {
  const items = checklist.map((result) => scoreItem(result, catalogue));
  const total = (part: (item: ItemScore) => number): number =>
    Math.floor(items.reduce((sum, item) => sum + part(item), 0) + 1e-9);
  return { value: total(({ points }) => points), coverage: total(({ judged }) => judged), items };
}

function scoreItem({ item, controls, requirements }: ChecklistResult, catalogue: readonly Control[]): ItemScore {
  const whole = weigh(catalogue.filter((control) => control.item === item));
  const points = (verdicts: readonly string[]): number =>
    half(weigh(having(controls, verdicts)), whole) +
    half(requirements.filter(({ verdict }) => verdicts.includes(verdict)).length, requirements.length);
  return { item, points: points(["pass"]), judged: points(["pass", "fail"]) };
}

function half(part: number, of: number): number {
  return of === 0 ? 0 : (HALF * part) / of;
}

function having(controls: readonly ControlSummary[], verdicts: readonly string[]): readonly Control[] {
  return controls.filter(({ verdict }) => verdicts.includes(verdict)).map(({ control }) => control);
}

function weigh(controls: readonly Control[]): number {
  return controls.reduce((sum, { severity }) => sum + WEIGHTS[severity], 0);
}

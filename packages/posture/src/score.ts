import type { Control, Severity } from "@redoubt/control";
import { CHECKLIST, type ChecklistItem } from "./checklist-items.ts";
import type { ControlSummary, ItemScore, Score } from "./report.ts";

/** What a control's pass earns. `info` controls inform and earn nothing. */
const WEIGHTS: Readonly<Record<Severity, number>> = { critical: 10, high: 5, medium: 3, low: 1, info: 0 };
/** What a requirement weighs that only a live cluster or a drill can show. */
const LIVE_WEIGHT = WEIGHTS.high;

/**
 * The score of docs/score.md. The denominators are fixed by the catalogue and the checklist, whatever was given: a control earns its
 * weight when it passes and nothing when it fails, is unknown or had nothing to look at. So leaving a kind of input out costs what it
 * would have earned and saves nothing.
 */
export function scoreOf(summaries: readonly ControlSummary[], catalogue: readonly Control[]): Score {
  const items = CHECKLIST.map((item) => scoreItem(item, summaries, catalogue));
  const share = (part: (item: ItemScore) => number): number =>
    Math.floor((100 * items.reduce((sum, item) => sum + (item.of === 0 ? 0 : part(item) / item.of), 0)) / items.length + 1e-9);
  return { value: share(({ points }) => points), coverage: share(({ judged }) => judged), items };
}

function scoreItem(item: ChecklistItem, summaries: readonly ControlSummary[], catalogue: readonly Control[]): ItemScore {
  const live = item.requirements.filter(({ kind }) => kind === "live").length * LIVE_WEIGHT;
  const own = summaries.filter(({ control }) => control.item === item.id);
  const weigh = (controls: readonly Control[]): number => controls.reduce((sum, { severity }) => sum + WEIGHTS[severity], 0);
  const having = (...verdicts: readonly string[]): readonly Control[] =>
    own.filter(({ verdict }) => verdicts.includes(verdict)).map(({ control }) => control);
  return {
    item: item.id,
    points: weigh(having("pass")),
    of: weigh(catalogue.filter((control) => control.item === item.id)) + live,
    judged: weigh(having("pass", "fail")),
  };
}

import { isJson } from "@redoubt/rego";
import { type Comparison, type Outcome, signature } from "./outcome.ts";
import type { Program } from "./program.ts";
import { shrinkText } from "./shrink-text.ts";

/** What both engines make of a program with one query. */
export type Judge = (
  program: Program,
) => Promise<{ readonly ours: Outcome; readonly theirs: Outcome; readonly comparison: Comparison }>;

const MOST_ATTEMPTS = 4000;

/** A smaller program with one query about which the engines differ in the same way. */
export async function shrink(program: Program, judge: Judge): Promise<Program> {
  const { ours, theirs, comparison } = await judge(program);
  const wanted = signature(ours, theirs);
  const attempts = { left: MOST_ATTEMPTS };
  const differs = async (candidate: Program): Promise<boolean> => {
    const outcomes = await judge(candidate);
    return outcomes.comparison === comparison && signature(outcomes.ours, outcomes.theirs) === wanted;
  };
  let best = program;
  for (let size = Number.POSITIVE_INFINITY; sizeOf(best) < size && attempts.left > 0;) {
    size = sizeOf(best);
    best = await smaller(best, differs, attempts);
  }
  return best;
}

async function smaller(
  program: Program,
  differs: (candidate: Program) => Promise<boolean>,
  attempts: { left: number },
): Promise<Program> {
  let best = program;
  const attempt = async (candidate: Program): Promise<boolean> => {
    const better = await differs(candidate);
    if (better) best = candidate;
    return better;
  };
  for (const { name } of program.modules) {
    await attempt({ ...best, modules: best.modules.filter((module) => module.name !== name) });
  }
  if (best.strictErrors) await attempt({ ...best, strictErrors: false });
  if (best.input !== undefined) await attempt({ ...best, input: undefined });
  await shrinkText(best.queries[0] ?? "", async (query) => attempt({ ...best, queries: [query] }), attempts);
  for (const { name } of best.modules) {
    const withText = (text: string): Program => ({
      ...best,
      modules: best.modules.map((module) => (module.name === name ? { ...module, text } : module)),
    });
    const textNow = (): string => best.modules.find((module) => module.name === name)?.text ?? "";
    for (let index = rulesOf(textNow()).length - 1; index > 0; index -= 1) {
      await attempt(withText(rulesOf(textNow()).toSpliced(index, 1).join(RULE_BREAK)));
    }
    await shrinkText(textNow(), async (text) => attempt(withText(text)), attempts);
  }
  await shrinkText(
    best.data,
    async (data) => data.startsWith("{") && isJson(data) && attempt({ ...best, data }),
    attempts,
  );
  if (best.input !== undefined) {
    await shrinkText(best.input, async (input) => isJson(input) && attempt({ ...best, input }), attempts);
  }
  return best;
}

/** What stands between rules in generated modules. */
const RULE_BREAK = "\n\n";

function rulesOf(text: string): readonly string[] {
  return text.split(RULE_BREAK);
}

function sizeOf({ modules, data, input, queries }: Program): number {
  return [...modules.map(({ text }) => text), data, input ?? "", ...queries].join("").length;
}

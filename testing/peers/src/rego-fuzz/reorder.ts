/** Programs that mean the same: Rego gives no meaning to the order of rules, nor to that of the statements of a body. */
import { type Module, parseModule } from "@redoubt/rego";
import type { SeededRandom } from "../seeded-random.ts";
import type { Program } from "./program.ts";

type Rule = Module["rules"][number];

/** Rules and statements of bodies in another order. OPA may refuse it: what declares a variable has to come first. */
export function reordered(random: SeededRandom, program: Program): Program {
  const modules = program.modules.map((module) => {
    const { module: parsed } = parseModule(module.text, { file: module.name, version: module.version });
    return parsed === undefined ? module : { ...module, text: reorderedText(random, module.text, parsed) };
  });
  return { ...program, modules };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function reorderedText(random: SeededRandom, text: string, { rules }: Module): string {
  const spans = rules.map((rule) => ({ rule, from: rule.location.offset, to: rule.location.end }));
  const texts = new Map<Span, string>();
  for (const span of spans) {
    const bodies = bodiesOf(span.rule).map((body) =>
      body.map(({ location }) => ({ from: location.offset - span.from, to: location.end - span.from })),
    );
    let inner = text.slice(span.from, span.to);
    // Backwards, so that the places of what comes before stay what they are.
    for (const body of bodies.toReversed()) inner = shuffledSpans(random, inner, body, new Map());
    texts.set(span, inner);
  }
  return shuffledSpans(random, text, spans, texts);
}

function bodiesOf(rule: Rule): readonly Rule["body"][] {
  return [rule.body, ...(rule.else === undefined ? [] : bodiesOf(rule.else))];
}

/** A text with parts of it changing places; `texts` says what a part becomes. */
function shuffledSpans(
  random: SeededRandom,
  text: string,
  spans: readonly Span[],
  texts: ReadonlyMap<Span, string>,
): string {
  const order = spans.map((span) => ({ span, at: random.next() })).toSorted((a, b) => a.at - b.at);
  let result = "";
  let end = 0;
  for (const [index, place] of spans.entries()) {
    const moved = order[index]?.span ?? place;
    if (place.from < end || place.to > text.length) return text;
    result += text.slice(end, place.from) + (texts.get(moved) ?? text.slice(moved.from, moved.to));
    end = place.to;
  }
  return result + text.slice(end);
}

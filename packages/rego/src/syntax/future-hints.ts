import type { Cursor, Mark } from "./cursor.ts";
import { parseInfix } from "./parse-infix.ts";
import { parseEvery } from "./parse-literal.ts";
import { dottedName } from "./term-names.ts";
import { Kind } from "./token.ts";

// In v0, and for the keywords that v1 lacks, a word that is not imported is a name, and the error comes later and elsewhere. These
// look whether importing it would have helped.

/** After `every` was read as a name: whether `every x in xs { ... }` stands there. */
export function hintAtEvery(p: Cursor, begin: Mark): void {
  const here = p.mark();
  const errors = [...p.errors];
  p.reset(begin);
  const parsed = p.withKeywords("all", () => parseEvery(p)) !== undefined;
  p.errors = errors;
  p.reset(here);
  if (parsed) p.hint("`import future.keywords.every` for `every x in xs { ... }` expressions");
}

/** At `some`: whether `some x in xs` stands there. */
export function hintAtSomeIn(p: Cursor): void {
  const here = p.mark();
  p.advance();
  const parsed = parsesMembership(p);
  p.reset(here);
  if (parsed) p.hint("`import future.keywords.in` for `some x in xs` expressions");
}

/** At the token that must not follow an expression. */
export function hintAtInfixKeyword(p: Cursor): void {
  // What has been hinted at already says more.
  if (p.hasHint) return;
  let keyword = "in";
  if (p.kind === Kind.identifier) {
    keyword = p.text;
  } else if (p.kind === Kind.comma) {
    const here = p.mark();
    p.advance();
    const parsed = parsesMembership(p);
    p.reset(here);
    if (!parsed) return;
  } else {
    return;
  }
  const example = EXAMPLES.get(keyword);
  if (example !== undefined) p.hint(`\`import future.keywords.${keyword}\` for \`${example}\` expressions`);
}

const EXAMPLES: ReadonlyMap<string, string> = new Map([
  ["in", "x in xs"],
  ["and", "x and y"],
  ["or", "x or y"],
]);

function parsesMembership(p: Cursor): boolean {
  const term = p.withKeywords("all", () => parseInfix(p));
  return term?.type === "call" && (dottedName(term.operator)?.startsWith("internal.member_") ?? false);
}

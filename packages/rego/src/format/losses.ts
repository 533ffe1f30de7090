import type { Module, Rule } from "../syntax/ast.ts";
import { type Tokens, tokenize } from "../syntax/lexer.ts";
import { type Location, endRow } from "../syntax/location.ts";
import { unescape } from "../syntax/parse-scalar.ts";
import { Kind } from "../syntax/token.ts";
import { extentOf } from "./extent.ts";

/**
 * The rules, each with its place, of which a formatted text lacks a comment; where it lacks a name or value, those in which a
 * comment was in the way of the layout, as only that costs any.
 */
export function findLosses(
  module: Module,
  formatted: string,
  disturbed: ReadonlySet<Rule>,
): ReadonlyMap<Rule, Location> {
  const tokens = tokenize(formatted);
  const rows = rowsOfLostComments(module, formatted, tokens);
  if (rows.length === 0 && disturbed.size === 0) return new Map();
  const sourceTokens = tokenize(module.location.source.text);
  const losesWords = disturbed.size > 0 && hasLostWord(module, sourceTokens, formatted, tokens);
  if (rows.length === 0 && !losesWords) return new Map();
  return new Map(
    module.rules.flatMap((rule): [Rule, Location][] => {
      const extent = extentOf(rule, sourceTokens);
      const last = endRow(extent);
      const isLost = (losesWords && disturbed.has(rule)) || rows.some((row) => row >= rule.location.row && row <= last);
      return isLost ? [[rule, extent]] : [];
    }),
  );
}

function rowsOfLostComments({ comments }: Module, formatted: string, tokens: Tokens): number[] {
  const texts = tokens.comments.map(({ start, end }) => formatted.slice(start, end).trimEnd());
  const kept = new Counter();
  for (const text of texts) kept.add(text);
  // One comment may have come to stand behind another.
  const isKept = (text: string): boolean => kept.take(text) || texts.some((each) => each.endsWith(` ${text}`));
  return comments.flatMap(({ text, location }) => (isKept(`#${text}`.trimEnd()) ? [] : [location.row]));
}

/** What a set repeats is no loss, but is taken for one. */
function hasLostWord(
  { location: { source } }: Module,
  sourceTokens: Tokens,
  formatted: string,
  tokens: Tokens,
): boolean {
  const kept = new Counter();
  for (const word of wordsOf(formatted, tokens)) kept.add(word);
  return wordsOf(source.text, sourceTokens).some((word) => !kept.take(word));
}

/** Names, numbers and strings; a name after a point is the same as a string in brackets. */
function wordsOf(text: string, { kinds, starts, ends }: Tokens): string[] {
  const words: string[] = [];
  for (const [index, kind] of kinds.entries()) {
    const written = text.slice(starts[index], ends[index]);
    if (kind === Kind.string) words.push(unescape(written) ?? written);
    else if (kind === Kind.rawString) words.push(written.slice(1, -1));
    else if (kind === Kind.number || kind === Kind.identifier) words.push(written);
  }
  return words;
}

/** How often each of some texts is there. */
class Counter {
  readonly #counts = new Map<string, number>();

  add(text: string): void {
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1);
  }

  /** Takes one away. Whether it was there. */
  take(text: string): boolean {
    const count = this.#counts.get(text) ?? 0;
    if (count === 0) return false;
    this.#counts.set(text, count - 1);
    return true;
  }
}

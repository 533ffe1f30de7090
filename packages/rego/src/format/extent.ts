import type { Rule } from "../syntax/ast.ts";
import type { Tokens } from "../syntax/lexer.ts";
import type { Location } from "../syntax/location.ts";
import { Kind } from "../syntax/token.ts";
import { walk } from "../syntax/walk.ts";

/**
 * The place of a whole rule, given the tokens of its source. The parser's gives a default rule, or one that is only a head, less
 * text than it has.
 */
export function extentOf(rule: Rule, tokens: Tokens): Location {
  const { location } = rule;
  let { end } = location;
  walk(rule, (node) => {
    end = Math.max(end, node.location.end);
    return true;
  });
  return { ...location, end: endOfBrackets(tokens, location.offset, end) };
}

/** Where the brackets are closed that are open at `end`. */
function endOfBrackets({ kinds, starts, ends }: Tokens, start: number, end: number): number {
  let depth = 0;
  for (let index = firstFrom(starts, start); index < kinds.length; index += 1) {
    const kind = kinds[index];
    if (kind === Kind.leftParen || kind === Kind.leftBracket || kind === Kind.leftBrace) depth += 1;
    if (kind === Kind.rightParen || kind === Kind.rightBracket || kind === Kind.rightBrace) depth -= 1;
    const at = ends[index] ?? end;
    if (at >= end && depth <= 0) return at;
  }
  return end;
}

/** The index of the first token that starts at an offset or after it. */
function firstFrom(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

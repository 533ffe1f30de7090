import type { Rule } from "../syntax/ast.ts";
import { tokenize } from "../syntax/lexer.ts";
import { type Location, endRow } from "../syntax/location.ts";
import { Kind } from "../syntax/token.ts";
import { walk } from "../syntax/walk.ts";

/** The place of a whole rule. The parser's gives a default rule, or one that is only a head, less text than it has. */
export function extentOf(rule: Rule): Location {
  const { location } = rule;
  let { end } = location;
  walk(rule, (node) => {
    end = Math.max(end, node.location.end);
    return true;
  });
  return { ...location, end: endOfBrackets(location.source.text, location.offset, end) };
}

export function lastRowOf(rule: Rule): number {
  return endRow(extentOf(rule));
}

/** Where the brackets are closed that are open at `end`. */
function endOfBrackets(text: string, start: number, end: number): number {
  const { kinds, ends } = tokenize(text.slice(start));
  let depth = 0;
  for (const [index, kind] of kinds.entries()) {
    if (kind === Kind.leftParen || kind === Kind.leftBracket || kind === Kind.leftBrace) depth += 1;
    if (kind === Kind.rightParen || kind === Kind.rightBracket || kind === Kind.rightBrace) depth -= 1;
    const at = start + (ends[index] ?? 0);
    if (at >= end && depth <= 0) return Math.min(at, text.length);
  }
  return end;
}

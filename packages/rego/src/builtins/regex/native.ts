import { isDeterministic } from "./deterministic.ts";
import { type CharacterClass, parseSimpleRegex, type RegexNode, type SimpleRegex } from "./syntax.ts";

/** Longest match of an expression without `^` that the shortcut takes: each start costs at most this. */
const maxUnanchoredLength = 256;

/** How an expression can be searched without the RE2 engine, with the same result and in linear time. */
export interface NativeSearch {
  test(text: string): boolean;
  /** Finds all matches as RE2 does. Absent where they may be empty, or have groups, whose places it does not tell. */
  readonly global?: RegExp;
}

/**
 * The shortcut for an expression, or undefined. It is taken for expressions of plain syntax (see `parseSimpleRegex`)
 * that are deterministic, so that backtracking never goes back further than one character, and that either start with
 * `^` or match a bounded number of characters, so that trying each start stays linear too. Such an expression has one
 * way to match at each place, hence the same matches in both engines. Mere texts are searched as texts.
 */
export function nativeSearch(pattern: string): NativeSearch | undefined {
  const regex = parseSimpleRegex(pattern);
  if (regex === undefined) return undefined;
  const literal = literalSearch(regex);
  const native = compile(regex);
  if (native === undefined) return literal === undefined ? undefined : { test: literal };
  return literal === undefined ? native : { ...native, test: literal };
}

function compile(regex: SimpleRegex): NativeSearch | undefined {
  const length = lengthRange(regex.body);
  if (!regex.anchoredStart && length[1] > maxUnanchoredLength) return undefined;
  if (!isDeterministic(regex.body)) return undefined;
  const source = (regex.anchoredStart ? "^" : "") + sourceOf(regex.body) + (regex.anchoredEnd ? "$" : "");
  const matcher = new RegExp(source, "u");
  const findable = length[0] > 0 && !hasGroup(regex.body);
  return {
    test: (text) => matcher.test(text),
    ...(findable && { global: new RegExp(source, "gu") }),
  };
}

/** A test for expressions that are one text, with `.*` around it or anchors. */
function literalSearch({ anchoredStart, anchoredEnd, body }: SimpleRegex): ((text: string) => boolean) | undefined {
  const parts = body.kind === "sequence" ? [...body.parts] : [body];
  // What may be anything before or after an open end adds nothing.
  if (!anchoredStart) while (parts.length > 1 && isOptional(parts[0])) parts.shift();
  if (!anchoredEnd) while (parts.length > 1 && isOptional(parts.at(-1))) parts.pop();
  let literal = "";
  for (const part of parts) {
    const [range] = part.kind === "class" ? part.ranges : [];
    if (part.kind !== "class" || part.ranges.length !== 1 || range === undefined || range[0] !== range[1]) {
      return undefined;
    }
    literal += String.fromCodePoint(range[0]);
  }
  if (anchoredStart && anchoredEnd) return (text) => text === literal;
  if (anchoredStart) return (text) => text.startsWith(literal);
  return anchoredEnd ? (text) => text.endsWith(literal) : (text) => text.includes(literal);
}

function isOptional(node: RegexNode | undefined): boolean {
  return node?.kind === "repeat" && node.least === 0;
}

/** The fewest and the most characters that a match can have. */
function lengthRange(node: RegexNode): readonly [number, number] {
  switch (node.kind) {
    case "class":
      return [1, 1];
    case "group":
      return lengthRange(node.body);
    case "sequence":
      return node.parts.map(lengthRange).reduce((a, b) => [a[0] + b[0], a[1] + b[1]], [0, 0]);
    case "choice": {
      const lengths = node.parts.map(lengthRange);
      return [Math.min(...lengths.map((l) => l[0])), Math.max(...lengths.map((l) => l[1]))];
    }
    case "repeat": {
      const [least, most] = lengthRange(node.body);
      return [least * node.least, most === 0 || node.most === 0 ? 0 : most * node.most];
    }
  }
}

function hasGroup(node: RegexNode): boolean {
  switch (node.kind) {
    case "class":
      return false;
    case "group":
      return true;
    case "repeat":
      return hasGroup(node.body);
    case "sequence":
    case "choice":
      return node.parts.some(hasGroup);
  }
}

function sourceOf(node: RegexNode): string {
  switch (node.kind) {
    case "class":
      return classSource(node.ranges);
    case "group":
      return `(${sourceOf(node.body)})`;
    case "sequence":
      return node.parts.map((part) => (part.kind === "choice" ? `(?:${sourceOf(part)})` : sourceOf(part))).join("");
    case "choice":
      return node.parts.map(sourceOf).join("|");
    case "repeat":
      return `${node.body.kind === "class" ? sourceOf(node.body) : `(?:${sourceOf(node.body)})`}${boundsSource(node.least, node.most)}`;
  }
}

function boundsSource(least: number, most: number): string {
  return Number.isFinite(most) ? `{${least},${most}}` : `{${least},}`;
}

function classSource(ranges: CharacterClass): string {
  if (ranges.length === 0) return "[^\\u{0}-\\u{10ffff}]";
  return `[${ranges.map(([low, high]) => `\\u{${low.toString(16)}}-\\u{${high.toString(16)}}`).join("")}]`;
}

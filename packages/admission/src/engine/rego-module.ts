import { type RegoToken, regoTokens } from "./rego-tokens.ts";

export interface RegoCall {
  /** `count`, `object.get`, `helpers.is_allowed`. */
  readonly name: string;
  readonly line: number;
}

/** One expression of a rule's body: its tokens up to the end of the line, or `;`. */
export interface RegoExpression {
  readonly tokens: readonly RegoToken[];
  readonly line: number;
  readonly negated: boolean;
}

export interface RegoRule {
  readonly name: string;
  readonly line: number;
  /** Each body on its own: an `else` or a second brace is another one. */
  readonly bodies: readonly (readonly RegoExpression[])[];
  /** Whether it is written as Rego before v1: a body without `if`, or a partial set without `contains`. */
  readonly before1: boolean;
}

/** What can be said of a Rego module from its tokens alone. */
export interface RegoModule {
  readonly tokens: readonly RegoToken[];
  readonly package: string;
  /** Names that imports bind. */
  readonly imports: ReadonlySet<string>;
  /** Imports in full: `future.keywords.in`, `rego.v1`, `data.lib`. */
  readonly importPaths: readonly string[];
  readonly rules: readonly RegoRule[];
  readonly calls: readonly RegoCall[];
}

const KEYWORDS = new Set(
  "as default else false import package not null some true with in if contains every".split(" "),
);
const OPENING = "([{";
const CLOSING = ")]}";

export function readRegoModule(text: string): RegoModule {
  const tokens = regoTokens(text);
  const importPaths: string[] = [];
  const imports = new Set<string>();
  const rules: RegoRule[] = [];
  let packageName = "";
  for (const { start, end } of statements(tokens)) {
    const [first] = tokens.slice(start, start + 1);
    const path = dottedPath(tokens, start + 1, end);
    if (first?.text === "package") packageName = path;
    else if (first?.text === "import") {
      importPaths.push(path);
      const alias = tokens.slice(start, end).findIndex(({ text: word }) => word === "as");
      imports.add(alias < 0 ? (path.split(".").at(-1) ?? "") : (tokens[start + alias + 1]?.text ?? ""));
    } else rules.push(readRule(tokens.slice(start, end)));
  }
  return { tokens, package: packageName, imports, importPaths, rules, calls: callsIn(tokens) };
}

/** Top-level statements: each begins with a name at the start of a line outside brackets. `else` goes on with the rule before it. */
function statements(tokens: readonly RegoToken[]): readonly { start: number; end: number }[] {
  const starts: number[] = [];
  let depth = 0;
  tokens.forEach((token, index) => {
    if (
      depth === 0 &&
      token.firstOnLine &&
      token.kind === "name" &&
      token.text !== "else" &&
      !continues(tokens[index - 1])
    )
      starts.push(index);
    if (token.kind === "symbol" && OPENING.includes(token.text)) depth += 1;
    if (token.kind === "symbol" && CLOSING.includes(token.text)) depth = Math.max(0, depth - 1);
  });
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? tokens.length }));
}

/** After these a statement goes on in the next line. */
function continues(before: RegoToken | undefined): boolean {
  return (
    before !== undefined &&
    (["if", "contains", "else", "default", "in"].includes(before.text) ||
      [":=", "=", "==", "|", "&", "+", "-", "*", "/", ",", "."].includes(before.text))
  );
}

function dottedPath(tokens: readonly RegoToken[], from: number, end: number): string {
  let path = tokens[from]?.text ?? "";
  for (let index = from + 1; index < end; index++) {
    const token = tokens[index];
    if (token?.text === "." && token.joined) path += `.${tokens[index + 1]?.text ?? ""}`;
    else if (token?.text === "[" && token.joined && tokens[index + 1]?.kind === "string")
      path += `.${(tokens[index + 1]?.text ?? "").slice(1, -1)}`;
    else if (token !== undefined && !token.joined) break;
  }
  return path;
}

function readRule(tokens: readonly RegoToken[]): RegoRule {
  const isDefault = tokens[0]?.text === "default";
  const bodies: (readonly RegoExpression[])[] = [];
  let before1 = false;
  let depth = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token?.kind !== "symbol") {
      if (depth === 0 && token?.text === "if" && tokens[index + 1]?.text !== "{")
        bodies.push(expressionsOf(restOfLine(tokens, index + 1)));
      continue;
    }
    const before = tokens[index - 1];
    if (token.text === "{" && depth === 0 && !isValueStart(before)) {
      const close = closingOf(tokens, index);
      if (before?.text !== "if" && before?.text !== "else") before1 = true;
      bodies.push(expressionsOf(tokens.slice(index + 1, close)));
      index = close;
      continue;
    }
    if (OPENING.includes(token.text)) depth += 1;
    if (CLOSING.includes(token.text)) depth = Math.max(0, depth - 1);
  }
  const head = tokens[isDefault ? 1 : 0];
  return { name: dottedPath(tokens, isDefault ? 1 : 0, tokens.length), line: head?.line ?? 1, bodies, before1 };
}

/** A brace after these is an object or a set, not a body. */
function isValueStart(before: RegoToken | undefined): boolean {
  return (
    before === undefined ||
    before.text === "contains" ||
    before.text === "in" ||
    (before.kind === "symbol" && !")]}".includes(before.text))
  );
}

function restOfLine(tokens: readonly RegoToken[], from: number): readonly RegoToken[] {
  const next = tokens.slice(from + 1).findIndex(({ firstOnLine }) => firstOnLine);
  return tokens.slice(from, next < 0 ? undefined : from + 1 + next);
}

function closingOf(tokens: readonly RegoToken[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    const token = tokens[index];
    if (token?.kind !== "symbol") continue;
    if (OPENING.includes(token.text)) depth += 1;
    if (CLOSING.includes(token.text)) depth -= 1;
    if (depth === 0) return index;
  }
  return tokens.length;
}

function expressionsOf(tokens: readonly RegoToken[]): readonly RegoExpression[] {
  const groups: RegoToken[][] = [];
  let depth = 0;
  let fresh = true;
  for (const [index, token] of tokens.entries()) {
    const breaks = depth === 0 && (token.text === ";" || (token.firstOnLine && !continues(tokens[index - 1])));
    if (breaks) fresh = true;
    if (token.text === ";" && depth === 0) continue;
    if (fresh) groups.push([]);
    fresh = false;
    groups.at(-1)?.push(token);
    if (token.kind === "symbol" && OPENING.includes(token.text)) depth += 1;
    if (token.kind === "symbol" && CLOSING.includes(token.text)) depth -= 1;
  }
  return groups.map((group) => ({ tokens: group, line: group[0]?.line ?? 1, negated: group[0]?.text === "not" }));
}

/** Every `name(` that is not a rule's own head. */
function callsIn(tokens: readonly RegoToken[]): readonly RegoCall[] {
  const heads = new Set(statements(tokens).map(({ start }) => (tokens[start]?.text === "default" ? start + 1 : start)));
  const calls: RegoCall[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token?.kind !== "name" || KEYWORDS.has(token.text)) {
      if (!(token?.text === "contains" && tokens[index + 1]?.joined === true)) continue;
    }
    if (token === undefined || (token.joined && tokens[index - 1]?.text === ".")) continue;
    let name = token.text;
    let end = index + 1;
    while (tokens[end]?.text === "." && tokens[end]?.joined === true && tokens[end + 1]?.kind === "name") {
      name += `.${tokens[end + 1]?.text ?? ""}`;
      end += 2;
    }
    if (tokens[end]?.text === "(" && tokens[end]?.joined === true && !heads.has(index))
      calls.push({ name, line: token.line });
    index = end - 1;
  }
  return calls;
}

import { REGO_BUILTINS } from "../model/rego-builtins.ts";
import type { RegoExpression, RegoModule } from "./rego-module.ts";
import type { RegoToken } from "./rego-tokens.ts";

export interface UnknownCall {
  readonly name: string;
  readonly line: number;
  /** What was probably meant. */
  readonly suggestion: string | undefined;
}

/** Calls of functions that neither OPA nor any given module of the package defines. Such a policy does not compile. */
export function unknownCalls(module: RegoModule, all: readonly RegoModule[]): readonly UnknownCall[] {
  const defined = new Set(
    all
      .filter((other) => other.package === module.package)
      .flatMap(({ rules }) => rules.flatMap(({ name }) => [name, name.split(".")[0] ?? ""])),
  );
  const known = [...REGO_BUILTINS, ...defined];
  return module.calls.flatMap(({ name, line }) => {
    const root = name.split(".")[0] ?? "";
    if (
      REGO_BUILTINS.has(name) ||
      defined.has(name) ||
      ["data", "input", ...module.imports].includes(root) ||
      (defined.has(root) && name.includes("."))
    )
      return [];
    return [{ name, line, suggestion: known.find((candidate) => isClose(candidate, name)) }];
  });
}

/** The same letters but for case, dots and underscores, or one letter off in a longer name. */
function isClose(known: string, written: string): boolean {
  const [a, b] = [known, written].map((name) => name.replaceAll(/[._]/g, "").toLowerCase());
  if (a === undefined || b === undefined) return false;
  if (a === b || a === `${b}s` || b === `${a}s`) return true;
  return a.length > 4 && Math.abs(a.length - b.length) <= 1 && differsByOne(a, b);
}

function differsByOne(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const tail = (text: string, skip: number): string => text.slice(start + skip);
  return tail(a, 1) === tail(b, 1) || tail(a, 1) === tail(b, 0) || tail(a, 0) === tail(b, 1);
}

export interface UnsafeNegation {
  readonly line: number;
  /** The list that `_` walks through: `input.request.object.spec.containers`. */
  readonly list: string;
  /** A line of the same body that walks through the same list by itself. */
  readonly other: number | undefined;
}

/** Negated expressions with a `_` of their own. OPA refuses them: what `_` stands for is not known outside the negation. */
export function unsafeNegations(module: RegoModule): readonly UnsafeNegation[] {
  if (module.importPaths.some((path) => path === "future.keywords.not" || path.startsWith("rego.v2"))) return [];
  return module.rules.flatMap(({ bodies }) =>
    bodies.flatMap((body) =>
      body.flatMap((expression) => {
        const [list] = expression.negated ? wildcardLists(expression) : [];
        if (list === undefined) return [];
        const other = body.find((candidate) => candidate !== expression && wildcardLists(candidate).includes(list));
        return [{ line: expression.line, list, other: other?.line }];
      }),
    ),
  );
}

export interface SeparateIteration {
  readonly line: number;
  readonly list: string;
  readonly first: number;
}

/** Two conditions of one body that walk through the same list each by itself, so that different items may meet them. */
export function separateIterations(module: RegoModule): readonly SeparateIteration[] {
  return module.rules.flatMap(({ bodies }) =>
    bodies.flatMap((body) => {
      const seen = new Map<string, number>();
      return body.flatMap((expression) => {
        if (expression.negated || bindsName(expression)) return [];
        return wildcardLists(expression).flatMap((list) => {
          const first = seen.get(list);
          if (first === undefined) seen.set(list, expression.line);
          return first === undefined ? [] : [{ line: expression.line, list, first }];
        });
      });
    }),
  );
}

/** `c := input.containers[_]` binds what it walks through, so later lines are about the same item. */
function bindsName({ tokens }: RegoExpression): boolean {
  return tokens[1]?.text === ":=" || tokens[0]?.text === "some" || tokens[0]?.text === "every";
}

/** What stands before each `[_]` outside comprehensions, as written. */
function wildcardLists({ tokens }: RegoExpression): readonly string[] {
  return tokens.flatMap((token, index) => {
    if (
      token.text !== "_" ||
      tokens[index - 1]?.text !== "[" ||
      tokens[index + 1]?.text !== "]" ||
      insideComprehension(tokens, index)
    )
      return [];
    return [refBefore(tokens, index - 1)];
  });
}

function insideComprehension(tokens: readonly RegoToken[], at: number): boolean {
  const open: { index: number; bar: boolean }[] = [];
  for (const [index, token] of tokens.slice(0, at).entries()) {
    if (token.kind !== "symbol") continue;
    if ("([{".includes(token.text)) open.push({ index, bar: false });
    if (")]}".includes(token.text)) open.pop();
    const inner = open.at(-1);
    if (token.text === "|" && inner !== undefined) inner.bar = true;
  }
  return open.some(({ bar }) => bar);
}

function refBefore(tokens: readonly RegoToken[], open: number): string {
  let start = open;
  while (start > 0 && tokens[start]?.joined === true) {
    const before = tokens[start - 1];
    if (before === undefined || (before.kind === "symbol" && !["]", ".", "["].includes(before.text))) break;
    start -= 1;
  }
  return tokens
    .slice(start, open)
    .map(({ text }) => text)
    .join("");
}

export interface OptionalNegation {
  readonly line: number;
  readonly name: string;
  /** `input.review.object.metadata.labels` */
  readonly ref: string;
  readonly use: number;
}

const OPTIONAL =
  /^input\.(?:review|request)\.(?:object|oldObject)\..*\b(?:labels|annotations|securityContext|nodeSelector|limits|requests)$/;

/**
 * A name bound to a field that an object need not have, then asked with `not`. Where the field is absent the binding is
 * undefined, and with it the whole body: the objects that lack the most are the ones that pass.
 */
export function optionalNegations(module: RegoModule): readonly OptionalNegation[] {
  return module.rules.flatMap(({ bodies }) =>
    bodies.flatMap((body) =>
      body.flatMap(({ tokens, line }) => {
        const [name, operator, ...rest] = tokens;
        const ref = rest.map(({ text }) => text).join("");
        if (name?.kind !== "name" || !(operator?.text === ":=" || operator?.text === "=") || !OPTIONAL.test(ref))
          return [];
        const use = body.find(
          (other) =>
            other.negated && other.tokens[1]?.text === name.text && ["[", "."].includes(other.tokens[2]?.text ?? ""),
        );
        return use === undefined ? [] : [{ line, name: name.text, ref, use: use.line }];
      }),
    ),
  );
}

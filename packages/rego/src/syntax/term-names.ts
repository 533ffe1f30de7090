import type { RefTerm, Term } from "./ast.ts";

/** What OPA's messages call a kind of term. */
export function valueName({ type }: Term): string {
  return type.toLowerCase();
}

/** The name of a function as a call's operator spells it: `count`, `io.jwt.decode`. Undefined where it is no plain name. */
export function dottedName({ head, path }: RefTerm): string | undefined {
  if (head.type !== "var") return undefined;
  let name = head.name;
  for (const part of path) {
    if (part.type !== "string") return undefined;
    name += `.${part.value}`;
  }
  return name;
}

export interface InfixOperator {
  readonly symbol: string;
  readonly arity: number;
}

/** The builtins that are written between their operands. */
export const INFIX_OPERATORS: ReadonlyMap<string, InfixOperator> = new Map(
  Object.entries({
    eq: "=",
    assign: ":=",
    "internal.member_2": "in",
    "internal.member_3": "in",
    gt: ">",
    gte: ">=",
    lt: "<",
    lte: "<=",
    neq: "!=",
    equal: "==",
    plus: "+",
    minus: "-",
    mul: "*",
    div: "/",
    rem: "%",
    and: "&",
    or: "|",
  }).map(([name, symbol]) => [name, { symbol, arity: name === "internal.member_3" ? 3 : 2 }]),
);

/** The operator that a call's function is written as, if it is one. */
export function infixOf(operator: RefTerm): InfixOperator | undefined {
  const name = dottedName(operator);
  return name === undefined ? undefined : INFIX_OPERATORS.get(name);
}

/** Whether a function, given as the operator of a call, is the one of a name. */
export function isOperator({ head, path }: RefTerm, name: string): boolean {
  return path.length === 0 && head.type === "var" && head.name === name;
}

/** Whether a variable was written as `_`. */
export function isWildcard(name: string): boolean {
  return name.charCodeAt(0) === 36;
}

/** What is wrong with constants of an expression that types do not tell: durations, timestamps, patterns, formats, mixed lists. */
import { formatProblems } from "../library/string-format.ts";
import { visit, type Expr, type ListExpr, type MapExpr } from "../syntax/ast.ts";
import * as types from "../types/type.ts";
import { formatType, isEquivalentType, paramOf, type Type } from "../types/type.ts";
import { convert } from "../values/conversion.ts";
import { compilePattern } from "../values/pattern.ts";
import { CelError, isError } from "../values/value.ts";
import type { Checked } from "./checker.ts";

export interface LiteralProblem {
  /** The id of the node to blame. */
  readonly at: number;
  readonly message: string;
}

export function literalProblems(checked: Checked): readonly LiteralProblem[] {
  const problems: LiteralProblem[] = [];
  visit(checked.expr, (expr, parents) => {
    if (expr.kind === "call") problems.push(...argumentProblem(expr.function, expr.args[0]));
    if ((expr.kind !== "list" && expr.kind !== "map") || isFormatArgument(parents)) return;
    problems.push(...(expr.kind === "list" ? listProblems(checked, expr) : mapProblems(checked, expr)));
  });
  return [...problems, ...formatProblems(checked)];
}

function argumentProblem(name: string, arg: Expr | undefined): readonly LiteralProblem[] {
  if (arg?.kind !== "literal") return [];
  const { value } = arg;
  const isWrong =
    (name === "duration" && isError(convert(value, types.DURATION))) ||
    (name === "timestamp" && isError(convert(value, types.TIMESTAMP))) ||
    (name === "matches" && typeof value === "string" && compilePattern(value) instanceof CelError);
  return isWrong ? [{ at: arg.id, message: `invalid ${name} argument` }] : [];
}

/** Only arguments of `format` may mix types. */
function isFormatArgument(parents: readonly Expr[]): boolean {
  return parents.some((parent) => parent.kind === "call" && parent.function === "format");
}

function mismatch(at: number, expected: Type, actual: Type): LiteralProblem {
  return { at, message: `expected type '${formatType(expected)}' but found '${formatType(actual)}'` };
}

function typeAt(checked: Checked, expr: Expr, optional: boolean): Type {
  const type = checked.types.get(expr.id) ?? types.DYN;
  return optional ? paramOf(type, 0) : type;
}

function listProblems(checked: Checked, list: ListExpr): readonly LiteralProblem[] {
  let first: Type | undefined;
  for (const [index, element] of list.elements.entries()) {
    const type = typeAt(checked, element, list.optionals.has(index));
    if (first === undefined) first = type;
    else if (!isEquivalentType(first, type)) return [mismatch(element.id, first, type)];
  }
  return [];
}

function mapProblems(checked: Checked, map: MapExpr): readonly LiteralProblem[] {
  const [first, ...rest] = map.entries;
  if (first === undefined) return [];
  const keyType = typeAt(checked, first.key, false);
  const valueType = typeAt(checked, first.value, first.optional);
  return rest.flatMap(({ key, value, optional }) => {
    const otherKey = typeAt(checked, key, false);
    const otherValue = typeAt(checked, value, optional);
    return [
      ...(isEquivalentType(keyType, otherKey) ? [] : [mismatch(key.id, keyType, otherKey)]),
      ...(isEquivalentType(valueType, otherValue) ? [] : [mismatch(value.id, valueType, otherValue)]),
    ];
  });
}

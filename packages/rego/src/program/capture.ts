import type { Body, CallExpr, Expr, Term, TermExpr } from "../syntax/ast.ts";
import { dottedName } from "../syntax/term-names.ts";
import { walk } from "../syntax/walk.ts";

/** A query whose expressions put their values into variables. */
export interface CapturedQuery {
  readonly body: Body;
  /** For each expression as written: the variable that holds its value; undefined where it can only be true. */
  readonly captures: readonly Capture[];
}

export interface Capture {
  readonly expr: Expr;
  readonly name: string | undefined;
}

/** Whether a name was made by `captureValues`. */
export function isCapture(name: string): boolean {
  return name.startsWith("__value");
}

/** How many operands a call's function takes; undefined for one without a result. */
export type ResultArity = (name: string) => number | undefined;

/**
 * Keeps the value of each expression of a query that has one, as OPA's results show it. A single expression that has no
 * more than one solution may be false; where there are more, those for which an expression is false are left out.
 */
export function captureValues(
  query: Body,
  resultArity: ResultArity,
  isRelation: (name: string) => boolean,
): CapturedQuery {
  const mustHold = query.length > 1 || isIterating(query, isRelation);
  const body: Expr[] = [];
  const checks: Expr[] = [];
  const captures = query.flatMap((expr, i): CapturedQuery["captures"] => {
    const name = `__value${i}__`;
    const capture: Term = { type: "var", name, location: expr.location };
    const captured = capturing(expr, capture, resultArity);
    body.push(captured ?? expr);
    // A declaration is gone once names are resolved.
    if (expr.type === "some") return [];
    if (captured === undefined) return [{ expr, name: undefined }];
    if (mustHold) checks.push(holds(expr, capture));
    return [{ expr, name }];
  });
  return { body: [...body, ...checks], captures };
}

function capturing(expr: Expr, capture: Term, resultArity: ResultArity): Expr | undefined {
  if (expr.negated) return undefined;
  if (expr.type === "termExpr") return equation(expr, expr.term, capture);
  if (expr.type !== "callExpr") return undefined;
  const name = dottedName(expr.operator);
  if (name === undefined || name === "eq" || name === "assign") return undefined;
  return resultArity(name) === expr.args.length ? { ...expr, args: [...expr.args, capture] } : undefined;
}

function equation(expr: TermExpr, term: Term, capture: Term): CallExpr {
  const { location } = expr;
  const operator = { type: "ref", head: { type: "var", name: "eq", location }, path: [], location } as const;
  return { ...expr, type: "callExpr", operator, args: [term, capture] };
}

function holds({ location }: Expr, term: Term): TermExpr {
  return { type: "termExpr", term, with: [], negated: false, generated: true, location };
}

/** Whether a query walks over keys or calls a relation, comprehensions left aside. */
function isIterating(query: Body, isRelation: (name: string) => boolean): boolean {
  let iterates = false;
  for (const expr of query) {
    walk(expr, (node) => {
      if (node.type.endsWith("Comprehension")) return false;
      if (node.type === "ref") {
        const name = dottedName(node);
        if ((name !== undefined && isRelation(name)) || node.path.some(({ type }) => type === "var")) iterates = true;
      }
      return true;
    });
  }
  return iterates;
}

/** The captures in the order that a query's expressions have once they are ordered for safety, as OPA lists results. */
export function inOrderOf(body: Body, captures: readonly Capture[]): readonly Capture[] {
  const place = ({ expr, name }: Capture): number => {
    const found = body.findIndex((candidate) =>
      name === undefined
        ? candidate.location === expr.location
        : candidate.type === "callExpr" && candidate.args.some((arg) => arg.type === "var" && arg.name === name),
    );
    return found < 0 ? body.length : found;
  };
  return captures
    .map((capture) => [place(capture), capture] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, capture]) => capture);
}

import type { Body, CallExpr, Expr, RefTerm, Term } from "../syntax/ast.ts";
import { dottedName } from "../syntax/term-names.ts";
import { walkTerms } from "../syntax/walk.ts";

/** How the results of one comprehension for many values of outer variables are had from one evaluation of its body. */
export interface ComprehensionIndex {
  /** The body without the equations that compare with outer variables. */
  readonly body: Body;
  /** Those equations: an outer variable or something in its value, and the term of the body that must equal it. */
  readonly keys: readonly { readonly outer: Term; readonly inner: Term }[];
}

/** What deciding on an index has to know of the place of a comprehension. */
export interface ComprehensionPlace {
  /** Whether a variable has a value there that stays the same as long as the index would be kept. */
  readonly isInvariant: (name: string) => boolean;
  /** Whether a variable has a value there that changes from one round of a loop to the next. */
  readonly isVarying: (name: string) => boolean;
  /** Whether a reference into `data` or a call can be evaluated for values that nobody asks for: no rule can end it. */
  readonly isHarmless: (operator: RefTerm) => boolean;
}

/**
 * An index for a comprehension that is evaluated in a loop, or undefined. It is found where outer variables that vary
 * occur in equations with what the body itself finds and nowhere else (`{x.name | some x in input.xs; x.team == team}`).
 * Without such variables, the body is evaluated once, and there are no keys.
 */
export function indexComprehension(
  heads: readonly Term[],
  body: Body,
  place: ComprehensionPlace,
): ComprehensionIndex | undefined {
  const keys: { readonly outer: Term; readonly inner: Term }[] = [];
  const rest: Expr[] = [];
  for (const expr of body) {
    const key = keyOf(expr, place);
    if (key === undefined) rest.push(expr);
    else keys.push(key);
  }
  const outer = new Set<string>();
  let mayFail = false;
  const look = (term: Term): true => {
    if (term.type === "var" && !place.isInvariant(term.name) && place.isVarying(term.name)) outer.add(term.name);
    if (term.type === "ref" && !place.isHarmless(term)) mayFail = true;
    return true;
  };
  for (const expr of rest) {
    if (expr.with.length > 0) return undefined;
    walkTerms(expr, look);
  }
  for (const term of [...heads, ...keys.map(({ inner }) => inner)]) walkTerms(term, look);
  if (outer.size > 0 || (keys.length > 0 && mayFail)) return undefined;
  if (!keys.every(({ inner }) => isFound(variableOf(inner), rest))) return undefined;
  return { body: rest, keys };
}

/** The key that an equation between an outer variable and something of the body makes. */
function keyOf(expr: Expr, place: ComprehensionPlace): ComprehensionIndex["keys"][number] | undefined {
  if (expr.type !== "callExpr" || expr.negated || expr.with.length > 0) return undefined;
  for (const [a, b] of sidesOf(expr)) {
    const name = variableOf(a);
    if (name !== undefined && place.isVarying(name) && !place.isInvariant(name) && isInner(b, place)) {
      return { outer: a, inner: b };
    }
  }
  return undefined;
}

/**
 * Whether a body gives a variable its value before it uses it, without the equation that was taken out; and never as a
 * key to look up, which is quicker for one key than going through all of them.
 */
function isFound(name: string | undefined, body: Body): boolean {
  const first = body.find((expr) => mentions(expr, name));
  if (first?.type !== "callExpr" || dottedName(first.operator) !== "eq" || first.negated) return false;
  const isName = (arg: Term): boolean => arg.type === "var" && arg.name === name;
  // Two variables may both wait for a value.
  if (!first.args.some(isName) || first.args.every(({ type }) => type === "var")) return false;
  return !body.some((expr) => isLookedUp(expr, name));
}

function mentions(node: Expr, name: string | undefined): boolean {
  let found = false;
  walkTerms(node, (term) => {
    found ||= term.type === "var" && term.name === name;
    return true;
  });
  return found;
}

function isLookedUp(expr: Expr, name: string | undefined): boolean {
  let found = false;
  walkTerms(expr, (term) => {
    if (term.type === "ref") found ||= term.path.some((part) => part.type === "var" && part.name === name);
    return true;
  });
  return found;
}

function sidesOf({ operator, args: [a, b, result] }: CallExpr): readonly (readonly [Term, Term])[] {
  const name = dottedName(operator);
  if ((name !== "eq" && name !== "equal") || a === undefined || b === undefined || result !== undefined) return [];
  return [
    [a, b],
    [b, a],
  ];
}

/** Whether a term is a variable of the body, or a reference with a constant path into one. */
function isInner(term: Term, { isInvariant, isVarying }: ComprehensionPlace): boolean {
  const name = variableOf(term);
  return name !== undefined && !isInvariant(name) && !isVarying(name) && name !== "input" && name !== "data";
}

/** The variable that a term is, or that it refers into by a constant path. */
export function variableOf(term: Term): string | undefined {
  const head = term.type === "ref" && term.path.every(({ type }) => type === "string") ? term.head : term;
  return head.type === "var" ? head.name : undefined;
}

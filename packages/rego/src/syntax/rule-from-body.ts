import { declarations } from "../builtins/gen/capabilities.ts";
import type { Body, CallExpr, Expr, Head, RefTerm, Rule, Term } from "./ast.ts";
import type { Location } from "./location.ts";
import { headOf, trueTerm } from "./parse-head.ts";
import { type Draft, plain } from "./parse-literal.ts";
import { formatTerm } from "./print-term.ts";
import { dottedName, isOperator, valueName } from "./term-names.ts";

// A rule without a body, `p := 1`, `f(x) = y`, `p.q`, is read as an expression first: only then is it known that nothing follows.

let names: ReadonlySet<string> | undefined;

function isBuiltin(name: string): boolean {
  names ??= new Set(declarations.map((declaration) => declaration.name));
  return names.has(name);
}

/** The rule that a body stands for, or why it stands for none. */
export function ruleFromBody(body: Body): Rule | string {
  const [expr, second] = body;
  if (expr === undefined || second !== undefined) return "multiple expressions cannot be used for rule head";
  return ruleFromExpr(expr);
}

function ruleFromExpr(expr: Expr): Rule | string {
  if (expr.with.length > 0) return "expressions using with keyword cannot be used for rule head";
  if (expr.negated) return "negated expressions cannot be used for rule head";
  switch (expr.type) {
    case "some":
    case "someIn":
      return "'some' declarations cannot be used for rule head";
    case "termExpr":
      return ruleFromTerm(expr.term);
    case "callExpr":
      return ruleFromCall(expr);
    case "every":
    case "not":
    case "logical":
      return "expression cannot be used for rule head";
  }
}

/** `p.q.r` is true; `p[x]` and `p.q` are sets with one member, as v0 has it. */
function ruleFromTerm(term: Term): Rule | string {
  if (term.type !== "ref") return `${valueName(term)} cannot be used for rule name`;
  const { location } = term;
  const [key, ...more] = term.path;
  if (more.length === 0 && key === undefined) return "refs cannot be used for rule head";
  if (term.head.type !== "var") return `invalid rule head: ${formatTerm(term)}`;
  if (more.length === 0) {
    const head = headOf({ type: "ref", head: term.head, path: [], location: term.head.location }, location);
    head.key = key;
    return ruleOf(head, location, location);
  }
  const head = headOf(term, location);
  head.value = trueTerm(location);
  head.generatedValue = true;
  return ruleOf(head, location, location);
}

function ruleFromCall({ operator, args, location }: CallExpr): Rule | string {
  const isAssignment = isOperator(operator, "assign");
  if (isAssignment || isOperator(operator, "eq")) {
    const [left, right] = args;
    if (left === undefined || right === undefined) return "assignment requires two operands";
    const head = headFromEquation(left, right, location);
    if (typeof head === "string") return head;
    head.assign = isAssignment;
    return ruleOf(head, location, right.location);
  }
  if (isBuiltin(dottedName(operator) ?? "")) return "rule name conflicts with built-in function";
  if (args.length === 0) return "rule argument list must take at least one argument";
  if (operator.head.type !== "var") return `invalid rule head: ${formatTerm(operator)}`;
  const head = headOf(operator, operator.location);
  head.args = args;
  head.value = trueTerm(operator.location);
  return ruleOf(head, operator.location, operator.location);
}

function headFromEquation(left: Term, right: Term, location: Location): Draft<Head> | string {
  const ref = left.type === "call" ? left.operator : refOf(left);
  if (ref === undefined) return `${valueName(left)} cannot be used for rule name`;
  if (ref.head.type !== "var") return `invalid rule head: ${formatTerm(ref)}`;
  const head = headOf(ref, location);
  head.value = right;
  if (left.type === "call") {
    head.args = left.args;
  } else if (ref.path.length === 1) {
    head.name = ref.head.name;
    head.key = ref.path[0];
  }
  return head;
}

function refOf(term: Term): RefTerm | undefined {
  if (term.type === "var") return { type: "ref", head: term, path: [], location: term.location };
  return term.type === "ref" ? term : undefined;
}

function ruleOf(head: Head, location: Location, bodyLocation: Location): Rule {
  return {
    type: "rule",
    default: false,
    head,
    body: [{ type: "termExpr", term: trueTerm(bodyLocation), ...plain(bodyLocation), generated: true }],
    generatedBody: true,
    else: undefined,
    annotations: [],
    location,
  };
}

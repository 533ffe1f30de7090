import type { Program } from "../program/program.ts";
import { RegoCompileError } from "../program/compile-error.ts";
import { EvaluationError } from "../runtime/errors.ts";
import { type Location, textOf } from "../syntax/location.ts";
import type { Expr, Module, Rule, Term } from "../syntax/ast.ts";
import { formatImport, formatTerm } from "../syntax/print-term.ts";
import { infixOf, isWildcard } from "../syntax/term-names.ts";
import { walkTerms } from "../syntax/walk.ts";
import { termText } from "../values/term-text.ts";
import type { Value } from "../values/value.ts";
import { type Frame, type Locals, type Step, furthestFailure } from "./call-tree.ts";

/** A variable, reference or call of an expression, with its value at the time. */
export interface NamedValue {
  readonly text: string;
  /** Absent where it is undefined. */
  readonly value?: Value;
}

/** An expression as it was written. */
export interface ExplainedExpr {
  readonly location: Location;
  readonly text: string;
  readonly outcome: "passed" | "failed" | "not reached";
  readonly values: readonly NamedValue[];
  /** The definitions that it tried in vain. */
  readonly tried: readonly ExplainedRule[];
}

/** Why a definition did not hold. */
export interface ExplainedRule {
  readonly location: Location;
  /** `allow` */
  readonly name: string;
  readonly expressions: readonly ExplainedExpr[];
}

const MAX_DEPTH = 3;
const MAX_TRIED = 5;
/** A query to find out one value must not take longer than the test itself. */
const BUDGET = 1_000_000;

/** Explains attempts of rules in the words of the policy, with the values that decided. */
export class FailureExplainer {
  readonly #program: Program;
  readonly #written: ReadonlyMap<string, string>;
  readonly #rules = new Map<string, { readonly rule: Rule; readonly module: Module }>();

  constructor(program: Program, modules: readonly Module[]) {
    this.#program = program;
    this.#written = program.writtenNames;
    for (const module of modules) {
      for (const rule of module.rules) {
        for (let each: Rule | undefined = rule; each !== undefined; each = each.else) {
          this.#rules.set(keyOf(each.location), { rule: each, module });
        }
      }
    }
  }

  explain(frame: Frame, input: Value | undefined): ExplainedRule | undefined {
    return this.#rule(frame, { input, modifiers: [] }, 0);
  }

  #rule(frame: Frame, context: Context, depth: number): ExplainedRule | undefined {
    const source = this.#rules.get(keyOf(frame.rule.location));
    if (source === undefined) return undefined;
    const { rule, module } = source;
    return {
      location: rule.location,
      name: formatTerm(rule.head.ref),
      expressions: rule.body
        .filter(({ generated }) => !generated)
        .map((expr) => this.#expr(expr, frame, { ...context, module }, depth)),
    };
  }

  #expr(source: Expr, frame: Frame, context: ModuleContext, depth: number): ExplainedExpr {
    const attempt = furthestFailure(frame);
    const steps = attempt.filter(({ expr }) => isInside(expr.location, source.location));
    const outcome = steps.length === 0 ? "not reached" : steps.every(({ passed }) => passed) ? "passed" : "failed";
    const locals = attempt.at(-1)?.locals ?? {};
    const inner = { ...context, modifiers: [...context.modifiers, ...modifiersOf(steps)] };
    const isInVain = ({ during, succeeded }: Frame): boolean =>
      !succeeded && during !== undefined && isInside(during.location, source.location);
    const tried = outcome === "failed" && depth < MAX_DEPTH ? frame.children.filter(isInVain).slice(0, MAX_TRIED) : [];
    return {
      location: source.location,
      text: textOf(source.location),
      outcome,
      values: outcome === "not reached" ? [] : this.#values(source, this.#writtenLocals(locals), inner),
      tried: tried.flatMap((child) => this.#rule(child, inner, depth + 1) ?? []),
    };
  }

  /** Variables by the names that were written. */
  #writtenLocals(locals: Locals): ReadonlyMap<string, Value> {
    const written = new Map<string, Value>();
    for (const [name, value] of Object.entries(locals)) {
      const text = this.#written.get(name) ?? name;
      if (!isWildcard(text) && !text.startsWith("__local")) written.set(text, value);
    }
    return written;
  }

  #values(expr: Expr, locals: ReadonlyMap<string, Value>, context: ModuleContext): readonly NamedValue[] {
    const values = new Map<string, NamedValue>();
    for (const term of namedTerms(expr)) {
      const text = textOf(term.location);
      if (values.has(text)) continue;
      const known = term.type === "var" ? locals.get(term.name) : undefined;
      if (known !== undefined) values.set(text, { text, value: known });
      else if (!hasWildcard(term)) this.#ask(text, locals, context, values);
    }
    return [...values.values()];
  }

  /** Finds out the value of a term in the surroundings of an attempt. What makes no sense by itself is left out. */
  #ask(
    text: string,
    locals: ReadonlyMap<string, Value>,
    { module, input, modifiers }: ModuleContext,
    into: Map<string, NamedValue>,
  ): void {
    const bound = [...locals].map(([name, value]) => `${name} := ${termText(value)}`);
    const query = [...bound, [`redoubt_value := ${text}`, ...modifiers].join(" ")].join("; ");
    try {
      const imports = module.imports.map((each) => formatImport(each).replace(/^import /, ""));
      const prepared = this.#program.prepare(query, { package: formatTerm(module.package.path), imports });
      const value = prepared.evaluate(input, { budget: BUDGET })[0]?.bindings["redoubt_value"];
      into.set(text, value === undefined ? { text } : { text, value });
    } catch (error) {
      if (!(error instanceof RegoCompileError) && !(error instanceof EvaluationError)) throw error;
    }
  }
}

/** What an attempt sees that is not in its variables. */
interface Context {
  readonly input: Value | undefined;
  /** The `with`s around it, from the outside. */
  readonly modifiers: readonly string[];
}

interface ModuleContext extends Context {
  readonly module: Module;
}

function keyOf({ source, offset, row, col }: Location): string {
  return JSON.stringify([source.file, offset, row, col]);
}

function isInside(inner: Location, outer: Location): boolean {
  return inner.source === outer.source && inner.offset >= outer.offset && inner.end <= outer.end;
}

/** The `with`s of an expression with their values. */
function modifiersOf(steps: readonly Step[]): readonly string[] {
  const step = steps.find(({ expr }) => expr.with.length > 0);
  if (step === undefined) return [];
  return step.expr.with.map(
    ({ target, value }) => `with ${formatTerm(target)} as ${textWithValues(value, step.locals)}`,
  );
}

/** A term with the values of its variables in their places. */
function textWithValues(term: Term, locals: Locals): string {
  switch (term.type) {
    case "var": {
      const value = locals[term.name];
      return value === undefined ? term.name : termText(value);
    }
    case "array":
      return `[${term.items.map((item) => textWithValues(item, locals)).join(", ")}]`;
    case "object": {
      const entries = term.entries.map(
        ({ key, value }) => `${textWithValues(key, locals)}: ${textWithValues(value, locals)}`,
      );
      return `{${entries.join(", ")}}`;
    }
    case "set":
      if (term.items.length === 0) return "set()";
      return `{${term.items.map((item) => textWithValues(item, locals)).join(", ")}}`;
    default:
      return formatTerm(term);
  }
}

type NamedTerm = Extract<Term, { readonly type: "var" | "ref" | "call" }>;

/** Variables, references and calls of functions, in order; not those of nested bodies, nor of operators. */
function namedTerms(expr: Expr): readonly NamedTerm[] {
  const found: NamedTerm[] = [];
  const visitTerm = (term: Term): void => {
    walkTerms(term, (inner) => {
      switch (inner.type) {
        case "arrayComprehension":
        case "setComprehension":
        case "objectComprehension":
        case "templateString":
          return false;
        case "var":
          found.push(inner);
          return false;
        case "ref":
          found.push(inner);
          for (const part of inner.path) visitTerm(part);
          return false;
        case "call":
          if (infixOf(inner.operator) === undefined) found.push(inner);
          for (const arg of inner.args) visitTerm(arg);
          return false;
        default:
          return true;
      }
    });
  };
  visitExpr(expr, visitTerm, found);
  return found;
}

function visitExpr(expr: Expr, visitTerm: (term: Term) => void, found: NamedTerm[]): void {
  switch (expr.type) {
    case "termExpr":
      visitTerm(expr.term);
      break;
    case "callExpr":
      if (infixOf(expr.operator) === undefined) found.push({ ...expr, type: "call", location: callLocation(expr) });
      for (const arg of expr.args) visitTerm(arg);
      break;
    case "some":
      break;
    case "someIn":
      if (expr.key !== undefined) visitTerm(expr.key);
      visitTerm(expr.value);
      visitTerm(expr.domain);
      break;
    case "every":
      visitTerm(expr.domain);
      break;
    case "not":
      for (const inner of expr.body) visitExpr(inner, visitTerm, found);
      break;
    case "logical":
      for (const inner of [...expr.left, ...expr.right]) visitExpr(inner, visitTerm, found);
  }
}

/** Where a call stands without the `not` before it and the `with`s after it. */
function callLocation({ operator, with: modifiers, location }: Extract<Expr, { readonly type: "callExpr" }>): Location {
  const [first] = modifiers;
  const end = first === undefined ? location.end : first.location.offset;
  const text = location.source.text.slice(operator.location.offset, end).trimEnd();
  return { ...operator.location, end: operator.location.offset + text.length };
}

function hasWildcard(term: Term): boolean {
  let found = false;
  walkTerms(term, (inner) => {
    if (inner.type === "var" && isWildcard(inner.name)) found = true;
    return !found;
  });
  return found;
}

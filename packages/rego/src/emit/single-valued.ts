import { constantOf } from "../plan/constants.ts";
import type { Chain, PlannedDocument } from "../plan/documents.ts";
import { indexRules } from "../plan/rule-index.ts";
import type { Rule, Term } from "../syntax/ast.ts";
import { writeRuleBody } from "./bodies.ts";
import { FunctionWriter } from "./function-writer.ts";
import { IndexWriter } from "./index-writer.ts";
import { occurrencesIn } from "./occurrences.ts";
import type { ProgramWriter } from "./program-writer.ts";
import type { DocumentCode } from "./rules.ts";
import { equalTest, writeMatch } from "./unify.ts";
import { writeValue } from "./values.ts";

interface WrittenDefinition {
  readonly name: string;
  readonly text: string;
  readonly rule: Rule;
  /** Whether its solutions may have different values. */
  readonly mayConflict: boolean;
  /** Whether it evaluates documents. */
  readonly evaluates: boolean;
}

/** A document or function with one value, on which its definitions have to agree. */
export function writeSingleValued(program: ProgramWriter, document: PlannedDocument, name: string): DocumentCode {
  const params = Array.from({ length: document.arity }, () => program.names.next("a"));
  const list = params.join(", ");
  const chains = new Map(
    document.chains.map((chain) => [
      chain,
      rulesOf(chain.rule).map((definition) => writeDefinition(program, definition, document.arity)),
    ]),
  );
  const definitions = [...chains.values()].flat();
  const conflict = program.names.next("x");
  const isUniform = haveOneValue(document.chains);
  const attempts = new Attempts(isUniform ? undefined : `${conflict}(${list})`);
  const index = new IndexWriter(program, params, {
    attempt: (chain) => attempts.take((chains.get(chain) ?? []).map((definition) => callOf(definition, list))),
    group: (body) => ["const q = E.pending;", "let v;", ...body, "return v;"],
    enter: (group) => attempts.take([{ call: `${group}(${list})`, evaluates: true }]),
    single: (chain) => {
      const [first, ...rest] = chains.get(chain) ?? [];
      return rest.length === 0 ? first?.name : undefined;
    },
  });
  const first = program.names.next("r");
  const lines = [`function ${first}(${list}) {`, "if (--E.fuel < 0) E.refill();", "const q = E.pending;", "let v;"];
  const isGuarded = document.chains.length > 1 || definitions.some(({ mayConflict }) => mayConflict);
  if (isGuarded) lines.push("try {");
  lines.push(...index.write(indexRules(document.chains)));
  if (isGuarded) {
    const places = program.constants.nameOf(definitions.map(({ rule }) => rule.location));
    lines.push("}", `catch (error) { return R.firstValue(E, error, v, ${places}, () => ${conflict}(${list})); }`);
  }
  if (document.default !== undefined) {
    const fallback = writeDefinition(program, document.default, document.arity);
    definitions.push(fallback);
    lines.push(`if (v === undefined) v = ${fallback.name}(${list});`);
  }
  lines.push("return v;", "}");
  const memo = document.kind === "complete" ? program.names.next("m") : undefined;
  const whole =
    memo === undefined
      ? `function ${name}(${list}) { return ${first}(${list}); }`
      : `function ${name}() { return ${memo} !== U ? ${memo} : (${memo} = ${first}()); }`;
  const conflictLines = [
    `function ${conflict}(${list}) {`,
    `return R.conflictError(${JSON.stringify(conflictText(document))}, ${chainsText(program, [...chains.values()])}, [${list}]);`,
    "}",
  ];
  return {
    text: [...definitions.map(({ text }) => text), ...index.functions, ...conflictLines, ...lines, whole].join("\n"),
    memos: memo === undefined ? [] : [memo],
    tables: index.tables,
  };
}

interface Call {
  readonly call: string;
  /** Whether what is called may put off an error. */
  readonly evaluates: boolean;
}

function callOf({ name, evaluates, mayConflict }: WrittenDefinition, list: string): Call {
  return { call: `${name}(${list})`, evaluates: evaluates || mayConflict };
}

/** Writes the attempts of a function to find its value `v`, which may begin with something put off, `q`. */
class Attempts {
  readonly #conflict: string | undefined;

  /** `conflict` makes the error of values that disagree; undefined where they cannot. */
  constructor(conflict: string | undefined) {
    this.#conflict = conflict;
  }

  /** Takes over the first value that one of some calls gives, unless there is one already, which has to be the same. */
  take(calls: readonly Call[]): readonly string[] {
    // Once something has been put off, the evaluation ends before anything else is looked at.
    const leave = calls.some(({ evaluates }) => evaluates) ? ["if (E.pending !== q) return v;"] : [];
    if (this.#conflict === undefined) return [...firstOf("v", calls), ...leave];
    return [
      "{",
      "let x;",
      ...firstOf("x", calls),
      "if (v === undefined) v = x;",
      `else if (x !== undefined && !${equalTest("v", "x")}) { E.pending = ${this.#conflict}; return v; }`,
      ...leave,
      "}",
    ];
  }
}

function firstOf(variable: string, calls: readonly Call[]): readonly string[] {
  return calls.flatMap(({ call, evaluates }) => [
    `if (${variable} === undefined) ${variable} = ${call};`,
    ...(evaluates ? [`if (${variable} === undefined && E.pending !== q) throw E.pending;`] : []),
  ]);
}

/** A rule and those after `else`. */
function rulesOf(rule: Rule): readonly Rule[] {
  return rule.else === undefined ? [rule] : [rule, ...rulesOf(rule.else)];
}

function conflictText({ kind, name }: PlannedDocument): string {
  return kind === "function"
    ? `function ${name} produced conflicting values for the same inputs`
    : `rule ${name} produced conflicting values`;
}

function chainsText(program: ProgramWriter, chains: readonly (readonly WrittenDefinition[])[]): string {
  const texts = chains.map((chain) => {
    const items = chain.map(
      ({ name, rule }) => `{ location: ${program.constants.nameOf(rule.location)}, evaluate: ${name} }`,
    );
    return `[${items.join(", ")}]`;
  });
  return `[${texts.join(", ")}]`;
}

/** Whether all definitions give one constant, so that none after the first that holds needs to be looked at. */
function haveOneValue(chains: readonly Chain[]): boolean {
  const values = chains.flatMap(({ rule }) => rulesOf(rule)).map(({ head }) => valueOf(head.value));
  const [first] = values;
  return first !== undefined && values.every((value) => value === first);
}

/** A scalar as text, to tell constants apart. */
function valueOf(term: Term | undefined): string | undefined {
  if (term === undefined) return "true";
  const constant = constantOf(term);
  if (constant === null || typeof constant === "boolean") return String(constant);
  if (typeof constant === "string") return JSON.stringify(constant);
  return typeof constant === "number" ? String(constant) : undefined;
}

function writeDefinition(program: ProgramWriter, rule: Rule, arity: number): WrittenDefinition {
  const name = program.names.next("d");
  const { head, body } = rule;
  const constant = head.value === undefined ? true : constantOf(head.value);
  const f = new FunctionWriter(program, occurrencesIn(rule, []), constant === undefined);
  const params = Array.from({ length: arity }, () => program.names.next("a"));
  f.js.open(`function ${name}(${params.join(", ")}) {`);
  const found = program.names.next("v");
  const start = f.js.reserve();
  program.observe(f, "enter", rule);
  let mayConflict = false;
  for (const [i, arg] of head.args.entries()) writeMatch(f, arg, params[i] ?? "undefined");
  writeRuleBody(f, body, () => {
    program.observe(f, "exit", rule);
    const value = head.value === undefined ? "true" : writeValue(f, head.value);
    if (constant !== undefined || !f.scope.looping) {
      f.js.line(`return ${value};`);
      return;
    }
    mayConflict = true;
    const place = program.constants.nameOf(rule.location);
    f.js.line(`if (${found} === undefined) ${found} = ${value};`);
    f.js.line(`else if (!${equalTest(found, value)}) throw new R.DefinitionConflict(${found}, ${value}, ${place});`);
  });
  f.js.closeTo(1);
  if (mayConflict) {
    start(`let ${found}; try {`);
    f.js.line("}");
    f.js.line(`catch (error) { return R.putOff(E, error, ${found}); }`);
    f.js.line(`return ${found};`);
  }
  f.js.closeTo(0);
  return { name, text: f.js.text(), rule, mayConflict, evaluates: f.evaluates };
}

import { constantOf } from "../plan/constants.ts";
import type { Chain, PlannedDocument } from "../plan/documents.ts";
import { indexRules } from "../plan/rule-index.ts";
import { mayBeLeftOut } from "../plan/guards.ts";
import type { Rule, Term } from "../syntax/ast.ts";
import { compositeKey } from "../values/key.ts";
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
  /** Whether it looks for further solutions once it has one. */
  readonly goesOn: boolean;
  /** Whether it evaluates documents. */
  readonly evaluates: boolean;
}

/** A document or function with one value, on which its definitions have to agree. */
export function writeSingleValued(program: ProgramWriter, document: PlannedDocument, name: string): DocumentCode {
  const params = Array.from({ length: document.arity }, () => program.names.next("a"));
  const list = params.join(", ");
  const isUniform = haveOneValue(document.chains);
  const exitsEarly = isUniform || document.chains.some((chain) => isIndexed(program, chain));
  const chains = new Map(
    document.chains.map((chain) => [
      chain,
      rulesOf(chain.rule).map((definition) => writeDefinition(program, definition, document.arity, exitsEarly)),
    ]),
  );
  const definitions = [...chains.values()].flat();
  const conflict = program.names.next("x");
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
  const isGuarded = document.chains.length > 1 || definitions.some(({ goesOn }) => goesOn);
  if (isGuarded) lines.push("try {");
  lines.push(...index.write(indexRules(document.chains)));
  if (isGuarded) {
    const places = program.constants.nameOf(definitions.map(({ rule }) => rule.location));
    lines.push("}", `catch (error) { return R.firstValue(E, error, v, ${places}, () => ${conflict}(${list})); }`);
  }
  if (document.default !== undefined) {
    const fallback = writeDefinition(program, document.default, document.arity, true);
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
    `return R.conflictError(E, ${JSON.stringify(conflictText(document))}, ${chainsText(program, [...chains.values()])}, [${list}]);`,
    "}",
  ];
  return {
    text: [...definitions.map(({ text }) => text), ...index.functions, ...conflictLines, ...lines, whole].join("\n"),
    memos: memo === undefined ? [] : [memo],
    failed: [],
    tables: index.tables,
  };
}

interface Call {
  readonly call: string;
  /** Whether what is called may put off an error. */
  readonly evaluates: boolean;
}

function callOf({ name, evaluates, goesOn }: WrittenDefinition, list: string): Call {
  return { call: `${name}(${list})`, evaluates: evaluates || goesOn };
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

/** A constant as text, to tell it from others. */
function valueOf(term: Term | undefined): string | undefined {
  const constant = term === undefined ? true : constantOf(term);
  return constant === undefined ? undefined : compositeKey(constant);
}

/** Whether OPA may look at fewer than all definitions, of which it takes the first solution where their values are the same. */
function isIndexed(program: ProgramWriter, { rule }: Chain): boolean {
  return rulesOf(rule).some((definition) => mayBeLeftOut(definition, (ref) => program.isBaseDocument(ref)));
}

/** `exitsEarly`: a constant is returned once found. Else what documents in the loops around have to say is heard first. */
function writeDefinition(program: ProgramWriter, rule: Rule, arity: number, exitsEarly: boolean): WrittenDefinition {
  const name = program.names.next("d");
  const { head, body } = rule;
  const constant = head.value === undefined ? true : constantOf(head.value);
  const f = new FunctionWriter(program, occurrencesIn(rule, []), constant === undefined);
  const params = Array.from({ length: arity }, () => program.names.next("a"));
  f.js.open(`function ${name}(${params.join(", ")}) {`);
  const found = program.names.next("v");
  const start = f.js.reserve();
  program.observe(f, "enter", rule);
  let goesOn = false;
  for (const [i, arg] of head.args.entries()) writeMatch(f, arg, params[i] ?? "undefined");
  writeRuleBody(f, body, () => {
    program.observe(f, "exit", rule);
    const value = head.value === undefined ? "true" : writeValue(f, head.value);
    if (!f.scope.looping || (constant !== undefined && (exitsEarly || !f.evaluates))) {
      f.js.line(`return ${value};`);
      return;
    }
    goesOn = true;
    const place = program.constants.nameOf(rule.location);
    f.js.line(`if (${found} === undefined) ${found} = ${value};`);
    f.js.line(`else if (!${equalTest(found, value)}) throw new R.DefinitionConflict(${found}, ${value}, ${place});`);
  });
  f.js.closeTo(1);
  if (goesOn) {
    start(`let ${found}; try {`);
    f.js.line("}");
    f.js.line(`catch (error) { return R.putOff(E, error, ${found}); }`);
    f.js.line(`return ${found};`);
  }
  f.js.closeTo(0);
  return { name, text: f.js.text(), rule, goesOn, evaluates: f.evaluates };
}

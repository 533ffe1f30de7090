import { type Chain, isMultiValue, type PlannedDocument } from "../plan/documents.ts";
import type { Rule, Term } from "../syntax/ast.ts";
import { walkTerms } from "../syntax/walk.ts";
import { constantOf } from "./constants.ts";
import { writeBody } from "./bodies.ts";
import { FunctionWriter } from "./function-writer.ts";
import type { ProgramWriter } from "./program-writer.ts";
import { equalTest, writeMatch } from "./unify.ts";
import { writeValue } from "./values.ts";

/** The functions of one document, and the variables in which their results are kept. */
export interface DocumentCode {
  readonly text: string;
  readonly memos: readonly string[];
}

/** Writes the function called `name` that evaluates a document, and one for each of its definitions. */
export function writeDocumentFunctions(program: ProgramWriter, document: PlannedDocument, name: string): DocumentCode {
  switch (document.kind) {
    case "complete":
    case "function":
      return writeSingleValued(program, document, name);
    case "set":
    case "object":
      return writeCollected(program, document, name);
  }
}

/** How often each variable occurs in a rule. */
function occurrencesIn(rule: Rule, keys: readonly Term[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const count = (term: Term): true => {
    if (term.type === "var") counts.set(term.name, (counts.get(term.name) ?? 0) + 1);
    return true;
  };
  walkTerms(rule, count);
  for (const key of keys) walkTerms(key, count);
  return counts;
}

// Documents with one value

interface WrittenDefinition {
  readonly name: string;
  readonly text: string;
  readonly rule: Rule;
  /** Whether its solutions may have different values. */
  readonly mayConflict: boolean;
}

function writeSingleValued(program: ProgramWriter, document: PlannedDocument, name: string): DocumentCode {
  const params = Array.from({ length: document.arity }, () => program.names.next("a"));
  const chains = document.chains.map(({ rule }) =>
    rulesOf(rule).map((definition) => writeDefinition(program, definition, document.arity)),
  );
  const fallback =
    document.default === undefined ? undefined : writeDefinition(program, document.default, document.arity);
  const definitions = [...chains.flat(), ...(fallback === undefined ? [] : [fallback])];
  const memo = document.kind === "complete" ? program.names.next("m") : undefined;
  const list = params.join(", ");
  const lines = [`function ${name}(${list}) {`];
  if (memo !== undefined) lines.push(`if (${memo} !== U) return ${memo};`);
  lines.push("if (--E.fuel < 0) E.refill();", "let v;");
  const mayConflict = chains.some((chain) => chain.some((definition) => definition.mayConflict));
  const conflict = `R.conflictError(${JSON.stringify(conflictText(document))}, ${chainsText(program, chains)}, [${list}])`;
  if (mayConflict) lines.push("try {");
  const isUniform = haveOneValue(document.chains);
  for (const [i, chain] of chains.entries()) {
    if (i === 0) lines.push(chainText("v", chain, list));
    else if (isUniform) lines.push("if (v === undefined) {", chainText("v", chain, list), "}");
    else {
      lines.push(
        "{",
        "let x;",
        chainText("x", chain, list),
        `if (x !== undefined) { if (v === undefined) v = x; else if (!${equalTest("v", "x")}) throw ${conflict}; }`,
        "}",
      );
    }
  }
  if (mayConflict) {
    const places = chains.flat().map(({ rule }) => program.constants.nameOf(rule.location));
    lines.push("}", `catch (error) { throw R.isConflictOf(error, [${places.join(", ")}]) ? ${conflict} : error; }`);
  }
  if (fallback !== undefined) lines.push(`if (v === undefined) v = ${fallback.name}(${list});`);
  lines.push(memo === undefined ? "return v;" : `return (${memo} = v);`, "}");
  return {
    text: [...definitions.map(({ text }) => text), ...lines].join("\n"),
    memos: memo === undefined ? [] : [memo],
  };
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

function chainText(target: string, chain: readonly WrittenDefinition[], args: string): string {
  return chain
    .map(({ name }, i) => `${i === 0 ? "" : `if (${target} === undefined) `}${target} = ${name}(${args});`)
    .join("\n");
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
  if (constant === undefined) f.js.line(`let ${found};`);
  program.observe(f, "enter", rule);
  let mayConflict = false;
  for (const [i, arg] of head.args.entries()) writeMatch(f, arg, params[i] ?? "undefined");
  writeBody(f, body, () => {
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
  if (constant === undefined) f.js.line(`return ${found};`);
  f.js.closeTo(0);
  return { name, text: f.js.text(), rule, mayConflict };
}

// Documents that definitions add to

function writeCollected(program: ProgramWriter, document: PlannedDocument, name: string): DocumentCode {
  const memo = program.names.next("m");
  const definitions = document.chains.map((chain) => writeContribution(program, document, chain));
  const isSet = document.kind === "set";
  const build = isSet ? name : `${name}_object`;
  const lines = [
    `function ${build}() {`,
    `if (${memo} !== U) return ${memo};`,
    "if (--E.fuel < 0) E.refill();",
    `const out = ${isSet ? "R.newSet()" : "new R.RuleObject()"};`,
    ...definitions.map((definition) => `${definition.name}(out);`),
    `return (${memo} = out);`,
    "}",
  ];
  if (!isSet) {
    lines.push(`function ${name}() { return ${build}().whole(); }`);
    lines.push(`function ${name}_at(key) { return ${build}().at(key); }`);
  }
  return { text: [...definitions.map(({ text }) => text), ...lines].join("\n"), memos: [memo] };
}

function writeContribution(
  program: ProgramWriter,
  document: PlannedDocument,
  { rule, keys }: Chain,
): { readonly name: string; readonly text: string } {
  const name = program.names.next("d");
  const { head, body } = rule;
  const f = new FunctionWriter(program, occurrencesIn(rule, keys), false);
  f.js.open(`function ${name}(out) {`);
  program.observe(f, "enter", rule);
  writeBody(f, body, () => {
    program.observe(f, "exit", rule);
    const added = isMultiValue(rule) ? head.key : head.value;
    const value = added === undefined ? "true" : writeValue(f, added);
    if (document.kind === "set") {
      f.js.line(`out.add(${value});`);
      return;
    }
    const path = keys.map((key) => writeValue(f, key)).join(", ");
    const place = program.constants.nameOf(head.location);
    f.js.line(`out.${isMultiValue(rule) ? "add" : "put"}([${path}], ${value}, ${place});`);
  });
  f.js.closeTo(0);
  return { name, text: f.js.text() };
}

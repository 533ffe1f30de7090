import { constantOf } from "../plan/constants.ts";
import { type Chain, isMultiValue, type PlannedDocument } from "../plan/documents.ts";
import { indexRules } from "../plan/rule-index.ts";
import type { Term } from "../syntax/ast.ts";
import { writeRuleBody } from "./bodies.ts";
import { FunctionWriter } from "./function-writer.ts";
import { IndexWriter } from "./index-writer.ts";
import { occurrencesIn } from "./occurrences.ts";
import type { ProgramWriter } from "./program-writer.ts";
import type { DocumentCode } from "./rules.ts";
import { writeMatch } from "./unify.ts";
import { writeValue } from "./values.ts";

/** A document that its definitions add to: a set, or an object at paths with variables. */
export function writeCollected(program: ProgramWriter, document: PlannedDocument, name: string): DocumentCode {
  const memo = program.names.next("m");
  const definitions = new Map(document.chains.map((chain) => [chain, writeContribution(program, document, chain)]));
  const isSet = document.kind === "set";
  const build = isSet ? name : `${name}_object`;
  const index = new IndexWriter(program, ["out"], {
    attempt: (chain) => [`${definitions.get(chain)?.name}(out);`],
    group: (body) => body,
    enter: (group) => [`${group}(out);`],
    single: (chain) => definitions.get(chain)?.name,
  });
  const lines = [
    `function ${build}() {`,
    `if (${memo} !== U) return ${memo};`,
    "if (--E.fuel < 0) E.refill();",
    `const out = ${isSet ? "R.newSet()" : "new R.RuleObject()"};`,
    ...index.write(indexRules(document.chains)),
    `return (${memo} = out);`,
    "}",
  ];
  if (!isSet) {
    lines.push(`function ${name}() { return ${build}().whole(); }`);
    lines.push(`function ${name}_at(key) { return ${build}().at(key); }`);
  }
  return {
    text: [...[...definitions.values()].map(({ text }) => text), ...index.functions, ...lines].join("\n"),
    memos: [memo],
    tables: index.tables,
  };
}

/**
 * The function called `name` that looks up one key of such a document. It evaluates the whole, once, and falls back on
 * evaluating the definitions for that key alone where the whole cannot be had: OPA never evaluates more than the key,
 * so that what fails under other keys is not seen.
 */
export function writeKeyed(program: ProgramWriter, document: PlannedDocument, name: string): DocumentCode {
  const failed = program.names.next("m");
  const whole = program.documentFunction(document);
  const isSet = document.kind === "set";
  const definitions = document.chains.map((chain) => writeContribution(program, document, chain, "key"));
  const lines = [
    `function ${name}(key) {`,
    `if (${failed} === U) {`,
    "const before = E.failure;",
    `try { const found = ${isSet ? `R.member(${whole}(), key)` : `${whole}_at(key)`}; if (E.failure === before) return found; }`,
    "catch (error) { if (!(error instanceof R.EvaluationError)) throw error; }",
    "E.failure = before;",
    `${failed} = true;`,
    "}",
    `const out = ${isSet ? "R.newSet()" : "new R.RuleObject()"};`,
    ...definitions.map((definition) => `${definition.name}(out, key);`),
    `return ${isSet ? "R.member(out, key)" : "out.at(key)"};`,
    "}",
  ];
  return { text: [...definitions.map(({ text }) => text), ...lines].join("\n"), memos: [failed], tables: [] };
}

/** A term that a key can be matched with before the body is evaluated. */
function isKeyPattern(term: Term): boolean {
  switch (term.type) {
    case "var":
      return true;
    case "array":
      return term.items.every(isKeyPattern);
    default:
      return constantOf(term) !== undefined;
  }
}

function writeContribution(
  program: ProgramWriter,
  document: PlannedDocument,
  { rule, keys }: Chain,
  wanted?: string,
): { readonly name: string; readonly text: string } {
  const name = program.names.next("d");
  const { head, body } = rule;
  const f = new FunctionWriter(program, occurrencesIn(rule, keys), false);
  f.js.open(`function ${name}(out${wanted === undefined ? "" : `, ${wanted}`}) {`);
  program.observe(f, "enter", rule);
  const first = document.kind === "set" ? head.key : keys[0];
  if (wanted !== undefined && first !== undefined && isKeyPattern(first)) writeMatch(f, first, wanted);
  writeRuleBody(f, body, () => {
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

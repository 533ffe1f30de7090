import { type Chain, isMultiValue, type PlannedDocument } from "../plan/documents.ts";
import { guardsFirst } from "../plan/guards.ts";
import { indexRules } from "../plan/rule-index.ts";
import { writeBody } from "./bodies.ts";
import { FunctionWriter } from "./function-writer.ts";
import { IndexWriter } from "./index-writer.ts";
import { occurrencesIn } from "./occurrences.ts";
import type { ProgramWriter } from "./program-writer.ts";
import type { DocumentCode } from "./rules.ts";
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
  writeBody(
    f,
    guardsFirst(body, (ref) => program.isBaseDocument(ref)),
    () => {
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
    },
  );
  f.js.closeTo(0);
  return { name, text: f.js.text() };
}

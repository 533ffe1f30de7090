import { constantOf } from "../plan/constants.ts";
import { type Chain, isMultiValue, type PlannedDocument } from "../plan/documents.ts";
import { indexRules } from "../plan/rule-index.ts";
import type { Term } from "../syntax/ast.ts";
import { writeRuleBody } from "./bodies.ts";
import { FunctionWriter, raiseUnless } from "./function-writer.ts";
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
  const index = new IndexWriter(program, ["out"], {
    attempt: (chain) => attempt(definitions.get(chain), "out"),
    group: (body) => ["const q = E.pending;", ...body],
    enter: (group) => [`${group}(out);`, raiseUnless("q")],
    single: (chain) => definitions.get(chain)?.name,
  });
  const lines = [
    `function ${name}() {`,
    `if (${memo} !== U) return ${memo};`,
    "if (--E.fuel < 0) E.refill();",
    "const q = E.pending;",
    `const out = ${isSet ? "R.newSet()" : "new R.RuleObject()"};`,
    ...index.write(indexRules(document.chains)),
    `return (${memo} = ${isSet ? "out" : "out.build()"});`,
    "}",
  ];
  return {
    text: [...[...definitions.values()].map(({ text }) => text), ...index.functions, ...lines].join("\n"),
    memos: [memo],
    failed: [],
    tables: index.tables,
  };
}

/**
 * The function called `name` that evaluates such a document for those who look up keys at some positions of its paths,
 * its parameters. It evaluates the whole, once, and falls back on what lies at those keys alone where the whole cannot be
 * had: OPA never evaluates more than that, so that what fails under other keys is not seen.
 */
export function writeKeyed(
  program: ProgramWriter,
  document: PlannedDocument,
  positions: readonly number[],
  name: string,
): DocumentCode {
  const failed = program.names.next("m");
  const whole = program.documentFunction(document);
  const isSet = document.kind === "set";
  const wanted = new Map(positions.map((position) => [position, program.names.next("k")]));
  const list = [...wanted.values()].join(", ");
  const definitions = document.chains.map((chain) => writeContribution(program, document, chain, wanted));
  const lines = [
    `function ${name}(${list}) {`,
    "const q = E.pending;",
    `if (${failed} === U) {`,
    "const before = E.failure;",
    `try { const found = ${whole}(); if (E.failure === before) return found; }`,
    "catch (error) { if (!(error instanceof R.EvaluationError)) throw error; }",
    // What failed is asked again for the keys, so none of it may be known.
    "E.failure = before;",
    "E.pending = q;",
    "forget();",
    `${failed} = true;`,
    "}",
    `const out = ${isSet ? "R.newSet()" : wantedObject(wanted)};`,
    ...definitions.flatMap((definition) => attempt(definition, `out, ${list}`)),
    `return ${isSet ? "out" : "out.build()"};`,
    "}",
  ];
  return {
    text: [...definitions.map(({ text }) => text), ...lines].join("\n"),
    memos: [],
    failed: [failed],
    tables: [],
  };
}

/** The text that makes an object in which only what lies at some keys is put. */
function wantedObject(wanted: ReadonlyMap<number, string>): string {
  return `new R.RuleObject([${[...wanted].map(([position, key]) => `[${position}, ${key}]`).join(", ")}])`;
}

interface Contribution {
  readonly name: string;
  readonly text: string;
  /** Whether it evaluates documents. */
  readonly evaluates: boolean;
}

/** Statements that let a definition add to what there is; nothing goes on with what it has found. */
function attempt(contribution: Contribution | undefined, args: string): readonly string[] {
  const call = `${contribution?.name}(${args});`;
  return contribution?.evaluates === true ? [call, raiseUnless("q")] : [call];
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
  wanted: ReadonlyMap<number, string> = new Map(),
): Contribution {
  const name = program.names.next("d");
  const { head, body } = rule;
  const f = new FunctionWriter(program, occurrencesIn(rule, keys), false);
  f.js.open(`function ${name}(${["out", ...wanted.values()].join(", ")}) {`);
  program.observe(f, "enter", rule);
  for (const [position, key] of wanted) {
    const pattern = document.kind === "set" ? head.key : keys[position];
    if (pattern !== undefined && isKeyPattern(pattern)) writeMatch(f, pattern, key);
  }
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
  return { name, text: f.js.text(), evaluates: f.evaluates };
}

import type { Chain } from "../plan/documents.ts";
import type { IndexLookup, IndexSubject, RuleIndex } from "../plan/rule-index.ts";
import type { Value } from "../values/value.ts";
import { FunctionWriter } from "./function-writer.ts";
import type { ProgramWriter } from "./program-writer.ts";
import { writeReference } from "./references.ts";

/** How the definitions of a kind of document are tried. */
export interface Attempts {
  /** Statements that try a definition. */
  readonly attempt: (chain: Chain) => readonly string[];
  /** The body of a function that tries several, out of the statements that do. */
  readonly group: (body: readonly string[]) => readonly string[];
  /** Statements that call such a function, by its name. */
  readonly enter: (group: string) => readonly string[];
  /** The function of a definition that can be called as a group of one. */
  readonly single: (chain: Chain) => string | undefined;
}

/** Writes what tries the definitions of a document that can hold, found by tables. */
export class IndexWriter {
  /** Functions that the statements call. */
  readonly functions: string[] = [];
  /** Tables that the statements read. */
  readonly tables: string[] = [];
  readonly #program: ProgramWriter;
  readonly #params: readonly string[];
  readonly #attempts: Attempts;

  constructor(program: ProgramWriter, params: readonly string[], attempts: Attempts) {
    this.#program = program;
    this.#params = params;
    this.#attempts = attempts;
  }

  write({ always, lookups }: RuleIndex): readonly string[] {
    return [
      ...always.flatMap((chain) => this.#attempts.attempt(chain)),
      ...lookups.flatMap((lookup) => this.#lookup(lookup)),
    ];
  }

  #lookup({ subject, cases }: IndexLookup): readonly string[] {
    const key = this.#program.names.next("k");
    const table = this.#program.names.next("t");
    const group = this.#program.names.next("g");
    const entries = [...cases].map(([value, index]) => this.#entry(value, index));
    this.tables.push(`const ${table} = new Map([${entries.join(", ")}]);`);
    return [
      ...this.#subject(subject, key),
      `const ${group} = ${table}.get(R.indexKey(${key}));`,
      `if (${group} !== undefined) {`,
      ...this.#attempts.enter(group),
      "}",
    ];
  }

  #entry(value: Value, index: RuleIndex): string {
    const [only, second] = index.always;
    const single =
      only !== undefined && second === undefined && index.lookups.length === 0
        ? this.#attempts.single(only)
        : undefined;
    return `[${this.#program.constants.valueExpression(value)}, ${single ?? this.#group(index)}]`;
  }

  #group(index: RuleIndex): string {
    const name = this.#program.names.next("g");
    const body = this.#attempts.group(this.write(index));
    this.functions.push(`function ${name}(${this.#params.join(", ")}) {`, ...body, "}");
    return name;
  }

  /** Statements after which a variable holds a subject, or is undefined. */
  #subject(subject: IndexSubject, key: string): readonly string[] {
    if ("operand" in subject) return [`const ${key} = ${this.#params[subject.operand] ?? "undefined"};`];
    const f = new FunctionWriter(this.#program, new Map(), false);
    f.js.line(`let ${key};`);
    f.block(false, () => f.js.line(`${key} = ${writeReference(f, subject.input)};`));
    return [f.js.text()];
  }
}

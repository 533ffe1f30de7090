import type { Term } from "../syntax/ast.ts";
import type { ProgramWriter } from "./program-writer.ts";
import type { Round, Scope } from "./scope.ts";
import { JsWriter } from "./writer.ts";

/** Counts how often each variable occurs in the code of one function, which tells what nobody reads. */
export type Occurrences = ReadonlyMap<string, number>;

/** Writes one JavaScript function. What it writes next depends on the scope, which follows what has been written. */
export class FunctionWriter {
  readonly program: ProgramWriter;
  readonly js: JsWriter = new JsWriter();
  readonly occurrences: Occurrences;
  /** Whether documents are evaluated in what has been written. */
  evaluates = false;
  /** Variables that have one value for the whole run of the function. */
  readonly #invariant = new Set<string>();
  #blocks = 0;
  #scope: Scope;
  /** What has been entered into the maps of scopes, in order, so that the end of a scope can take it back. */
  readonly #trail: { readonly map: Map<string, string>; readonly key: string; readonly before: string | undefined }[] =
    [];

  constructor(program: ProgramWriter, occurrences: Occurrences, ordered: boolean) {
    this.program = program;
    this.occurrences = occurrences;
    this.#scope = {
      locals: new Map<string, string>(),
      known: new Map<string, string>(),
      fail: "return undefined;",
      looping: false,
      repeated: false,
      modified: false,
      ordered,
      rounds: [],
    };
  }

  get scope(): Scope {
    return this.#scope;
  }

  /** A name for a JavaScript variable that no other has. */
  fresh(prefix: string): string {
    return this.program.names.next(prefix);
  }

  /** Keeps the value of an expression in a new variable. */
  keep(expression: string, prefix = "v"): string {
    const name = this.fresh(prefix);
    this.js.line(`const ${name} = ${expression};`);
    return name;
  }

  /** Gives up unless a condition holds. */
  require(condition: string): void {
    this.js.line(`if (!(${condition})) ${this.#scope.fail}`);
  }

  /** Gives up if a condition holds. */
  failIf(condition: string): void {
    this.js.line(`if (${condition}) ${this.#scope.fail}`);
  }

  /** The JavaScript variable that holds a variable's value; undefined while it has none. */
  local(name: string): string | undefined {
    return this.#scope.locals.get(name);
  }

  /** Whether a variable has a value that stays what it is until the function ends. */
  isInvariant(name: string): boolean {
    return this.#invariant.has(name);
  }

  bind(name: string, js: string): void {
    if (this.#blocks === 0 && !this.#scope.repeated) this.#invariant.add(name);
    this.#set(this.#scope.locals, name, js);
  }

  remember(path: string, js: string): void {
    this.#set(this.#scope.known, path, js);
  }

  #set(map: Map<string, string>, key: string, value: string): void {
    this.#trail.push({ map, key, before: map.get(key) });
    map.set(key, value);
  }

  /** Takes back all but the first entries of the trail. */
  #undoTo(length: number): void {
    for (const { map, key, before } of this.#trail.splice(length).toReversed()) {
      if (before === undefined) map.delete(key);
      else map.set(key, before);
    }
  }

  /** Whether nothing but this occurrence of a variable would read its value. */
  isUnread(name: string): boolean {
    return (this.occurrences.get(name) ?? 0) <= 1;
  }

  /** Opens a loop that lasts until the block around it ends. `evaluating` is called if documents are evaluated in its rounds. */
  loop(header: string, evaluating: () => void = () => undefined): void {
    const label = this.fresh("L");
    const before = this.js.reserve();
    this.js.open(`${label}: ${header} {`);
    const start = this.js.reserve();
    this.js.line("if (--E.fuel < 0) E.refill();");
    const round: Round = {
      evaluates: false,
      prepare: () => {
        const pending = this.fresh("q");
        before(`const ${pending} = E.pending;`);
        start(raiseUnless(pending));
        evaluating();
      },
    };
    const rounds = [...this.#scope.rounds, round];
    this.#scope = { ...this.#scope, fail: `continue ${label};`, looping: true, repeated: true, rounds };
  }

  /** Says that a document is evaluated here, which may put off an error. */
  noteEvaluation(): void {
    this.evaluates = true;
    for (const round of this.#scope.rounds) {
      if (round.evaluates) continue;
      round.evaluates = true;
      round.prepare();
    }
  }

  /**
   * Writes a block that is left where something in it fails. What it binds is gone after it. `write` gets the statement
   * that leaves the block.
   */
  block(ordered: boolean, write: (leave: string) => void): void {
    const label = this.fresh("B");
    const leave = `break ${label};`;
    const before = this.js.reserve();
    const pending = this.fresh("q");
    const round: Round = { evaluates: false, prepare: () => before(`const ${pending} = E.pending;`) };
    this.nested({ fail: leave, looping: false, ordered, rounds: [...this.#scope.rounds, round] }, () => {
      this.js.open(`${label}: {`);
      write(leave);
    });
    if (round.evaluates) this.js.line(raiseUnless(pending));
  }

  /** Runs `write` in a scope of its own, and closes what it opened. */
  nested(change: Partial<Scope>, write: () => void): void {
    const outer = this.#scope;
    const depth = this.js.depth;
    const entered = this.#trail.length;
    this.#scope = { ...outer, ...change };
    this.#blocks += 1;
    write();
    this.#blocks -= 1;
    this.js.closeTo(depth);
    this.#undoTo(entered);
    this.#scope = outer;
  }

  /** Whether a term can be evaluated here: what has no value in it yet is at most a key to walk over. */
  isEvaluable(term: Term): boolean {
    switch (term.type) {
      case "var":
        return this.local(term.name) !== undefined;
      case "array":
      case "set":
        return term.items.every((item) => this.isEvaluable(item));
      case "object":
        return term.entries.every(({ key, value }) => this.isEvaluable(key) && this.isEvaluable(value));
      default:
        return true;
    }
  }
}

/** Ends the evaluation with what has been put off, unless that was so before. */
export function raiseUnless(before: string): string {
  return `if (E.pending !== ${before}) throw E.pending;`;
}

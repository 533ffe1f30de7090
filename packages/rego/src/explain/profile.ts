import type { ObservedEvent, Observer } from "../runtime/observer.ts";
import type { Expr, Rule } from "../syntax/ast.ts";
import type { Location } from "../syntax/location.ts";

/** What the expressions of one line cost. */
export interface ProfileEntry {
  readonly location: Location;
  readonly nanoseconds: bigint;
  /** How often one was tried. */
  readonly evaluations: number;
  /** How often one had another solution after its first. */
  readonly redos: number;
  /** How many expressions the line became. */
  readonly expressions: number;
}

interface Line {
  readonly location: Location;
  nanoseconds: bigint;
  evaluations: number;
  passes: number;
  readonly expressions: Set<Expr>;
}

/** Measures, line by line, where the time of an evaluation goes: up to the next event it is that of the last expression. */
export class Profile implements Observer {
  readonly #clock: () => bigint;
  readonly #lines = new Map<string, Line>();
  #current: Line | undefined;
  #since = 0n;

  /** `clock` gives nanoseconds that only grow. */
  constructor(clock: () => bigint) {
    this.#clock = clock;
  }

  observe(event: ObservedEvent, node: Expr | Rule): void {
    const now = this.#clock();
    if (this.#current !== undefined) this.#current.nanoseconds += now - this.#since;
    if (node.type !== "rule") {
      const line = this.#lineOf(node.location);
      line.expressions.add(node);
      if (event === "eval") line.evaluations += 1;
      else line.passes += 1;
      this.#current = line;
    }
    this.#since = this.#clock();
  }

  #lineOf(location: Location): Line {
    const key = `${location.source.file}:${location.row}`;
    let line = this.#lines.get(key);
    if (line === undefined) {
      line = { location, nanoseconds: 0n, evaluations: 0, passes: 0, expressions: new Set() };
      this.#lines.set(key, line);
    }
    return line;
  }

  /** The lines that cost most, first. */
  report(limit: number): readonly ProfileEntry[] {
    if (this.#current !== undefined) this.#current.nanoseconds += this.#clock() - this.#since;
    this.#current = undefined;
    return [...this.#lines.values()]
      .map(({ location, nanoseconds, evaluations, passes, expressions }) => ({
        location,
        nanoseconds,
        evaluations,
        redos: Math.max(0, passes - evaluations),
        expressions: expressions.size,
      }))
      .sort(compareEntries)
      .slice(0, limit);
  }
}

function compareEntries(a: ProfileEntry, b: ProfileEntry): number {
  if (a.nanoseconds !== b.nanoseconds) return a.nanoseconds > b.nanoseconds ? -1 : 1;
  if (a.evaluations !== b.evaluations) return b.evaluations - a.evaluations;
  const [x, y] = [a.location, b.location];
  if (x.source.file !== y.source.file) return x.source.file < y.source.file ? -1 : 1;
  return x.row - y.row;
}

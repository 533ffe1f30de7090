/** How a variable came into a scope. */
export type Occurrence = "argument" | "seen" | "assigned" | "declared";

interface Entry {
  /** What the variable is called after the rewriting; the same where it was only seen. */
  name: string;
  occurrence: Occurrence;
}

interface Scope {
  readonly entries: Map<string, Entry>;
  readonly counts: Map<string, number>;
}

/** The variables of a rule by scope, while their declarations are rewritten. */
export class Scopes {
  /** What each new name was written as. */
  readonly written: Map<string, string>;
  readonly #scopes: Scope[];

  constructor(scopes: Scope[] = [newScope()], written: Map<string, string> = new Map<string, string>()) {
    this.#scopes = scopes;
    this.written = written;
  }

  /** A copy to which another link of an else chain adds its own. */
  copy(): Scopes {
    return new Scopes(
      this.#scopes.map(({ entries, counts }) => ({
        entries: new Map([...entries].map(([name, entry]) => [name, { ...entry }])),
        counts: new Map(counts),
      })),
      new Map(this.written),
    );
  }

  push(): void {
    this.#scopes.push(newScope());
  }

  pop(): void {
    this.#scopes.pop();
  }

  insert(name: string, renamed: string, occurrence: Occurrence): void {
    const { entries, counts } = this.#top();
    entries.set(name, { name: renamed, occurrence });
    counts.set(name, 1);
    if (name !== renamed) this.written.set(renamed, name);
  }

  /** What a variable is called in the innermost scope that knows it. */
  renamed(name: string): string | undefined {
    return this.#innermost(name)?.name;
  }

  /** How a variable came into the current scope. */
  occurrence(name: string): Occurrence | undefined {
    return this.#top().entries.get(name)?.occurrence;
  }

  /** How a variable came into the innermost scope that knows it. */
  anyOccurrence(name: string): Occurrence | undefined {
    return this.#innermost(name)?.occurrence;
  }

  /** Counts one more use of a variable. */
  use(name: string): void {
    for (let index = this.#scopes.length - 1; index >= 0; index -= 1) {
      const counts = this.#scopes[index]?.counts;
      const count = counts?.get(name);
      if (counts === undefined || count === undefined) continue;
      counts.set(name, count + 1);
      return;
    }
    this.#top().counts.set(name, 1);
  }

  uses(name: string): number {
    for (let index = this.#scopes.length - 1; index >= 0; index -= 1) {
      const count = this.#scopes[index]?.counts.get(name);
      if (count !== undefined) return count;
    }
    return 0;
  }

  /** The variables of the current scope: as written, and what each has become. */
  *current(): Generator<{ readonly written: string; readonly name: string; readonly occurrence: Occurrence }> {
    for (const [written, { name, occurrence }] of this.#top().entries) yield { written, name, occurrence };
  }

  #innermost(name: string): Entry | undefined {
    for (let index = this.#scopes.length - 1; index >= 0; index -= 1) {
      const entry = this.#scopes[index]?.entries.get(name);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  #top(): Scope {
    const top = this.#scopes.at(-1);
    if (top !== undefined) return top;
    const scope = newScope();
    this.#scopes.push(scope);
    return scope;
  }
}

function newScope(): Scope {
  return { entries: new Map<string, Entry>(), counts: new Map<string, number>() };
}

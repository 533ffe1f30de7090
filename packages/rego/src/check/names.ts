import type { Module, Term } from "../syntax/ast.ts";
import type { Location } from "../syntax/location.ts";
import { walkTerms } from "../syntax/walk.ts";
import { varTerm } from "./nodes.ts";

const PREFIX = "__local";

/** Whether a variable is one that a stage made. */
export function isGenerated(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Makes names for variables that no module uses. */
export class NameSource {
  /** The terms that made variables stand for, which messages show in their place. */
  readonly subjects: Map<string, Term> = new Map<string, Term>();
  readonly #prefix: string;
  readonly #taken: ReadonlySet<string>;
  #next = 0;

  constructor(prefix: "" | "q", taken: ReadonlySet<string>) {
    this.#prefix = `${PREFIX}${prefix}`;
    this.#taken = taken;
  }

  next(): string {
    for (;;) {
      const name = `${this.#prefix}${this.#next}__`;
      this.#next += 1;
      if (!this.#taken.has(name)) return name;
    }
  }

  nextVar(location: Location): Term {
    return varTerm(this.next(), location);
  }
}

/** The names in modules that look like made ones. */
export function takenNames(modules: readonly Module[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const module of modules) {
    if (!module.location.source.text.includes(PREFIX)) continue;
    walkTerms(module, (term) => {
      if (term.type === "var") names.add(term.name);
      return true;
    });
    for (const { head } of module.rules)
      for (const part of head.ref.path) if (part.type === "var") names.add(part.name);
  }
  return names;
}

import type { CallTerm, RefTerm, Term } from "../../syntax/ast.ts";
import { compareTerms } from "../../syntax/compare-terms.ts";
import { type Names, PATTERN, SAFETY, isSubset, varsOfTerm } from "../vars.ts";

/** Whether what a reference starts from is known once some variables are. */
export function isRefSafe({ head }: RefTerm, safe: Names): boolean {
  return head.type === "var" ? safe.has(head.name) : isSubset(varsOfTerm(head, SAFETY), safe);
}

function isCallSafe(call: CallTerm, safe: Names): boolean {
  return isSubset(varsOfTerm(call, SAFETY), safe);
}

/** The variables that `a = b` gives values, where those of a set have theirs. */
export function unifiedVars(safe: Names, a: Term, b: Term): ReadonlySet<string> {
  const unifier = new Unifier(safe);
  unifier.unify(a, b);
  return unifier.unified;
}

class Unifier {
  readonly unified: Set<string> = new Set<string>();
  readonly #safe: Names;
  /** Variables by what they wait for. */
  readonly #unknown = new Map<string, Set<string>>();

  constructor(safe: Names) {
    this.#safe = safe;
  }

  unify(a: Term, b: Term): void {
    switch (a.type) {
      case "var":
        this.#unifyVar(a.name, b);
        return;
      case "ref":
        if (isRefSafe(a, this.#safe)) this.#bindFrom(b);
        return;
      case "call":
        if (isCallSafe(a, this.#safe)) this.#bindFrom(b);
        return;
      case "arrayComprehension":
        if (b.type === "var" || b.type === "array") this.#bindFrom(b);
        return;
      case "objectComprehension":
        if (b.type === "var" || b.type === "object") this.#bindFrom(b);
        return;
      case "setComprehension":
        if (b.type === "var") this.#bindFrom(b);
        return;
      case "array":
        if (b.type === "array") {
          if (a.items.length !== b.items.length) return;
          for (const [index, item] of a.items.entries()) {
            const other = b.items[index];
            if (other !== undefined) this.unify(item, other);
          }
        } else if (
          b.type === "arrayComprehension" ||
          b.type === "objectComprehension" ||
          b.type === "setComprehension"
        ) {
          this.#markAll(a);
        } else {
          this.#unifyPattern(a, b);
        }
        return;
      case "object":
        if (b.type === "object") {
          if (a.entries.length !== b.entries.length) return;
          for (const { key, value } of a.entries) {
            const other = b.entries.find((entry) => compareTerms(entry.key, key) === 0);
            if (other !== undefined) this.unify(value, other.value);
          }
        } else {
          this.#unifyPattern(a, b);
        }
        return;
      default:
        if (b.type === "var") this.#mark(b.name);
    }
  }

  #unifyVar(a: string, b: Term): void {
    switch (b.type) {
      case "var":
        if (this.#isSafe(b.name)) this.#mark(a);
        else if (this.#isSafe(a)) this.#mark(b.name);
        else {
          this.#await(a, b.name);
          this.#await(b.name, a);
        }
        return;
      case "array":
      case "object":
        this.#unifyAll(a, b);
        return;
      case "ref":
        if (isRefSafe(b, this.#safe)) this.#mark(a);
        return;
      case "call":
        if (isCallSafe(b, this.#safe)) this.#mark(a);
        return;
      default:
        this.#mark(a);
    }
  }

  /** An array or object with variables in it against something that is no collection of its kind. */
  #unifyPattern(pattern: Term, b: Term): void {
    if (b.type === "var") this.#unifyAll(b.name, pattern);
    else if (b.type === "ref" ? isRefSafe(b, this.#safe) : b.type === "call" && isCallSafe(b, this.#safe)) {
      this.#markAll(pattern);
    }
  }

  /** What a known value gives a variable or the variables of a pattern. */
  #bindFrom(b: Term): void {
    if (b.type === "var") this.#mark(b.name);
    else if (b.type === "array" || b.type === "object") this.#markAll(b);
  }

  #unifyAll(a: string, b: Term): void {
    if (this.#isSafe(a)) {
      this.#markAll(b);
      return;
    }
    const unsafe = [...varsOfTerm(b, PATTERN)].filter((name) => !this.#isSafe(name));
    if (unsafe.length === 0) this.#mark(a);
    for (const name of unsafe) this.#await(a, name);
  }

  #markAll(term: Term): void {
    for (const name of varsOfTerm(term, PATTERN)) this.#mark(name);
  }

  #mark(name: string): void {
    this.unified.add(name);
    const dependencies = this.#unknown.get(name);
    this.#unknown.delete(name);
    if (dependencies !== undefined) for (const other of dependencies) this.#mark(other);
    for (const [other, waitsFor] of this.#unknown) {
      if (waitsFor.delete(name) && waitsFor.size === 0) this.#mark(other);
    }
  }

  #isSafe(name: string): boolean {
    return this.#safe.has(name) || this.unified.has(name);
  }

  #await(name: string, other: string): void {
    const waitsFor = this.#unknown.get(name);
    if (waitsFor === undefined) this.#unknown.set(name, new Set([other]));
    else waitsFor.add(other);
  }
}

import { compositeKey, type ScalarKey, scalarKey } from "./key.ts";
import { sortValues } from "./order.ts";
import type { Value } from "./value.ts";

/** A set of values by equality. It may grow while one part of an evaluation owns it; after that it is as a constant. */
export class RegoSet {
  readonly #scalars = new Map<ScalarKey, Value>();
  #composites: Map<string, Value> | undefined;
  #sorted: readonly Value[] | undefined;

  static of(...values: readonly Value[]): RegoSet {
    return RegoSet.from(values);
  }

  static from(values: Iterable<Value>): RegoSet {
    const set = new RegoSet();
    for (const value of values) set.add(value);
    return set;
  }

  get size(): number {
    return this.#scalars.size + (this.#composites?.size ?? 0);
  }

  /** Adds a value; the first of equal values stays. Returns this set. */
  add(value: Value): this {
    if (typeof value === "string") {
      if (this.#scalars.has(value)) return this;
      this.#scalars.set(value, value);
    } else {
      const key = scalarKey(value);
      if (key === undefined) {
        const composites = (this.#composites ??= new Map<string, Value>());
        const composite = compositeKey(value);
        if (composites.has(composite)) return this;
        composites.set(composite, value);
      } else {
        if (this.#scalars.has(key)) return this;
        this.#scalars.set(key, value);
      }
    }
    this.#sorted = undefined;
    return this;
  }

  has(value: Value): boolean {
    if (typeof value === "string") return this.#scalars.has(value);
    const key = scalarKey(value);
    if (key !== undefined) return this.#scalars.has(key);
    return this.#composites !== undefined && this.#composites.has(compositeKey(value));
  }

  /** The members in no particular order; for what does not depend on one. */
  *values(): IterableIterator<Value> {
    yield* this.#scalars.values();
    if (this.#composites !== undefined) yield* this.#composites.values();
  }

  /** The members in any order, as an array. */
  unordered(): readonly Value[] {
    return this.#sorted ?? [...this.values()];
  }

  /** The members in OPA's order. */
  sorted(): readonly Value[] {
    if (this.#sorted === undefined) {
      const members = [...this.#scalars.values()];
      if (this.#composites !== undefined) members.push(...this.#composites.values());
      this.#sorted = sortValues(members);
    }
    return this.#sorted;
  }

  union(other: RegoSet): RegoSet {
    const result = this.#copy();
    for (const value of other.#scalars.values()) result.add(value);
    if (other.#composites !== undefined) for (const value of other.#composites.values()) result.add(value);
    return result;
  }

  intersection(other: RegoSet): RegoSet {
    const [small, large] = this.size <= other.size ? [this, other] : [other, this];
    return small.#filtered(
      (scalar) => large.#scalars.has(scalar),
      (key) => large.#composites?.has(key) === true,
    );
  }

  difference(other: RegoSet): RegoSet {
    return this.#filtered(
      (scalar) => !other.#scalars.has(scalar),
      (key) => other.#composites?.has(key) !== true,
    );
  }

  /** Whether every member is in `other`. */
  isSubsetOf(other: RegoSet): boolean {
    if (this.size > other.size) return false;
    for (const key of this.#scalars.keys()) if (!other.#scalars.has(key)) return false;
    if (this.#composites !== undefined) {
      for (const key of this.#composites.keys()) if (other.#composites?.has(key) !== true) return false;
    }
    return true;
  }

  #copy(): RegoSet {
    return this.#filtered(
      () => true,
      () => true,
    );
  }

  #filtered(keepScalar: (key: ScalarKey) => boolean, keepComposite: (key: string) => boolean): RegoSet {
    const result = new RegoSet();
    for (const [key, value] of this.#scalars) if (keepScalar(key)) result.#scalars.set(key, value);
    if (this.#composites !== undefined) {
      for (const [key, value] of this.#composites) {
        if (keepComposite(key)) (result.#composites ??= new Map<string, Value>()).set(key, value);
      }
    }
    return result;
  }
}

/** Shared by all who need no other; never added to. */
export const emptySet: RegoSet = new RegoSet();

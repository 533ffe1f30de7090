import { compositeKey, type ScalarKey, scalarKey } from "./key.ts";
import { equal, sortValues } from "./order.ts";
import type { Value } from "./value.ts";

/** Up to this many composite members are told apart by comparing them, which is quicker than making keys of them. */
const FEW = 8;

const NO_SCALARS: ReadonlyMap<ScalarKey, Value> = new Map();
const NO_MEMBERS: readonly Value[] = [];

/** A set of values by equality. It may grow while one part of an evaluation owns it; after that it is as a constant. */
export class RegoSet {
  /** Shared while there are none: most sets that rules make stay empty. */
  #scalars: ReadonlyMap<ScalarKey, Value> = NO_SCALARS;
  #ownScalars: Map<ScalarKey, Value> | undefined;
  /** Composite members: a few as a list, more by key. */
  #few: Value[] | undefined;
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
    return this.#scalars.size + (this.#few?.length ?? 0) + (this.#composites?.size ?? 0);
  }

  /** Adds a value; the first of equal values stays. Returns this set. */
  add(value: Value): this {
    const key = typeof value === "string" ? value : scalarKey(value);
    if (key === undefined) return this.#addComposite(value);
    if (!this.#scalars.has(key)) this.#put(key, value);
    return this;
  }

  #put(key: ScalarKey, value: Value): void {
    this.#ownScalars ??= new Map();
    this.#scalars = this.#ownScalars.set(key, value);
    this.#sorted = undefined;
  }

  #addComposite(value: Value): this {
    if (this.#composites === undefined) {
      const few = (this.#few ??= []);
      for (const member of few) if (equal(member, value)) return this;
      if (few.length < FEW) {
        few.push(value);
        this.#sorted = undefined;
        return this;
      }
    }
    const composites = this.#byKey();
    const key = compositeKey(value);
    if (composites.has(key)) return this;
    composites.set(key, value);
    this.#sorted = undefined;
    return this;
  }

  /** The composite members by key, from now on. */
  #byKey(): Map<string, Value> {
    if (this.#composites === undefined) {
      this.#composites = new Map((this.#few ?? []).map((member) => [compositeKey(member), member]));
      this.#few = undefined;
    }
    return this.#composites;
  }

  has(value: Value): boolean {
    const key = typeof value === "string" ? value : scalarKey(value);
    if (key !== undefined) return this.#scalars.has(key);
    if (this.#few !== undefined) return this.#few.some((member) => equal(member, value));
    return this.#composites !== undefined && this.#composites.has(compositeKey(value));
  }

  /** The members in no particular order; for what does not depend on one. */
  *values(): IterableIterator<Value> {
    yield* this.#scalars.values();
    if (this.#few !== undefined) yield* this.#few;
    if (this.#composites !== undefined) yield* this.#composites.values();
  }

  /** The members in any order, as an array. */
  unordered(): readonly Value[] {
    return this.#sorted ?? [...this.values()];
  }

  /** The members in OPA's order. */
  sorted(): readonly Value[] {
    if (this.size === 0) return NO_MEMBERS;
    if (this.#sorted === undefined) {
      const members = [...this.#scalars.values()];
      if (this.#few !== undefined) members.push(...this.#few);
      if (this.#composites !== undefined) for (const member of this.#composites.values()) members.push(member);
      this.#sorted = sortValues(members);
    }
    return this.#sorted;
  }

  union(other: RegoSet): RegoSet {
    const result = this.#copy();
    for (const value of other.#scalars.values()) result.add(value);
    for (const value of other.#few ?? other.#composites?.values() ?? []) result.add(value);
    return result;
  }

  intersection(other: RegoSet): RegoSet {
    const [small, large] = this.size <= other.size ? [this, other] : [other, this];
    return small.#filtered(
      (scalar) => large.#scalars.has(scalar),
      (key) => large.#byKey().has(key),
    );
  }

  difference(other: RegoSet): RegoSet {
    return this.#filtered(
      (scalar) => !other.#scalars.has(scalar),
      (key) => !other.#byKey().has(key),
    );
  }

  /** Whether every member is in `other`. */
  isSubsetOf(other: RegoSet): boolean {
    if (this.size > other.size) return false;
    for (const key of this.#scalars.keys()) if (!other.#scalars.has(key)) return false;
    for (const value of this.#few ?? this.#composites?.values() ?? []) if (!other.has(value)) return false;
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
    for (const [key, value] of this.#scalars) if (keepScalar(key)) result.#put(key, value);
    if (this.#few === undefined && this.#composites === undefined) return result;
    for (const [key, value] of this.#byKey()) if (keepComposite(key)) result.#byKey().set(key, value);
    return result;
  }
}

/** Shared by all who need no other; never added to. */
export const emptySet: RegoSet = new RegoSet();

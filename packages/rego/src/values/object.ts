import { compositeKey, type ScalarKey, scalarKey } from "./key.ts";
import { compare } from "./order.ts";
import { sortStrings } from "./utf8.ts";
import { type MutableObject, type ObjectValue, ownValue, type PlainObject, setOwn, type Value } from "./value.ts";

export type Entry = readonly [key: Value, value: Value];

/** An object with a key that is no string. With string keys only, an object is a plain one. */
export class RegoObject {
  readonly #scalars = new Map<ScalarKey, Entry>();
  #composites: Map<string, Entry> | undefined;
  #sorted: readonly Entry[] | undefined;

  static from(entries: Iterable<Entry>): RegoObject {
    const object = new RegoObject();
    for (const [key, value] of entries) object.set(key, value);
    return object;
  }

  get size(): number {
    return this.#scalars.size + (this.#composites?.size ?? 0);
  }

  get(key: Value): Value | undefined {
    return this.#entry(key)?.[1];
  }

  has(key: Value): boolean {
    return this.#entry(key) !== undefined;
  }

  set(key: Value, value: Value): this {
    const scalar = scalarKey(key);
    const kept = this.#entry(key)?.[0] ?? key;
    if (scalar === undefined) (this.#composites ??= new Map<string, Entry>()).set(compositeKey(key), [kept, value]);
    else this.#scalars.set(scalar, [kept, value]);
    this.#sorted = undefined;
    return this;
  }

  /** The entries in no particular order. */
  *entries(): IterableIterator<Entry> {
    yield* this.#scalars.values();
    if (this.#composites !== undefined) yield* this.#composites.values();
  }

  /** The entries in OPA's order of their keys. */
  sortedEntries(): readonly Entry[] {
    this.#sorted ??= [...this.entries()].sort((a, b) => compare(a[0], b[0]));
    return this.#sorted;
  }

  #entry(key: Value): Entry | undefined {
    const scalar = scalarKey(key);
    return scalar === undefined ? this.#composites?.get(compositeKey(key)) : this.#scalars.get(scalar);
  }
}

/** Builds an object of whatever keys come, plain as long as they are strings. */
export class ObjectBuilder {
  #plain: MutableObject = {};
  #mixed: RegoObject | undefined;

  set(key: Value, value: Value): this {
    if (this.#mixed !== undefined) this.#mixed.set(key, value);
    else if (typeof key === "string") setOwn(this.#plain, key, value);
    else this.#mixed = RegoObject.from(Object.entries(this.#plain)).set(key, value);
    return this;
  }

  get(key: Value): Value | undefined {
    if (this.#mixed !== undefined) return this.#mixed.get(key);
    return typeof key === "string" ? ownValue(this.#plain, key) : undefined;
  }

  build(): ObjectValue {
    return this.#mixed ?? this.#plain;
  }
}

export function objectFrom(entries: Iterable<Entry>): ObjectValue {
  const builder = new ObjectBuilder();
  for (const [key, value] of entries) builder.set(key, value);
  return builder.build();
}

/** The keys of a plain object in OPA's order. */
export function sortedKeys(object: PlainObject): string[] {
  return sortStrings(Object.keys(object));
}

export function objectSize(object: ObjectValue): number {
  return object instanceof RegoObject ? object.size : Object.keys(object).length;
}

export function objectGet(object: ObjectValue, key: Value): Value | undefined {
  if (object instanceof RegoObject) return object.get(key);
  return typeof key === "string" ? ownValue(object, key) : undefined;
}

/** The keys in OPA's order. */
export function objectKeys(object: ObjectValue): readonly Value[] {
  return object instanceof RegoObject ? object.sortedEntries().map((entry) => entry[0]) : sortedKeys(object);
}

/** The entries in OPA's order of their keys. */
export function objectEntries(object: ObjectValue): readonly Entry[] {
  if (object instanceof RegoObject) return object.sortedEntries();
  const entries: Entry[] = [];
  for (const key of sortedKeys(object)) {
    const value = ownValue(object, key);
    if (value !== undefined) entries.push([key, value]);
  }
  return entries;
}

/** The values, in no particular order. */
export function objectValues(object: ObjectValue): readonly Value[] {
  if (!(object instanceof RegoObject)) return Object.values(object);
  const values: Value[] = [];
  for (const [, value] of object.entries()) values.push(value);
  return values;
}

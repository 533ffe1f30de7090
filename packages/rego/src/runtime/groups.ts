import { compositeKey, type ScalarKey, scalarKey } from "../values/key.ts";
import { emptySet, RegoSet } from "../values/set.ts";
import type { Value } from "../values/value.ts";

/** Values by the key that they belong to. */
abstract class Groups<T extends Value> {
  readonly #groups = new Map<ScalarKey, T>();
  readonly #composites = new Map<string, T>();

  protected find(key: Value): T | undefined {
    const scalar = typeof key === "string" ? key : scalarKey(key);
    return scalar === undefined ? this.#composites.get(compositeKey(key)) : this.#groups.get(scalar);
  }

  protected keep(key: Value, group: T): T {
    const scalar = typeof key === "string" ? key : scalarKey(key);
    if (scalar === undefined) this.#composites.set(compositeKey(key), group);
    else this.#groups.set(scalar, group);
    return group;
  }
}

/** The results of an array comprehension by key. */
export class ArrayGroups extends Groups<Value[]> {
  static readonly none: readonly Value[] = [];

  add(key: Value, value: Value): void {
    (this.find(key) ?? this.keep(key, [])).push(value);
  }

  get(key: Value): readonly Value[] {
    return this.find(key) ?? ArrayGroups.none;
  }
}

/** The results of a set comprehension by key. */
export class SetGroups extends Groups<RegoSet> {
  static readonly none: RegoSet = emptySet;

  add(key: Value, value: Value): void {
    (this.find(key) ?? this.keep(key, new RegoSet())).add(value);
  }

  get(key: Value): RegoSet {
    return this.find(key) ?? SetGroups.none;
  }
}

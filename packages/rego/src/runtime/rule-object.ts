import type { Location } from "../syntax/location.ts";
import { compositeKey, type ScalarKey, scalarKey } from "../values/key.ts";
import { ObjectBuilder } from "../values/object.ts";
import { equal } from "../values/order.ts";
import { RegoSet } from "../values/set.ts";
import type { ObjectValue, Value } from "../values/value.ts";
import { EvaluationError } from "./errors.ts";

/** A value that definitions have put somewhere; `open` for a set that `contains` rules still add to. */
interface Leaf {
  readonly value: Value;
  readonly open: boolean;
}

interface Slot {
  readonly key: Value;
  content: Level | Leaf;
}

/** One level of a document under construction: its slots by key. */
class Level {
  readonly #scalars = new Map<ScalarKey, Slot>();
  readonly #composites = new Map<string, Slot>();

  get(key: Value): Slot | undefined {
    const scalar = scalarKey(key);
    return scalar === undefined ? this.#composites.get(compositeKey(key)) : this.#scalars.get(scalar);
  }

  add(key: Value, content: Level | Leaf): void {
    const scalar = scalarKey(key);
    if (scalar === undefined) this.#composites.set(compositeKey(key), { key, content });
    else this.#scalars.set(scalar, { key, content });
  }

  build(): ObjectValue {
    const builder = new ObjectBuilder();
    for (const slots of [this.#scalars.values(), this.#composites.values()]) {
      for (const { key, content } of slots) {
        builder.set(key, content instanceof Level ? content.build() : content.value);
      }
    }
    return builder.build();
  }
}

/**
 * The document of rules whose references hold variables (`p[x].q := y`, `p[x] contains y`), while its definitions fill it;
 * or what lies at some keys of it. Where they disagree, `put` and `add` throw.
 */
export class RuleObject {
  readonly #root = new Level();
  readonly #wanted: readonly (readonly [position: number, key: Value])[];

  constructor(wanted: readonly (readonly [position: number, key: Value])[] = []) {
    this.#wanted = wanted;
  }

  /** Puts a value at a path of at least one key. */
  put(path: readonly Value[], value: Value, location: Location): void {
    if (!this.#isWanted(path)) return;
    const { level, key } = this.#place(path, location);
    const slot = level.get(key);
    if (slot === undefined) level.add(key, { value, open: false });
    else if (slot.content instanceof Level || !equal(slot.content.value, value)) throw conflictAt(location);
  }

  /** Adds a value to the set at a path of at least one key. */
  add(path: readonly Value[], value: Value, location: Location): void {
    if (!this.#isWanted(path)) return;
    const { level, key } = this.#place(path, location);
    const slot = level.get(key);
    if (slot === undefined) level.add(key, { value: RegoSet.of(value), open: true });
    else if (slot.content instanceof Level || !slot.content.open || !(slot.content.value instanceof RegoSet)) {
      throw conflictAt(location);
    } else slot.content.value.add(value);
  }

  /** All that has been put. */
  build(): ObjectValue {
    return this.#root.build();
  }

  #isWanted(path: readonly Value[]): boolean {
    return this.#wanted.every(([position, wanted]) => {
      const key = path[position];
      return key === undefined || equal(wanted, key);
    });
  }

  /** The level and key that a path ends at, unless a value stands in its way. */
  #place(path: readonly Value[], location: Location): { readonly level: Level; readonly key: Value } {
    let level = this.#root;
    const [last, ...before] = path.toReversed();
    for (const key of before.toReversed()) {
      const slot = level.get(key);
      if (slot === undefined) {
        const inner = new Level();
        level.add(key, inner);
        level = inner;
      } else if (slot.content instanceof Level) {
        level = slot.content;
      } else {
        throw conflictAt(location);
      }
    }
    if (last === undefined) throw new Error("a path has at least one key");
    return { level, key: last };
  }
}

function conflictAt(location: Location): EvaluationError {
  return new EvaluationError("eval_conflict_error", "object keys must be unique", location);
}

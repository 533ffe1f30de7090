import type { Location } from "../syntax/location.ts";
import { compositeKey, type ScalarKey, scalarKey } from "../values/key.ts";
import { ObjectBuilder, RegoObject } from "../values/object.ts";
import { equal } from "../values/order.ts";
import { RegoSet } from "../values/set.ts";
import type { ObjectValue, Value } from "../values/value.ts";
import { entryOf } from "./access.ts";
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
 * The document of rules whose references hold variables (`p[x].q := y`, `p[x] contains y`), while its definitions fill it.
 * A conflict is kept with the first key of its path: OPA evaluates `p["a"]` for that key alone, so that a conflict
 * under another key does not end it.
 */
export class RuleObject {
  readonly #root = new Level();
  readonly #conflictKeys = new RegoObject();
  #conflict: EvaluationError | undefined;
  #built: ObjectValue | undefined;

  /** Puts a value at a path of at least one key. */
  put(path: readonly Value[], value: Value, location: Location): void {
    const place = this.#place(path, location);
    if (place === undefined) return;
    const { level, key } = place;
    const slot = level.get(key);
    if (slot === undefined) level.add(key, { value, open: false });
    else if (slot.content instanceof Level || !equal(slot.content.value, value)) this.#refuse(path, location);
  }

  /** Adds a value to the set at a path of at least one key. */
  add(path: readonly Value[], value: Value, location: Location): void {
    const place = this.#place(path, location);
    if (place === undefined) return;
    const { level, key } = place;
    const slot = level.get(key);
    if (slot === undefined) level.add(key, { value: RegoSet.of(value), open: true });
    else if (slot.content instanceof Level || !slot.content.open || !(slot.content.value instanceof RegoSet)) {
      this.#refuse(path, location);
    } else slot.content.value.add(value);
  }

  /** The whole document. Throws the first conflict. */
  whole(): ObjectValue {
    if (this.#conflict !== undefined) throw this.#conflict;
    return this.#build();
  }

  /** What lies at a first key. Throws if definitions disagree on it. */
  at(key: Value): Value | undefined {
    if (this.#conflict !== undefined && this.#conflictKeys.has(key)) throw this.#conflict;
    return entryOf(this.#build(), key);
  }

  #build(): ObjectValue {
    return (this.#built ??= this.#root.build());
  }

  /** The level and key that a path ends at; undefined if a value stands in its way, which is a conflict. */
  #place(path: readonly Value[], location: Location): { readonly level: Level; readonly key: Value } | undefined {
    let level = this.#root;
    const last = path.length - 1;
    for (const [i, key] of path.entries()) {
      if (i === last) return { level, key };
      const slot = level.get(key);
      if (slot === undefined) {
        const inner = new Level();
        level.add(key, inner);
        level = inner;
      } else if (slot.content instanceof Level) {
        level = slot.content;
      } else {
        this.#refuse(path, location);
        return undefined;
      }
    }
    return undefined;
  }

  #refuse([key]: readonly Value[], location: Location): void {
    this.#conflict ??= new EvaluationError("eval_conflict_error", "object keys must be unique", location);
    if (key !== undefined) this.#conflictKeys.set(key, true);
  }
}

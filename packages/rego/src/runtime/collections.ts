import type { Location } from "../syntax/location.ts";
import { type Entry, ObjectBuilder, objectFrom } from "../values/object.ts";
import { equal } from "../values/order.ts";
import { RegoSet } from "../values/set.ts";
import type { ObjectValue, Value } from "../values/value.ts";
import { EvaluationError } from "./errors.ts";

export function setOf(members: readonly Value[]): RegoSet {
  return RegoSet.from(members);
}

export function objectOf(entries: readonly Entry[]): ObjectValue {
  return objectFrom(entries);
}

export function newSet(): RegoSet {
  return new RegoSet();
}

export function newObject(): ObjectBuilder {
  return new ObjectBuilder();
}

/** Puts an entry into an object comprehension. Throws if the key has another value. */
export function putUnique(object: ObjectBuilder, key: Value, value: Value, location: Location): void {
  const known = object.get(key);
  if (known !== undefined && !equal(known, value)) {
    throw new EvaluationError("eval_conflict_error", "object keys must be unique", location);
  }
  object.set(key, value);
}

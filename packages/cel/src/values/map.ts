import { CelError, MapValue, Uint, type Value } from "./value.ts";
import { valueText } from "./text.ts";

/** One text for each key that CEL takes as the same: 1, 1u and 1.0 are one key. Undefined for what no map can hold. */
function keyText(key: Value): string | undefined {
  switch (typeof key) {
    case "string":
      return `s${key}`;
    case "bigint":
      return `n${key}`;
    case "boolean":
      return `b${key}`;
    case "number":
      if (Number.isNaN(key)) return undefined;
      return Number.isInteger(key) ? `n${BigInt(key)}` : `d${key}`;
    default:
      return key instanceof Uint ? `n${key.value}` : undefined;
  }
}

/** A map whose entries are values already. */
export class EntriesMap extends MapValue {
  readonly #entries: Map<string, readonly [Value, Value]>;

  constructor(entries: Iterable<readonly [Value, Value]>) {
    super();
    this.#entries = new Map();
    for (const entry of entries) this.#entries.set(keyText(entry[0]) ?? valueText(entry[0]), entry);
  }

  get size(): number {
    return this.#entries.size;
  }

  find(key: Value): Value | undefined {
    const text = keyText(key);
    return text === undefined ? undefined : this.#entries.get(text)?.[1];
  }

  *keys(): Generator<Value> {
    for (const [key] of this.#entries.values()) yield key;
  }
}

/** What a comprehension grows one entry at a time. */
export class GrowingMap extends MapValue {
  readonly #entries = new Map<string, readonly [Value, Value]>();

  get size(): number {
    return this.#entries.size;
  }

  find(key: Value): Value | undefined {
    const text = keyText(key);
    return text === undefined ? undefined : this.#entries.get(text)?.[1];
  }

  *keys(): Generator<Value> {
    for (const [key] of this.#entries.values()) yield key;
  }

  /** False where the key is there already. */
  insert(key: Value, value: Value): boolean {
    const text = keyText(key) ?? valueText(key);
    if (this.#entries.has(text)) return false;
    this.#entries.set(text, [key, value]);
    return true;
  }

  finish(): MapValue {
    return new EntriesMap(this.#entries.values());
  }
}

export function inserted(map: MapValue, key: Value, value: Value): MapValue | CelError {
  if (map instanceof GrowingMap) return map.insert(key, value) ? map : existing(key);
  if (map.find(key) !== undefined) return existing(key);
  const entries: (readonly [Value, Value])[] = [];
  for (const present of map.keys()) entries.push([present, map.find(present) ?? null]);
  return new EntriesMap([...entries, [key, value]]);
}

function existing(key: Value): CelError {
  return new CelError(`insert failed: key ${valueText(key)} already exists`);
}

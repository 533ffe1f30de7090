import { isPlainObject } from "../values/kinds.ts";
import { sortedKeys } from "../values/object.ts";
import { type MutableObject, type PlainObject, type Value, ownValue, setOwn } from "../values/value.ts";

/** A path under `data`. */
export type DataPath = readonly string[];

/** Base documents under construction: values of several sources, each at its place, none over another. */
export class Documents {
  readonly #root: MutableObject = {};
  /** The objects made here, which may be added to; those that came in are copied first. */
  readonly #own = new Map<Value, MutableObject>([[this.#root, this.#root]]);

  /** Everything that was put in. */
  get value(): PlainObject {
    return this.#root;
  }

  /**
   * Puts a value at a place; objects on both sides are joined, key by key. Where anything else stands already the result is the
   * path of it, and no more is to be done with these documents. At the root only an object can stand.
   */
  put(place: DataPath, value: Value): DataPath | "not an object" | undefined {
    let node = this.#root;
    const parents = place.slice(0, -1);
    for (const [index, key] of parents.entries()) {
      const child = this.#childOf(node, key);
      if (child === undefined) return place.slice(0, index + 1);
      node = child;
    }
    const last = place.at(-1);
    if (last !== undefined) return this.#set(node, last, value, parents);
    return isPlainObject(value) ? this.#join(node, value, []) : "not an object";
  }

  /** The object under a key, made where there is none; undefined where something else stands. */
  #childOf(node: MutableObject, key: string): MutableObject | undefined {
    const child = ownValue(node, key);
    if (child !== undefined && !isPlainObject(child)) return undefined;
    return this.#owned(node, key, child ?? {});
  }

  #owned(node: MutableObject, key: string, child: PlainObject): MutableObject {
    const mine = this.#own.get(child);
    if (mine !== undefined) return mine;
    const copy: MutableObject = {};
    for (const name of Object.keys(child)) setOwn(copy, name, ownValue(child, name) ?? null);
    this.#own.set(copy, copy);
    setOwn(node, key, copy);
    return copy;
  }

  #set(node: MutableObject, key: string, value: Value, parents: DataPath): DataPath | undefined {
    const existing = ownValue(node, key);
    if (existing === undefined) {
      setOwn(node, key, value);
      return undefined;
    }
    const path = [...parents, key];
    if (!isPlainObject(existing) || !isPlainObject(value)) return path;
    return this.#join(this.#owned(node, key, existing), value, path);
  }

  #join(node: MutableObject, value: PlainObject, path: DataPath): DataPath | undefined {
    const waiting: Joining[] = [{ into: node, from: value, step: undefined }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { into, from } = next;
      for (const key of sortedKeys(from)) {
        const [existing, added] = [ownValue(into, key), ownValue(from, key) ?? null];
        const step: Step = { key, above: next.step };
        if (existing === undefined) setOwn(into, key, added);
        else if (!isPlainObject(existing) || !isPlainObject(added)) return [...path, ...keysTo(step)];
        else waiting.push({ into: this.#owned(into, key, existing), from: added, step });
      }
    }
    return undefined;
  }
}

interface Joining {
  readonly into: MutableObject;
  readonly from: PlainObject;
  readonly step: Step | undefined;
}

/** The last key of a path, and the ones before it. */
interface Step {
  readonly key: string;
  readonly above: Step | undefined;
}

function keysTo(last: Step): DataPath {
  const keys: string[] = [];
  for (let step: Step | undefined = last; step !== undefined; step = step.above) keys.push(step.key);
  return keys.toReversed();
}

/** Whether something stands at a path of a document. */
export function hasValueAt(document: Value, path: DataPath): boolean {
  let value: Value | undefined = document;
  for (const key of path) {
    if (value === undefined || !isPlainObject(value)) return false;
    value = ownValue(value, key);
  }
  return value !== undefined;
}

/** A path as Rego writes it: `data.a["b c"]`. */
export function formatDataPath(path: DataPath): string {
  return `data${path.map((key) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`)).join("")}`;
}

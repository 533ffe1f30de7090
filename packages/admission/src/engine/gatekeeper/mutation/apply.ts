/** Writes at a location (Gatekeeper, pkg/mutation/mutators/core). */
import { type JsonObject, type JsonValue, isJsonObject } from "@redoubt/kube";
import type { Location, LocationNode } from "./location.ts";

export type PathCondition = "MustExist" | "MustNotExist";

/** What is done at the end of a location. Throws MutationError. */
export interface Setter {
  set(object: JsonObject, field: string): void;
  /** The item that is put into a keyed list; undefined where the setter knows no keyed lists. */
  readonly item: JsonValue | undefined;
}

export class MutationError extends Error {}

/** Changes `object` in place. Whether anything was written, which may be what was there before. */
export function mutate(
  object: JsonObject,
  location: Location,
  conditions: ReadonlyMap<number, PathCondition>,
  setter: Setter,
): boolean {
  return new Walk(location, conditions, setter).enter(object, 0).isWritten;
}

interface Entered {
  readonly isWritten: boolean;
  readonly value: JsonValue;
}

class Walk {
  readonly #location: Location;
  readonly #conditions: ReadonlyMap<number, PathCondition>;
  readonly #setter: Setter;

  constructor(location: Location, conditions: ReadonlyMap<number, PathCondition>, setter: Setter) {
    this.#location = location;
    this.#conditions = conditions;
    this.#setter = setter;
  }

  enter(current: JsonValue, depth: number): Entered {
    const node = this.#location[depth];
    if (node === undefined) throw new MutationError("attempting to mutate an empty target location");
    return node.kind === "object" ? this.#field(current, node, depth) : this.#list(current, node, depth);
  }

  #mayExist(depth: number): boolean {
    return this.#conditions.get(depth) !== "MustNotExist";
  }

  #mayMiss(depth: number): boolean {
    return this.#conditions.get(depth) !== "MustExist";
  }

  #field(current: JsonValue, { field }: LocationNode & { readonly kind: "object" }, depth: number): Entered {
    if (!isJsonObject(current)) {
      throw new MutationError(
        `mismatch between path entry (type: object) and received object (type: ${typeName(current)}). Path: ${field}`,
      );
    }
    const present = Object.hasOwn(current, field) ? current[field] : undefined;
    if (present === undefined ? !this.#mayMiss(depth) : !this.#mayExist(depth)) {
      return { isWritten: false, value: current };
    }
    if (depth === this.#location.length - 1) {
      this.#setter.set(current, field);
      return { isWritten: true, value: current };
    }
    const below = this.enter(present ?? this.#missing(depth), depth + 1);
    if (below.isWritten) setField(current, field, below.value);
    return { isWritten: below.isWritten, value: current };
  }

  #list(current: JsonValue, node: LocationNode & { readonly kind: "list" }, depth: number): Entered {
    if (!Array.isArray(current)) {
      throw new MutationError(
        `mismatch between path entry (type: List) and received object (type: ${typeName(current)}). Path: ${node.keyField}`,
      );
    }
    if (depth === this.#location.length - 1) return this.#setItem([...current], node, depth);
    if (node.key === undefined) {
      if (!this.#mayExist(depth)) return { isWritten: false, value: current };
      const entered = current.map((item) => this.enter(item, depth + 1));
      return { isWritten: entered.some(({ isWritten }) => isWritten), value: current };
    }
    const found = current.filter((item) => isJsonObject(item) && item[node.keyField] === node.key);
    if (found.length > 0) {
      if (!this.#mayExist(depth)) return { isWritten: false, value: current };
      const entered = found.map((item) => this.enter(item, depth + 1));
      return { isWritten: entered.some(({ isWritten }) => isWritten), value: current };
    }
    if (!this.#mayMiss(depth)) return { isWritten: false, value: current };
    const added = this.#missing(depth);
    return { isWritten: this.enter(added, depth + 1).isWritten, value: [...current, added] };
  }

  #setItem(items: JsonValue[], { keyField, key }: LocationNode & { readonly kind: "list" }, depth: number): Entered {
    const { item } = this.#setter;
    if (item === undefined) throw new MutationError("mutator does not understand keyed lists");
    if (key === undefined) throw new MutationError("last path entry can not be globbed");
    if (!isJsonObject(item)) throw new MutationError("assign.value for keyed list is not an object");
    const index = items.findIndex((entry) => isJsonObject(entry) && entry[keyField] === key);
    if (index < 0) {
      if (!this.#mayMiss(depth)) return { isWritten: false, value: items };
      return { isWritten: true, value: [...items, item] };
    }
    if (item[keyField] !== key) throw new MutationError("key value of replaced object must not change");
    if (!this.#mayExist(depth)) return { isWritten: false, value: items };
    items[index] = item;
    return { isWritten: true, value: items };
  }

  /** What stands at `depth` once it is made: the kind of thing that the next node can be entered in. */
  #missing(depth: number): JsonValue {
    const node = this.#location[depth];
    const isList = this.#location[depth + 1]?.kind === "list";
    if (node?.kind !== "list") return isList ? [] : {};
    if (isList) throw new MutationError("two consecutive list path entries not allowed");
    return node.key === undefined ? {} : { [node.keyField]: node.key };
  }
}

/** Own fields only, whatever they are called. */
export function setField(object: JsonObject, field: string, value: JsonValue): void {
  Object.defineProperty(object, field, { value, writable: true, enumerable: true, configurable: true });
}

function typeName(value: JsonValue): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "object") return "map[string]interface {}";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  return typeof value === "bigint" || Number.isInteger(value) ? "int64" : "float64";
}

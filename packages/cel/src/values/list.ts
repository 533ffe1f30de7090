import { ListValue, type Value } from "./value.ts";

/** Elements that are values already. */
export class ArrayList extends ListValue {
  readonly elements: readonly Value[];

  constructor(elements: readonly Value[]) {
    super();
    this.elements = elements;
  }

  get size(): number {
    return this.elements.length;
  }

  at(index: number): Value {
    return this.elements[index] ?? null;
  }
}

/** What a comprehension grows one element at a time; nobody else holds it while it grows. */
export class GrowingList extends ListValue {
  readonly #elements: Value[] = [];

  get size(): number {
    return this.#elements.length;
  }

  at(index: number): Value {
    return this.#elements[index] ?? null;
  }

  append(list: ListValue): this {
    for (const element of list) this.#elements.push(element);
    return this;
  }

  finish(): ListValue {
    return new ArrayList(this.#elements);
  }
}

export function concatenated(left: ListValue, right: ListValue): ListValue {
  if (left instanceof GrowingList) return left.append(right);
  return new ArrayList([...left, ...right]);
}

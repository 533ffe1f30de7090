/** Names a cache: how many things it keeps and how one is made from its text. */
export class CachePurpose<T> {
  readonly capacity: number;
  readonly make: (text: string) => T;

  constructor(capacity: number, make: (text: string) => T) {
    this.capacity = capacity;
    this.make = make;
  }

  newCache(): TextCache<T> {
    return new TextCache<T>(this);
  }
}

/** Keeps the latest things made from texts: compiled patterns, schemas, keys. */
export class TextCache<T> {
  readonly #items = new Map<string, T>();
  readonly #purpose: CachePurpose<T>;
  #lastText: string | undefined;
  #last: T | undefined;

  constructor(purpose: CachePurpose<T>) {
    this.#purpose = purpose;
  }

  get(text: string): T {
    if (text === this.#lastText && this.#last !== undefined) return this.#last;
    let item = this.#items.get(text);
    if (item === undefined) {
      item = this.#purpose.make(text);
      if (this.#items.size >= this.#purpose.capacity) {
        const [oldest] = this.#items.keys();
        if (oldest !== undefined) this.#items.delete(oldest);
      }
      this.#items.set(text, item);
    }
    this.#lastText = text;
    this.#last = item;
    return item;
  }
}

/** The caches that a program keeps between its evaluations. */
export class BuiltinCaches {
  readonly #caches = new Map<unknown, unknown>();

  get<T>(purpose: CachePurpose<T>, text: string): T {
    const known = this.#caches.get(purpose);
    if (known instanceof TextCache) {
      const cache: TextCache<T> = known;
      return cache.get(text);
    }
    const cache = purpose.newCache();
    this.#caches.set(purpose, cache);
    return cache.get(text);
  }
}

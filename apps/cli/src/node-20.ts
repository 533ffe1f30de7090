/** Gives Node.js 20 what our sources use and only newer ones have. Call it before any command is loaded. */
export function supportNode20(): void {
  if ("groupBy" in Map) return;
  Object.defineProperty(Map, "groupBy", { value: groupBy, writable: true, configurable: true });
}

/** `Map.groupBy` of ECMAScript 2024. */
export function groupBy<K, T>(items: Iterable<T>, keyOf: (item: T, index: number) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
    index += 1;
  }
  return groups;
}

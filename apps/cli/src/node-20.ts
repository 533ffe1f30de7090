/** What our sources use and Node.js 20 lacks; newer ones have it. Imported before everything else. */

// oxlint-disable-next-line no-unnecessary-condition -- the compiler's library is newer than Node.js 20
Map.groupBy ??= function groupBy<K, T>(items: Iterable<T>, keyOf: (item: T, index: number) => K): Map<K, T[]> {
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
};

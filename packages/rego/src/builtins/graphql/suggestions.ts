/** The names closest to one that does not exist, closest first; none that differ in too much. */
export function closest(typed: string, options: readonly string[]): string[] {
  const limit = Math.max(Math.floor(new TextEncoder().encode(typed).length * 0.4) + 1, 1);
  return options
    .map((option) => ({ option, distance: lexicalDistance(typed, option) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .map(({ option }) => option);
}

/** ` PREFIX "a" or "b"?`, or nothing for nothing close. */
export function suggestion(prefix: string, typed: string, options: readonly string[]): string {
  const found = closest(typed, options);
  return found.length === 0 ? "" : ` ${prefix} ${quotedOrList(found)}?`;
}

/** `"a", "b", or "c"`, of five at most. */
export function quotedOrList(items: readonly string[]): string {
  const quoted = items.slice(0, 5).map((item) => `"${item}"`);
  if (quoted.length <= 2) return quoted.join(" or ");
  return `${quoted.slice(0, -1).join(", ")}, or ${quoted.at(-1) ?? ""}`;
}

/** How many letters to change, add or take away; a change of case alone counts one. */
function lexicalDistance(a: string, b: string): number {
  if (a === b) return 0;
  const left = Array.from(a.toLowerCase());
  const right = Array.from(b.toLowerCase());
  if (left.join("") === right.join("")) return 1;
  let row = right.map((_, i) => i + 1);
  for (const [i, letter] of left.entries()) {
    let before = i;
    let last = i + 1;
    row = row.map((above, j) => {
      const distance = Math.min(above + 1, last + 1, before + (letter === right[j] ? 0 : 1));
      before = above;
      last = distance;
      return distance;
    });
  }
  return row.at(-1) ?? left.length;
}

/** How the API server writes lists of names and values in its Pod Security messages. */

/** `"a", "b"`; the empty string for no items. Items are not escaped. */
export function joinQuoted(items: readonly string[]): string {
  return items.map((item) => `"${item}"`).join(", ");
}

export function pluralize(singular: string, plural: string, count: number): string {
  return count === 1 ? singular : plural;
}

/** `container "a"`, `containers "a", "b"`. */
export function namedContainers(names: readonly string[]): string {
  return `${pluralize("container", "containers", names.length)} ${joinQuoted(names)}`;
}

/** Who sets something wrong: `pod`, `container "a"`, `pod and containers "a", "b"`. */
export function setters(podIsBad: boolean, badContainers: readonly string[]): string {
  return [...(podIsBad ? ["pod"] : []), ...(badContainers.length > 0 ? [namedContainers(badContainers)] : [])].join(
    " and ",
  );
}

/** Distinct items in the order of their bytes. */
export function sortedUnique(items: Iterable<string>): string[] {
  return [...new Set(items)].sort();
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
  ["\\", "\\\\"],
  ['"', '\\"'],
]);

/** A Go-quoted string (`%q`): printable characters stay, the rest are escaped. */
export function quote(text: string): string {
  const escaped = text.replaceAll(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (character) => {
    const known = ESCAPES.get(character);
    if (known !== undefined) return known;
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (code < 0x80) return `\\x${hex.padStart(2, "0")}`;
    return code > 0xffff ? `\\U${hex.padStart(8, "0")}` : `\\u${hex.padStart(4, "0")}`;
  });
  return `"${escaped}"`;
}

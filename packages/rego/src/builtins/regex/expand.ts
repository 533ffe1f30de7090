import type { MatchPlaces, Regex } from "./regex.ts";

const reference = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;

/** Fills `$1`, `${name}` and `$$` of a replacement as Go does: unknown groups are empty, other dollars stay. */
export function expand(regex: Regex, template: string, text: string, match: MatchPlaces): string {
  if (!template.includes("$")) return template;
  return template.replaceAll(reference, (whole: string, braced: string | undefined, bare: string | undefined) => {
    const name = braced ?? bare;
    if (name === undefined) return whole === "$$" ? "$" : whole;
    const numbers = /^(?:0|[1-9][0-9]{0,7})$/.test(name) ? [Number(name)] : regex.groupsNamed(name);
    const number = numbers.find((candidate) => (match[2 * candidate] ?? -1) >= 0);
    return number === undefined ? "" : text.slice(match[2 * number], match[2 * number + 1]);
  });
}

import type { MatchPlaces, Regex } from "./regex.ts";

const reference = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;

/** Fills `$1`, `${name}` and `$$` of a replacement as Go does: unknown groups are empty, other dollars stay. */
export function expand(regex: Regex, template: string, text: string, match: MatchPlaces): string {
  if (!template.includes("$")) return template;
  return template.replaceAll(reference, (whole: string, braced: string | undefined, bare: string | undefined) => {
    const name = braced ?? bare;
    if (name === undefined) return whole === "$$" ? "$" : whole;
    const number = /^(?:0|[1-9][0-9]{0,7})$/.test(name) ? Number(name) : regex.groupNamed(name);
    if (number === undefined) return "";
    const start = match[2 * number] ?? -1;
    return start < 0 ? "" : text.slice(start, match[2 * number + 1]);
  });
}

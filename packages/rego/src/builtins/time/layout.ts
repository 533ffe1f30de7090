/*
 * Go's layouts: how the reference time, Monday January 2 15:04:05 MST 2006, would be written.
 */

/** A part of a layout. `element` is its text in the layout, which also names it; empty for text that stands as it is. */
export interface LayoutPart {
  readonly literal: string;
  readonly element: string;
}

const element =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|0[1-6]|002|15|1|2006|2|_2006|_2|__2|3|4|5|PM|pm|-070000|-07:00:00|-0700|-07:00|-07|Z070000|Z07:00:00|Z0700|Z07:00|Z07|[.,](?:0+|9+)(?![0-9])/g;

/** The parts of a layout in order, each an element with the text before it; the last has the text after all. */
export function layoutParts(layout: string): readonly LayoutPart[] {
  const parts: LayoutPart[] = [];
  let from = 0;
  for (const match of layout.matchAll(element)) {
    // An underscore before a year is only that.
    const underscore = match[0] === "_2006" ? 1 : 0;
    parts.push({ literal: layout.slice(from, match.index + underscore), element: match[0].slice(underscore) });
    from = match.index + match[0].length;
  }
  parts.push({ literal: layout.slice(from), element: "" });
  return parts;
}

/** Names for layouts. */
export const namedLayouts: ReadonlyMap<string, string> = new Map([
  ["ANSIC", "Mon Jan _2 15:04:05 2006"],
  ["UnixDate", "Mon Jan _2 15:04:05 MST 2006"],
  ["RubyDate", "Mon Jan 02 15:04:05 -0700 2006"],
  ["RFC822", "02 Jan 06 15:04 MST"],
  ["RFC822Z", "02 Jan 06 15:04 -0700"],
  ["RFC850", "Monday, 02-Jan-06 15:04:05 MST"],
  ["RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"],
  ["RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"],
  ["RFC3339", "2006-01-02T15:04:05Z07:00"],
  ["RFC3339Nano", "2006-01-02T15:04:05.999999999Z07:00"],
]);

export const rfc3339 = "2006-01-02T15:04:05Z07:00";

/**
 * What /flagz and /statusz (KEP-4828, KEP-4827) print: a heading, a warning, an empty line, then one `name`, delimiter, `value` a
 * line. The delimiter is drawn anew whenever the component starts, from `=`, `:` and a space, with or without a space after it.
 */
export interface FlagsPage {
  /** From the heading: `kube-apiserver flags`. */
  readonly component: string;
  /** Every flag with its value in effect. Empty values are left out; lists are joined by commas, as on a command line. */
  readonly flags: Readonly<Record<string, string>>;
}

const FLAGS_HEADING = /^\s*(\S+) flags\s*$/m;
const FLAG_LINE = /^([a-z][a-z0-9-]*)(?:[=:] ?| )(.*)$/;

/** Undefined where the text is not such a page. */
export function parseFlagsPage(text: string): FlagsPage | undefined {
  const component = FLAGS_HEADING.exec(text)?.[1];
  if (component === undefined) return undefined;
  const flags = new Map<string, string>();
  for (const line of bodyOf(text)) {
    const match = FLAG_LINE.exec(line);
    if (match?.[1] === undefined) continue;
    const value = plainValue(match[1], match[2] ?? "");
    if (value !== "") flags.set(match[1], value);
  }
  return flags.size === 0 ? undefined : { component, flags: Object.fromEntries(flags) };
}

/** Lists come in brackets; each gate of `feature-gates` is led by the component it belongs to, the default one's name being empty. */
function plainValue(name: string, value: string): string {
  const list = /^\[(.*)\]$/.exec(value)?.[1] ?? value;
  if (name !== "feature-gates") return list;
  return list
    .split(",")
    .map((gate) => gate.replace(/^[^=]*:/, ""))
    .join(",");
}

/** The component's own version from /statusz, `v1.34.4`; undefined where the text does not say. */
export function parseStatusVersion(text: string): string | undefined {
  const version = /^Binary version\s*[=:]?\s*v?(\d+\.\d+\S*)\s*$/m.exec(text)?.[1];
  return version === undefined ? undefined : `v${version}`;
}

function bodyOf(text: string): readonly string[] {
  const lines = text.split("\n").map((line) => line.trim());
  const heading = lines.findIndex((line) => line !== "");
  const warning = lines.findIndex((line) => line.startsWith("Warning:"));
  return lines.slice(Math.max(heading, warning) + 1);
}

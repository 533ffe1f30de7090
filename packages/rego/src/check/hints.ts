import { closest } from "../builtins/graphql/suggestions.ts";
import type { RegoError } from "../syntax/error.ts";
import { textOf } from "../syntax/location.ts";

// What may mend an error, where that can be guessed: OPA's messages do not say.

/** What other languages call a builtin. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["len", "count"],
  ["length", "count"],
  ["size", "count"],
  ["includes", "contains"],
  ["has_prefix", "startswith"],
  ["has_suffix", "endswith"],
  ["to_lower", "lower"],
  ["lowercase", "lower"],
  ["to_upper", "upper"],
  ["uppercase", "upper"],
  ["matches", "regex.match"],
  ["regex_match", "regex.match"],
  ["keys", "object.keys"],
  ["json.parse", "json.unmarshal"],
  ["json.stringify", "json.marshal"],
  ["join", "concat"],
  ["printf", "sprintf"],
  ["format", "sprintf"],
  ["is_nil", "is_null"],
]);

/** The names that may have been meant, of what an error says does not exist. */
export interface KnownNames {
  /** Builtins, and functions of the modules by their names and by their paths from `data` on. */
  readonly functions: readonly string[];
  /** Rules and imports. */
  readonly documents: readonly string[];
}

/** The errors with hints. `names` is asked for only where one needs it. */
export function withHints(errors: readonly RegoError[], names: () => KnownNames): readonly RegoError[] {
  let known: KnownNames | undefined;
  return errors.map((error) => {
    const hint = hintFor(error, () => (known ??= names()));
    return hint === undefined ? error : { ...error, hint };
  });
}

function hintFor({ code, message, location }: RegoError, names: () => KnownNames): string | undefined {
  const [, unknown] = /^undefined function (\S+)$/.exec(message) ?? [];
  if (unknown !== undefined) {
    const meant = meantBy(unknown, names().functions);
    return meant === undefined ? undefined : `did you mean ${meant}?`;
  }
  if (code !== "rego_unsafe_var_error" || location === undefined) return undefined;
  const [, variable] = /^var (\S+) is unsafe(?: in rule \S+)?$/.exec(message) ?? [];
  return variable === undefined ? undefined : hintForVariable(variable, textOf(location), names);
}

function hintForVariable(variable: string, needing: string, names: () => KnownNames): string {
  if (/^not\b/.test(needing)) {
    const what = variable === "_" ? "the elements to go through" : variable;
    return `\`not\` finds no values: name ${what} in an expression before it, as in \`some x in xs\``;
  }
  const [nearest] = variable === "_" ? [] : closest(variable, names().documents);
  if (nearest !== undefined && nearest.length > 2) return `did you mean ${nearest}?`;
  const [line = ""] = needing.split("\n");
  return line === needing && line !== variable
    ? `\`${line}\` needs a value for ${variable}, and nothing gives it one`
    : `nothing gives ${variable} a value`;
}

function meantBy(unknown: string, functions: readonly string[]): string | undefined {
  const letters = lettersOf(unknown);
  const same = functions.find((name) => lettersOf(name) === letters);
  if (same !== undefined) return same;
  const elsewhere = ELSEWHERE.get(unknown);
  if (elsewhere !== undefined && functions.includes(elsewhere)) return elsewhere;
  const [nearest] = closest(unknown, functions);
  return nearest;
}

/** A name without what languages write differently. */
function lettersOf(name: string): string {
  return name.replaceAll(/[_.]/g, "").toLowerCase();
}

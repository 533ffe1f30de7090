import { RE2JS, RE2JSException } from "re2js";
import { CachePurpose } from "../cache.ts";
import { BuiltinError } from "../errors.ts";
import { namedGroups } from "./group-names.ts";
import { type NativeSearch, nativeSearch } from "./native.ts";

/** A match as the places of its groups, -1 for one that took no part: start and end of each in turn. */
export type MatchPlaces = readonly number[];

/** A regular expression of RE2's language. */
export class Regex {
  readonly #pattern: string;
  readonly #native: NativeSearch | undefined;
  #engine: RE2JS | undefined;

  /** Throws a `BuiltinError` in Go's words for a pattern that is none. */
  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#native = nativeSearch(pattern);
    if (this.#native === undefined) this.#engine = compileEngine(pattern);
  }

  test(text: string): boolean {
    const subject = text.isWellFormed() ? text : text.toWellFormed();
    if (this.#native !== undefined) return this.#native.test(subject);
    return this.engine.re2Input.match(subject);
  }

  get engine(): RE2JS {
    return (this.#engine ??= compileEngine(this.#pattern));
  }

  /** All matches, at most `limit` of them unless it is negative, none within another. */
  findAll(text: string, limit: number): MatchPlaces[] {
    if (limit === 0) return [];
    const global = this.#native?.global;
    return global === undefined ? this.#findWithEngine(text, limit) : findNatively(global, text, limit);
  }

  #findWithEngine(text: string, limit: number): MatchPlaces[] {
    const found: unknown = this.engine.re2Input.findAllSubmatchIndex(text, limit);
    if (!Array.isArray(found)) return [];
    const matches: MatchPlaces[] = [];
    for (const match of found) if (isPlaces(match)) matches.push(match);
    return matches;
  }

  /** The numbers of the groups of a name, in order. */
  groupsNamed(name: string): readonly number[] {
    return namedGroups(this.#pattern).numbers.get(name) ?? [];
  }
}

function isPlaces(value: unknown): value is MatchPlaces {
  return Array.isArray(value) && value.every((place) => typeof place === "number");
}

function findNatively(global: RegExp, text: string, limit: number): MatchPlaces[] {
  const matches: MatchPlaces[] = [];
  global.lastIndex = 0;
  for (let match = global.exec(text); match !== null; match = global.exec(text)) {
    matches.push([match.index, match.index + match[0].length]);
    if (limit > 0 && matches.length >= limit) break;
  }
  return matches;
}

function compileEngine(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const { message } = error;
    if (message.includes("duplicate capture group name")) {
      const { pattern: unique } = namedGroups(pattern);
      if (unique !== pattern) return compileUnique(unique, pattern);
    }
    throw new BuiltinError(message.endsWith("trailing backslash at end of expression") ? `${message}: \`\`` : message);
  }
}

/** Compiles a pattern in the place of the one written, which messages show. */
function compileUnique(unique: string, written: string): RE2JS {
  try {
    return compileEngine(unique);
  } catch (error) {
    if (!(error instanceof BuiltinError)) throw error;
    throw new BuiltinError(error.message.replace(`\`${unique}\``, () => `\`${written}\``));
  }
}

export const regexes: CachePurpose<Regex> = new CachePurpose(200, (pattern) => new Regex(pattern));

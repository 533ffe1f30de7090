import { suggest } from "./suggest.ts";
import { UsageError } from "./usage-error.ts";

/** One use of a flag on the command line, in order. */
export interface Occurrence {
  readonly flag: string;
  /** As the user wrote the flag: `-o`, `--output`. */
  readonly spelling: string;
  readonly value: string;
}

/** What the shell should offer for a value: files, control ids, or these words. */
export type Completion = "file" | "control" | readonly string[];

/** A flag of a command and how its occurrences become a value. `read` throws `UsageError` for values it does not take. */
export interface Flag<T> {
  /** Without dashes: `fail-on`. */
  readonly name: string;
  readonly short?: string;
  /** A boolean flag takes no value, and can be written `--no-NAME` or `--NAME=false`. */
  readonly boolean: boolean;
  /** Stands for the value in help; empty for booleans. */
  readonly placeholder: string;
  readonly description: string;
  readonly completion?: Completion;
  read(occurrences: readonly Occurrence[]): T;
}

interface FlagText {
  readonly name: string;
  readonly short?: string;
  readonly description: string;
}

export function booleanFlag(text: FlagText): Flag<boolean> {
  return {
    ...text,
    boolean: true,
    placeholder: "",
    read: (occurrences) => {
      const last = occurrences.at(-1);
      if (last === undefined) return false;
      if (/^(true|t|1)$/i.test(last.value)) return true;
      if (/^(false|f|0)$/i.test(last.value)) return false;
      throw new UsageError("USAGE_FLAG_VALUE", `${last.spelling} is true or false, not "${last.value}"`);
    },
  };
}

interface ValueText extends FlagText {
  readonly placeholder: string;
  readonly completion?: Completion;
}

/** A flag with one value; the last one given counts, as in kubectl. */
export function textFlag(text: ValueText): Flag<string | undefined> {
  return {
    ...text,
    boolean: false,
    read: (occurrences) => {
      const last = occurrences.at(-1);
      if (last !== undefined && last.value === "") {
        throw new UsageError("USAGE_FLAG_VALUE", `${last.spelling} has an empty value; it takes ${text.placeholder}`);
      }
      return last?.value;
    },
  };
}

/** A flag that may be repeated, its values in order. */
export function listFlag(text: ValueText & { readonly separator?: "," }): Flag<readonly string[]> {
  return {
    ...text,
    boolean: false,
    read: (occurrences) =>
      occurrences.flatMap(({ spelling, value }) => {
        const items = text.separator === undefined ? [value] : value.split(text.separator).map((item) => item.trim());
        if (items.includes(""))
          throw new UsageError("USAGE_FLAG_VALUE", `${spelling} has an empty value; it takes ${text.placeholder}`);
        return items;
      }),
  };
}

/** A flag whose value is one of a few words. */
export function choiceFlag<const C extends string>(
  text: FlagText & { readonly placeholder: string; readonly choices: readonly C[] },
): Flag<C | undefined> {
  return {
    ...text,
    boolean: false,
    completion: text.choices,
    read: (occurrences) => {
      const last = occurrences.at(-1);
      return last === undefined ? undefined : choose(last, text.choices);
    },
  };
}

/** Like `choiceFlag`, comma-separated and repeatable. */
export function choicesFlag<const C extends string>(
  text: FlagText & { readonly placeholder: string; readonly choices: readonly C[] },
): Flag<readonly C[]> {
  return {
    ...text,
    boolean: false,
    completion: text.choices,
    read: (occurrences) =>
      occurrences.flatMap((occurrence) =>
        occurrence.value.split(",").map((value) => choose({ ...occurrence, value: value.trim() }, text.choices)),
      ),
  };
}

/** A flag whose value is a number within bounds. */
export function numberFlag(
  text: FlagText & { readonly placeholder: string; readonly min: number; readonly max: number },
): Flag<number | undefined> {
  return {
    ...text,
    boolean: false,
    read: (occurrences) => {
      const last = occurrences.at(-1);
      if (last === undefined) return undefined;
      const value = /^\d+(\.\d+)?$/.test(last.value) ? Number(last.value) : Number.NaN;
      if (value >= text.min && value <= text.max) return value;
      throw new UsageError(
        "USAGE_FLAG_VALUE",
        `${last.spelling} is a number from ${text.min} to ${text.max}, not "${last.value}"`,
      );
    },
  };
}

/** The choice that the occurrence names, whatever its case; `UsageError` with the nearest one otherwise. */
export function choose<C extends string>(occurrence: Pick<Occurrence, "spelling" | "value">, choices: readonly C[]): C {
  const found = choices.find((choice) => choice === occurrence.value.toLowerCase());
  if (found !== undefined) return found;
  const near = suggest(occurrence.value, choices);
  throw new UsageError(
    "USAGE_FLAG_VALUE",
    `${occurrence.spelling} does not take "${occurrence.value}"${near === undefined ? "" : `, did you mean ${near}?`} (one of ${choices.join(", ")})`,
  );
}

/**
 * Command-line arguments by kubectl's rules (pflag): flags and arguments may be mixed, `-Rf dir`, `-Rfdir`, `-o=json`,
 * `--output=json`, `--no-color`, `--` ends the flags, a lone `-` is an argument. See docs/decisions/0002.
 */
import { type Command, commandLine } from "../command.ts";
import type { Flag, Occurrence } from "./flag.ts";
import { suggest } from "./suggest.ts";
import { UsageError } from "./usage-error.ts";

/** What was given to a command. Every value has been read once already, so `get` does not throw for a flag of the command. */
export interface ParsedArguments {
  readonly positional: readonly string[];
  /** All flags in the order they were written, for flags whose order matters. */
  readonly occurrences: readonly Occurrence[];
  get<T>(flag: Flag<T>): T;
}

/** Parses what follows the command's name. Throws `UsageError`. */
export function parseArguments(
  command: Command,
  words: readonly string[],
  others: readonly Command[],
): ParsedArguments {
  const positional: string[] = [];
  const occurrences: Occurrence[] = [];
  const waiting = [...words];
  for (let word = waiting.shift(); word !== undefined; word = waiting.shift()) {
    if (word === "--") positional.push(...waiting.splice(0));
    else if (word.startsWith("--")) occurrences.push(readLong(word, waiting));
    else if (word.startsWith("-") && word !== "-") occurrences.push(...readShorts(word, waiting));
    else positional.push(word);
  }
  const get = <T>(flag: Flag<T>): T => flag.read(occurrences.filter((occurrence) => occurrence.flag === flag.name));
  // Help wins over whatever else is wrong with the line.
  if (!occurrences.some(({ flag }) => flag === "help")) {
    for (const flag of command.flags) get(flag);
    checkPositional(command, positional);
  }
  return { positional, occurrences, get };

  function readLong(word: string, rest: string[]): Occurrence {
    const equals = word.indexOf("=");
    const spelling = equals === -1 ? word : word.slice(0, equals);
    const attached = equals === -1 ? undefined : word.slice(equals + 1);
    const name = spelling.slice(2);
    const flag = command.flags.find((candidate) => candidate.name === name);
    if (flag !== undefined) return withValue(flag, spelling, attached, rest);
    const negated = command.flags.find((candidate) => candidate.boolean && `no-${candidate.name}` === name);
    if (negated !== undefined && attached === undefined) return { flag: negated.name, spelling, value: "false" };
    throw unknownFlag(command, spelling, others);
  }

  function readShorts(word: string, rest: string[]): Occurrence[] {
    const found: Occurrence[] = [];
    for (let index = 1; index < word.length; index += 1) {
      const letter = word.charAt(index);
      const spelling = `-${letter}`;
      const flag = command.flags.find((candidate) => candidate.short === letter);
      if (flag === undefined) throw unknownFlag(command, index === 1 && word.length > 2 ? word : spelling, others);
      const after = word.slice(index + 1);
      if (flag.boolean && !after.startsWith("=")) {
        found.push({ flag: flag.name, spelling, value: "true" });
        continue;
      }
      found.push(withValue(flag, spelling, after === "" ? undefined : after.replace(/^=/, ""), rest));
      break;
    }
    return found;
  }
}

function withValue(flag: Flag<unknown>, spelling: string, attached: string | undefined, rest: string[]): Occurrence {
  if (attached !== undefined) return { flag: flag.name, spelling, value: attached };
  if (flag.boolean) return { flag: flag.name, spelling, value: "true" };
  const value = rest.shift();
  if (value === undefined) {
    throw new UsageError("USAGE_FLAG_VALUE_MISSING", `${spelling} needs a value: ${spelling} ${flag.placeholder}`);
  }
  return { flag: flag.name, spelling, value };
}

function unknownFlag(command: Command, spelling: string, others: readonly Command[]): UsageError {
  const name = spelling.replace(/^-+/, "");
  const long = suggest(
    name,
    command.flags.map((flag) => flag.name),
  );
  const owner = others.find((other) => other !== command && other.flags.some((flag) => `--${flag.name}` === spelling));
  const advice =
    owner !== undefined
      ? `it is a flag of ${commandLine(owner)}`
      : long !== undefined && name.length > 1
        ? `did you mean --${long}?`
        : "a value that starts with a dash goes after --";
  return new UsageError("USAGE_FLAG_UNKNOWN", `${commandLine(command)} has no flag ${spelling}; ${advice}`);
}

function checkPositional(command: Command, given: readonly string[]): void {
  const { argument } = command;
  if (argument === undefined) {
    const [first] = given;
    if (first !== undefined) {
      throw new UsageError("USAGE_ARGUMENT_UNEXPECTED", `${commandLine(command)} takes no argument, got "${first}"`);
    }
    return;
  }
  if (argument.required && given.length === 0) {
    throw new UsageError("USAGE_ARGUMENT_MISSING", `${commandLine(command)} needs ${argument.placeholder}`);
  }
  if (!argument.repeatable && given.length > 1) {
    throw new UsageError(
      "USAGE_ARGUMENT_UNEXPECTED",
      `${commandLine(command)} takes one ${argument.placeholder}, got ${given.length}: ${given.join(" ")}`,
    );
  }
  if (argument.choices === undefined) return;
  for (const value of given) {
    if (argument.choices.includes(value)) continue;
    const near = suggest(value, argument.choices);
    throw new UsageError(
      "USAGE_ARGUMENT_VALUE",
      `${argument.placeholder} is one of ${argument.choices.join(", ")}, not "${value}"${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  }
}

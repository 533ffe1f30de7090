import { suggest } from "../arguments/suggest.ts";
import { UsageError } from "../arguments/usage-error.ts";
import type { Command } from "../command.ts";
import { groupHelp, programHelp } from "../help.ts";

export type Resolved =
  | { readonly type: "command"; readonly command: Command; readonly rest: readonly string[] }
  | { readonly type: "text"; readonly text: string };

/** Finds the command that a line names, or the help it asks for. Throws `UsageError` with a suggestion. */
export function resolveCommand(words: readonly string[], commands: readonly Command[]): Resolved {
  // Flags before the command's name are the command's: `redoubt --debug scan x`.
  const start = words.findIndex((word) => !word.startsWith("-"));
  const leading = start === -1 ? words : words.slice(0, start);
  const [first, second] = start === -1 ? [] : words.slice(start);
  if (first === undefined) return withoutCommand(leading, commands);

  const single = commands.find(({ path }) => path.length === 1 && path[0] === first);
  if (single !== undefined) return { type: "command", command: single, rest: [...leading, ...words.slice(start + 1)] };

  const group = commands.filter(({ path }) => path.length > 1 && path[0] === first);
  if (group.length === 0) throw unknownCommand(first, commands);
  const named = words.slice(start);
  const deep = group.find(({ path }) => path.length > 2 && path.every((word, index) => word === named[index]));
  if (deep !== undefined) {
    return { type: "command", command: deep, rest: [...leading, ...named.slice(deep.path.length)] };
  }
  const inGroup = group.find(({ path }) => path.length === 2 && path[1] === second);
  if (inGroup !== undefined)
    return { type: "command", command: inGroup, rest: [...leading, ...words.slice(start + 2)] };
  if (second === undefined || second === "--help" || second === "-h") {
    if (second === undefined && !asksForHelp(leading)) {
      throw new UsageError(
        "USAGE_COMMAND_MISSING",
        `redoubt ${first} needs one of ${group.map(({ path }) => path[1]).join(", ")}`,
      );
    }
    return { type: "text", text: groupHelp(first, group) };
  }
  const below = group.filter(({ path }) => path.length > 2 && path[1] === second);
  if (below.length > 0) {
    throw new UsageError(
      "USAGE_COMMAND_MISSING",
      `redoubt ${first} ${second} needs one of ${below.map(({ path }) => path.slice(2).join(" ")).join(", ")}`,
    );
  }
  const near = suggest(
    second,
    group.flatMap(({ path }) => path[1] ?? []),
  );
  throw new UsageError(
    "USAGE_COMMAND_UNKNOWN",
    `redoubt ${first} has no command "${second}"; ${near === undefined ? `there are ${group.map(({ path }) => path[1]).join(", ")}` : `did you mean "redoubt ${first} ${near}"?`}`,
  );
}

function withoutCommand(flags: readonly string[], commands: readonly Command[]): Resolved {
  const [first] = flags;
  if (first === undefined || asksForHelp(flags)) return { type: "text", text: programHelp(commands) };
  const version = commands.find(({ path }) => path[0] === "version");
  if (first === "--version" && version !== undefined) {
    return { type: "command", command: version, rest: flags.slice(1) };
  }
  const near = suggest(first.replace(/^-+/, ""), ["help", "version", "debug"]);
  throw new UsageError(
    "USAGE_FLAG_UNKNOWN",
    `redoubt has no flag ${first}; ${near === undefined ? "put a command first, such as redoubt scan" : `did you mean --${near}?`}`,
  );
}

function asksForHelp(flags: readonly string[]): boolean {
  return flags.includes("--help") || flags.includes("-h");
}

function unknownCommand(word: string, commands: readonly Command[]): UsageError {
  const names = [...new Set(commands.filter(({ hidden }) => hidden !== true).flatMap(({ path }) => path[0] ?? []))];
  const near = suggest(word, names);
  const advice =
    near !== undefined
      ? `did you mean "redoubt ${near}"?`
      : /[./]/.test(word)
        ? `to assess that path: redoubt scan ${word}`
        : "redoubt --help lists the commands";
  return new UsageError("USAGE_COMMAND_UNKNOWN", `there is no command "${word}"; ${advice}`);
}

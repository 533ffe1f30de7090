import type { Completion, Flag } from "../arguments/flag.ts";
import type { Action, Command } from "../command.ts";
import { commands } from "../commands/index.ts";
import { EXIT } from "../exit-code.ts";

export const runComplete: Action = async ({ args, host }) => {
  const candidates = await candidatesFor(args.positional);
  host.stdout.write(candidates.map((candidate) => `${candidate}\n`).join(""));
  return EXIT.clean;
};

/** What could stand for the last word, given those before it; `[":file"]` means file names. */
async function candidatesFor(words: readonly string[]): Promise<readonly string[]> {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? "";
  const shown = commands.filter(({ hidden }) => hidden !== true);
  const command = shown.find(({ path }) => path.every((word, index) => before[index] === word));
  if (command === undefined) return startingWith(current, nextWords(shown, before));
  if (command.path[0] === "help") return startingWith(current, nextWords(shown, before.slice(1)));

  const rest = before.slice(command.path.length);
  if (rest.includes("--")) return await fromCompletion(command.argument?.completion, current);
  const equals = current.indexOf("=");
  if (current.startsWith("--") && equals !== -1) {
    const flag = command.flags.find(({ name }) => `--${name}` === current.slice(0, equals));
    return flag === undefined ? [] : await fromCompletion(flag.completion, current.slice(equals + 1));
  }
  const waiting = flagWaitingForValue(command, rest);
  if (waiting !== undefined) return await fromCompletion(waiting.completion, current);
  if (current.startsWith("-")) {
    return startingWith(
      current,
      command.flags.map(({ name }) => `--${name}`),
    );
  }
  return await fromCompletion(command.argument?.completion, current);
}

/** The words that can follow: commands, or those of a group. */
function nextWords(shown: readonly Command[], before: readonly string[]): readonly string[] {
  const matching = shown.filter(
    ({ path }) => before.length < path.length && before.every((word, index) => path[index] === word),
  );
  return [...new Set(matching.flatMap(({ path }) => path[before.length] ?? []))];
}

function flagWaitingForValue(command: Command, rest: readonly string[]): Flag<unknown> | undefined {
  const last = rest.at(-1) ?? "";
  const flag = last.startsWith("--")
    ? command.flags.find(({ name }) => `--${name}` === last)
    : /^-\w+$/.test(last)
      ? command.flags.find(({ short }) => short === last.at(-1))
      : undefined;
  return flag?.boolean === false ? flag : undefined;
}

async function fromCompletion(completion: Completion | undefined, current: string): Promise<readonly string[]> {
  if (completion === "file") return [":file"];
  if (completion !== "control") return startingWith(current, completion ?? []);
  const { catalogue } = await import("@redoubt/posture");
  return startingWith(
    current.toUpperCase(),
    catalogue.map(({ id }) => id),
  );
}

function startingWith(prefix: string, words: readonly string[]): readonly string[] {
  // A value may be a list: a,b completes after the last comma.
  const comma = prefix.startsWith("-") ? -1 : prefix.lastIndexOf(",");
  const head = prefix.slice(0, comma + 1);
  return words.filter((word) => word.startsWith(prefix.slice(comma + 1))).map((word) => `${head}${word}`);
}

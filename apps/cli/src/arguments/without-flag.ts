import type { Flag } from "./flag.ts";
import type { ParsedArguments } from "./parse.ts";

/** The arguments as if a flag were not among them: for what reads a flag of that name in a meaning of its own. */
export function withoutFlag(args: ParsedArguments, { name }: Flag<unknown>): ParsedArguments {
  return {
    positional: args.positional,
    occurrences: args.occurrences.filter(({ flag }) => flag !== name),
    get: (flag) => (flag.name === name ? flag.read([]) : args.get(flag)),
  };
}

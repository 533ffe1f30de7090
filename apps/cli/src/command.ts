import type { Completion, Flag } from "./arguments/flag.ts";
import type { ParsedArguments } from "./arguments/parse.ts";
import type { Host } from "./terminal/host.ts";

/** What a command's code is given. */
export interface Invocation {
  readonly args: ParsedArguments;
  readonly host: Host;
}

/** A command's code; resolves to the exit code. */
export type Action = (invocation: Invocation) => Promise<number>;

/** Everything about a command except its code, which is loaded only when it runs: start-up must not pay for all commands. */
export interface Command {
  /** `["pod-security", "check"]`. */
  readonly path: readonly string[];
  /** One line, for lists of commands. */
  readonly summary: string;
  /** What it does, in a few sentences. */
  readonly description: string;
  readonly argument?: {
    /** `PATH`. */
    readonly placeholder: string;
    readonly required: boolean;
    readonly repeatable: boolean;
    readonly completion?: Completion;
    readonly choices?: readonly string[];
  };
  readonly flags: readonly Flag<unknown>[];
  readonly examples: readonly { readonly does: string; readonly line: string }[];
  /** What exit code 0 means. */
  readonly success: string;
  /** Exit codes beyond 0, with what they mean for this command. */
  readonly exitCodes: readonly { readonly code: number; readonly means: string }[];
  /** Left out of help and completion. */
  readonly hidden?: boolean;
  load(): Promise<Action>;
}

/** `redoubt pod-security check`: how the command is called. */
export function commandLine(command: Pick<Command, "path">): string {
  return ["redoubt", ...command.path].join(" ");
}

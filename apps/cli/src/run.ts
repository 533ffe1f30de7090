import { RedoubtError, formatDiagnostic } from "@redoubt/kube";
import { parseArguments } from "./arguments/parse.ts";
import { UsageError } from "./arguments/usage-error.ts";
import type { Command } from "./command.ts";
import { commandLine } from "./command.ts";
import { resolveCommand } from "./commands/resolve.ts";
import { commands } from "./commands/index.ts";
import { EXIT } from "./exit-code.ts";
import { debug, help } from "./flags/global.ts";
import { commandHelp } from "./help.ts";
import type { Host } from "./terminal/host.ts";
import { plain } from "./terminal/plain.ts";

/** Runs one command line (without the program's name) and resolves to its exit code. Errors are printed, never thrown. */
export async function run(words: readonly string[], host: Host): Promise<number> {
  let command: Command | undefined;
  try {
    const resolved = resolveCommand(words, commands);
    if (resolved.type === "text") {
      host.stdout.write(resolved.text);
      return EXIT.clean;
    }
    command = resolved.command;
    const args = parseArguments(command, resolved.rest, commands);
    if (args.get(help)) {
      host.stdout.write(commandHelp(command));
      return EXIT.clean;
    }
    const action = await command.load();
    return await action({ args, host });
  } catch (error) {
    host.stderr.write(plain(describeError(error, command, words.includes(`--${debug.name}`))));
    return EXIT.usage;
  }
}

function describeError(error: unknown, command: Command | undefined, withStack: boolean): string {
  if (error instanceof RedoubtError) {
    const lines = [`redoubt: error ${error.code}: ${error.message}`, ...error.diagnostics.map(formatDiagnostic)];
    if (error instanceof UsageError)
      lines.push(`See: ${command === undefined ? "redoubt" : commandLine(command)} --help`);
    if (withStack && error.stack !== undefined) lines.push(error.stack);
    return `${lines.join("\n")}\n`;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (withStack) return `redoubt: error INTERNAL: ${error instanceof Error ? (error.stack ?? message) : message}\n`;
  const [firstLine = ""] = message.split("\n");
  return `redoubt: error INTERNAL: ${firstLine} (a fault of Redoubt, please report it; --debug shows where it happened)\n`;
}

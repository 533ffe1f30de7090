import type { Flag } from "./arguments/flag.ts";
import { type Command, commandLine } from "./command.ts";
import { commands } from "./commands/index.ts";
import { globalFlags } from "./flags/global.ts";
import { usageLine } from "./help.ts";

/** docs/cli.md: every command's help as a page. `npm run generate` writes it; a test fails when it is stale. */
export function cliReference(): string {
  const shown = commands.filter(({ hidden }) => hidden !== true);
  return `${[
    "# The command line",
    "<!-- Written by npm run generate from the commands' own help. -->",
    "`redoubt COMMAND --help` prints the same. As a kubectl plugin: `kubectl redoubt COMMAND`.",
    CONVENTIONS,
    "| Command | What it does |\n| --- | --- |\n" +
      shown.map((command) => `| [${commandLine(command)}](#${anchor(command)}) | ${command.summary} |`).join("\n"),
    ...shown.map(section),
  ].join("\n\n")}\n`;
}

const CONVENTIONS = `## Conventions
- Paths are files, folders, Helm charts, or \`-\` for standard input; \`-f PATH\` is the same as an argument. Folders are read without
  their subfolders unless \`-R\` is given. Without a path, what is piped in is read.
- Flags are written as for kubectl: \`-Rf dir\`, \`-ojson\`, \`--output=json\`, \`--no-recursive\`; \`--\` ends them. A flag with one value that
  is repeated counts as given last.
- \`-o FORMAT --output-file FILE\` may be repeated to write several formats in one run. A file belongs to the \`-o\` before it; one format
  can go without a file, to standard output.
- Results go to standard output; progress (on a terminal), problems and summaries to standard error. \`NO_COLOR\` and \`FORCE_COLOR\` are honoured.

| Exit code | Meaning |
| --- | --- |
| 0 | clean |
| 1 | findings at or above \`--fail-on\`, or a "no" from a query |
| 2 | wrong usage or configuration; also an unexpected error of Redoubt, which \`--debug\` shows in full |
| 3 | incomplete: something could not be read or judged |
| 4 | below \`--min-score\` |
| 130 | interrupted |

Where several apply, 2 comes before 3, 3 before 1, and 1 before 4: what could not be read may hide worse than what was found.
Errors have stable codes, listed in [errors.md](errors.md).`;

function section(command: Command): string {
  const own = command.flags.filter((flag) => !globalFlags.includes(flag));
  return [
    `## ${commandLine(command)}`,
    `\`\`\`\n${usageLine(command)}\n\`\`\``,
    command.description,
    `\`\`\`sh\n${command.examples.map(({ does, line }) => `# ${does}\n${line}`).join("\n")}\n\`\`\``,
    ...(own.length === 0 ? [] : [`| Flag | |\n| --- | --- |\n${own.map(flagRow).join("\n")}`]),
    `| Exit code | |\n| --- | --- |\n${[{ code: 0, means: command.success }, ...command.exitCodes].map(({ code, means }) => `| ${code} | ${means} |`).join("\n")}`,
  ].join("\n\n");
}

function flagRow({ name, short, placeholder, description }: Flag<unknown>): string {
  const usage = `${short === undefined ? "" : `-${short}, `}--${name}${placeholder === "" ? "" : ` ${placeholder}`}`;
  return `| \`${usage}\` | ${description} |`;
}

function anchor(command: Command): string {
  return commandLine(command).replaceAll(" ", "-");
}

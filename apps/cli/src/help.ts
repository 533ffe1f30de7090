import { type Command, commandLine } from "./command.ts";
import type { Flag } from "./arguments/flag.ts";
import { globalFlags, versionFlag } from "./flags/global.ts";
import { wrap } from "./terminal/wrap.ts";

const WIDTH = 100;

/** The page of `redoubt --help`. */
export function programHelp(commands: readonly Command[]): string {
  const shown = commands.filter(({ hidden }) => hidden !== true);
  return [
    "Redoubt: defence in depth for Kubernetes. Assesses manifests, charts and pipelines, and fixes them.",
    "",
    "Usage: redoubt COMMAND [flags]",
    "",
    "Examples:",
    "  redoubt scan deploy.yaml         assess one file",
    "  redoubt scan -R .                assess everything in this folder",
    "  redoubt fix -R . --write         apply the fixes that are safe",
    "  redoubt explain POD-001          one control in full",
    "",
    "Commands:",
    ...columns(shown.map((command) => [command.path.join(" "), command.summary])),
    "",
    "Flags:",
    ...flagLines([...globalFlags, versionFlag]),
    "",
    "redoubt COMMAND --help shows a command's flags and examples.",
    "",
  ].join("\n");
}

/** The page for a word that only groups commands: `redoubt pod-security`. */
export function groupHelp(group: string, commands: readonly Command[]): string {
  return [
    `Usage: redoubt ${group} COMMAND [flags]`,
    "",
    "Commands:",
    ...columns(commands.map((command) => [command.path.join(" "), command.summary])),
    "",
    `redoubt ${group} COMMAND --help shows a command's flags and examples.`,
    "",
  ].join("\n");
}

/** The page of `redoubt COMMAND --help`. */
export function commandHelp(command: Command): string {
  return [
    `Usage: ${usageLine(command)}`,
    "",
    ...wrap(command.description, WIDTH),
    "",
    "Examples:",
    ...command.examples.flatMap(({ does, line }) => [`  # ${does}`, `  ${line}`]),
    "",
    "Flags:",
    ...flagLines([...command.flags.filter((flag) => !globalFlags.includes(flag)), ...globalFlags]),
    "",
    "Exit codes:",
    ...columns([["0", command.success], ...command.exitCodes.map(({ code, means }) => [String(code), means] as const)]),
    "",
  ].join("\n");
}

export function usageLine(command: Command): string {
  const { argument } = command;
  if (argument === undefined) return `${commandLine(command)} [flags]`;
  const repeated = `${argument.placeholder}${argument.repeatable ? "..." : ""}`;
  return `${commandLine(command)} ${argument.required ? repeated : `[${repeated}]`} [flags]`;
}

/** `-f, --filename PATH`. */
export function flagUsage(flag: Flag<unknown>): string {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  return `${short}--${flag.name}${flag.placeholder === "" ? "" : ` ${flag.placeholder}`}`;
}

function flagLines(flags: readonly Flag<unknown>[]): string[] {
  return columns(flags.map((flag) => [flagUsage(flag), flag.description]));
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const first = Math.min(30, Math.max(...rows.map(([left]) => left.length))) + 2;
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, WIDTH - first - 2);
    const start =
      left.length + 2 > first ? [`  ${left}`, ...lines.map((line) => `${" ".repeat(first + 2)}${line}`)] : undefined;
    return start ?? lines.map((line, index) => `  ${(index === 0 ? left : "").padEnd(first)}${line}`);
  });
}

import type { Command } from "../command.ts";
import { globalFlags } from "../flags/global.ts";
import { type OutputFlags, outputFlags } from "../flags/output.ts";
import { usageCode } from "./exit-codes.ts";

export const completion: Command = {
  path: ["completion"],
  summary: "Completion for bash, zsh or fish",
  description: "Prints a script that makes the shell complete commands, flags, their values, control ids and files.",
  argument: {
    placeholder: "SHELL",
    required: true,
    repeatable: false,
    choices: ["bash", "zsh", "fish"],
    completion: ["bash", "zsh", "fish"],
  },
  flags: globalFlags,
  examples: [
    { does: "in ~/.bashrc", line: "source <(redoubt completion bash)" },
    { does: "in ~/.zshrc, after compinit", line: "source <(redoubt completion zsh)" },
    { does: "for fish", line: "redoubt completion fish > ~/.config/fish/completions/redoubt.fish" },
  ],
  success: "printed",
  exitCodes: [usageCode],
  load: async () => (await import("../actions/completion.ts")).runCompletion,
};

/** Called by the completion scripts with the words typed so far; the last one is being typed. */
export const complete: Command = {
  path: ["__complete"],
  summary: "Candidates for the shell",
  description: "What the completion scripts ask: prints candidates for the last word, one a line.",
  argument: { placeholder: "WORD", required: false, repeatable: true },
  flags: globalFlags,
  examples: [{ does: "what could follow", line: "redoubt __complete -- sc" }],
  success: "printed",
  exitCodes: [usageCode],
  hidden: true,
  load: async () => (await import("../actions/complete.ts")).runComplete,
};

export const versionOutput: OutputFlags<"text" | "json"> = outputFlags(["text", "json"], "text");

export const version: Command = {
  path: ["version"],
  summary: "The version of Redoubt",
  description: "Prints the version; redoubt --version does the same.",
  flags: [...versionOutput.flags, ...globalFlags],
  examples: [{ does: "for a script", line: "redoubt version -o json" }],
  success: "printed",
  exitCodes: [usageCode],
  load: async () => (await import("../actions/version.ts")).runVersion,
};

export const help: Command = {
  path: ["help"],
  summary: "Help for a command",
  description: "The same as redoubt COMMAND --help.",
  argument: { placeholder: "COMMAND", required: false, repeatable: true },
  flags: globalFlags,
  examples: [{ does: "one command", line: "redoubt help pod-security check" }],
  success: "printed",
  exitCodes: [usageCode],
  load: async () => (await import("../actions/help.ts")).runHelp,
};

import type { Action } from "../command.ts";
import { commands } from "../commands/index.ts";
import { resolveCommand } from "../commands/resolve.ts";
import { EXIT } from "../exit-code.ts";
import { commandHelp } from "../help.ts";

export const runHelp: Action = async ({ args, host }) => {
  const resolved = resolveCommand([...args.positional, "--help"], commands);
  host.stdout.write(resolved.type === "text" ? resolved.text : commandHelp(resolved.command));
  return EXIT.clean;
};

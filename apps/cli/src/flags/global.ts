import { type Flag, booleanFlag } from "../arguments/flag.ts";

export const help: Flag<boolean> = booleanFlag({ name: "help", short: "h", description: "show this help" });

export const debug: Flag<boolean> = booleanFlag({
  name: "debug",
  description: "show the stack of an unexpected error",
});

/** Flags that every command takes, also before its name. */
export const globalFlags: readonly Flag<unknown>[] = [help, debug];

/** Only without a command: `redoubt --version`. */
export const versionFlag: Flag<boolean> = booleanFlag({ name: "version", description: "show the version" });

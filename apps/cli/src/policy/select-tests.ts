import { UsageError } from "../arguments/usage-error.ts";

/** Which tests `--run` chooses, by their full names; undefined is all. Throws `UsageError`. */
export function selection(pattern: string | undefined): ((name: string) => boolean) | undefined {
  if (pattern === undefined) return undefined;
  try {
    const expression = new RegExp(pattern, "u");
    return (name) => expression.test(name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError("USAGE_FLAG_VALUE", `--run is not a regular expression: ${reason}`);
  }
}

import { type Capabilities, LoadError, readCapabilities } from "@redoubt/rego";
import { RedoubtError } from "@redoubt/kube";
import { readTextFile } from "../actions/read-text-file.ts";
import type { ParsedArguments } from "../arguments/parse.ts";
import { capabilities } from "../flags/policy.ts";

/** What `--capabilities` allows; undefined is everything. Throws `CONFIG_READ` or `LOAD_CAPABILITIES`. */
export async function capabilitiesOf(args: ParsedArguments): Promise<Capabilities | undefined> {
  const file = args.get(capabilities);
  if (file === undefined) return undefined;
  const text = await readTextFile(file, "--capabilities");
  try {
    return readCapabilities(text, file);
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    throw new RedoubtError("LOAD_CAPABILITIES", `--capabilities ${error.message}`, { cause: error });
  }
}

import { RedoubtError } from "@redoubt/kube";
import { LoadError, type Value, readJsonDocument, readYamlDocument } from "@redoubt/rego";
import { readTextFile } from "../actions/read-text-file.ts";
import { UsageError } from "../arguments/usage-error.ts";
import type { Invocation } from "../command.ts";
import { input, stdinInput } from "../flags/policy.ts";
import { readStdin } from "./read-stdin.ts";

/** The input document that the command line names; undefined if it names none. Throws `USAGE_...`, `CONFIG_READ` or `LOAD_DATA_SYNTAX`. */
export async function inputOf({ args, host }: Invocation): Promise<Value | undefined> {
  const file = args.get(input)?.replace(/^file:\/\//, "");
  if (args.get(stdinInput)) {
    if (file !== undefined) {
      throw new UsageError("USAGE_FLAG_CONFLICT", "--input and --stdin-input exclude each other: give one of them");
    }
    return parseInput(await readStdin(host, "the input document"), "<stdin>");
  }
  return file === undefined ? undefined : parseInput(await readTextFile(file, "--input"), file);
}

/** JSON or, where it is none, YAML, of which JSON is a part. */
function parseInput(text: string, file: string): Value {
  try {
    return readJsonDocument(text, file);
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    if (/^\s*[[{]/.test(text) && !file.endsWith(".yaml") && !file.endsWith(".yml")) throw configError(error);
  }
  try {
    return readYamlDocument(text, file);
  } catch (error) {
    throw error instanceof LoadError ? configError(error) : error;
  }
}

function configError(error: LoadError): RedoubtError {
  return new RedoubtError("LOAD_DATA_SYNTAX", `the input document ${error.message}`, { cause: error });
}

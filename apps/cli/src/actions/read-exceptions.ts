import { RedoubtError } from "@redoubt/kube";
import { type ExceptionList, parseExceptions } from "@redoubt/posture";
import type { ParsedArguments } from "../arguments/parse.ts";
import { exceptions } from "../flags/gate.ts";
import { readTextFile } from "./read-text-file.ts";

/** The file of `--exceptions`, with its mistakes; undefined when the flag is not given. Throws `CONFIG_READ`. */
export async function readExceptions(args: ParsedArguments): Promise<ExceptionList | undefined> {
  const file = args.get(exceptions);
  return file === undefined ? undefined : parseExceptions(await readTextFile(file, "--exceptions"), file);
}

/** Like `readExceptions`, for commands that cannot go on with a wrong file. Throws `EXCEPTION_INVALID` too. */
export async function readValidExceptions(args: ParsedArguments): Promise<ExceptionList | undefined> {
  const list = await readExceptions(args);
  if (list === undefined || list.problems.length === 0) return list;
  throw new RedoubtError("EXCEPTION_INVALID", "the exceptions file has mistakes", { diagnostics: list.problems });
}

import { RedoubtError } from "@redoubt/kube";
import { LoadError, type Value } from "@redoubt/rego";
import { loadSchemas } from "@redoubt/rego/node";
import type { ParsedArguments } from "../arguments/parse.ts";
import { schema } from "../flags/policy.ts";

/** The schemas that `--schema` names; undefined if it is not given. Throws `LOAD_...`. */
export async function schemasOf(args: ParsedArguments): Promise<ReadonlyMap<string, Value> | undefined> {
  const path = args.get(schema);
  if (path === undefined) return undefined;
  const { value, errors } = await loadSchemas(path);
  if (value !== undefined) return value;
  const [first] = errors;
  const code = first instanceof LoadError ? first.code : "CONFIG_READ";
  throw new RedoubtError(code, `--schema ${first.message}`);
}

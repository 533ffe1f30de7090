import type { Capabilities, Loaded, LoadedFiles } from "@redoubt/rego";
import { type PolicyPaths, loadPolicies } from "@redoubt/rego/node";
import type { ParsedArguments } from "../arguments/parse.ts";
import { ignore, v0Compatible } from "../flags/policy.ts";

/** Loads what a command line names. As with OPA, signatures of bundles are not looked at. */
export async function loadNamed(
  paths: PolicyPaths,
  args: ParsedArguments,
  capabilities: Capabilities | undefined,
): Promise<Loaded<LoadedFiles>> {
  return loadPolicies(paths, {
    version: args.get(v0Compatible) ? "v0" : "v1",
    ignore: args.get(ignore),
    skipVerification: true,
    ...(capabilities === undefined ? {} : { capabilities }),
  });
}

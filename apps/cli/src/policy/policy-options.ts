import type { PolicyOptions } from "@redoubt/admission";
import { UsageError } from "../arguments/usage-error.ts";
import type { ParsedArguments } from "../arguments/parse.ts";
import { newOn } from "../commands/policy-decide.ts";

/** The release that `--kubernetes-version` names, for a policy set. Throws `UsageError`. */
export function releaseOptions(args: ParsedArguments): Pick<PolicyOptions, "newOn"> {
  const text = args.get(newOn);
  if (text === undefined) return {};
  const release = /^v?1\.(\d{1,3})(?:\.\d+)?$/.exec(text)?.[1];
  if (release === undefined) {
    throw new UsageError("USAGE_FLAG_VALUE", `--kubernetes-version is a version as 1.34, not "${text}"`);
  }
  return { newOn: Number(release) };
}

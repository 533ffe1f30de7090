import { type Version, parseVersion } from "@redoubt/pod-security";
import { UsageError } from "../arguments/usage-error.ts";

/** The value of `--version`. Throws `UsageError`. */
export function readVersion(text: string | undefined): Version | undefined {
  if (text === undefined) return undefined;
  const { value, error } = parseVersion(text);
  if (error === undefined) return value;
  throw new UsageError("USAGE_FLAG_VALUE", `--version is v1.0 and up, or latest, not "${text}"`);
}

import { type Identity, serviceAccountIdentity, userIdentity } from "@redoubt/rbac";
import type { ParsedArguments } from "../arguments/parse.ts";
import { UsageError } from "../arguments/usage-error.ts";
import { group, serviceAccount, user } from "../flags/identity.ts";

/** The identity that the flags name; undefined when they name none. Throws `UsageError` for two. */
export function givenIdentity(args: ParsedArguments): Identity | undefined {
  const name = args.get(user);
  const groups = args.get(group);
  const account = args.get(serviceAccount);
  if (account !== undefined) {
    if (name !== undefined || groups.length > 0)
      throw new UsageError(
        "USAGE_FLAG_CONFLICT",
        "--service-account goes without --user and --group: its groups are known",
      );
    return serviceAccountIdentity(account.namespace, account.name);
  }
  if (name !== undefined) return userIdentity(name, groups);
  return groups.length === 0 ? undefined : userIdentity("", groups);
}

/** Throws `UsageError` when the flags name nobody. */
export function requiredIdentity(args: ParsedArguments): Identity {
  const identity = givenIdentity(args);
  if (identity !== undefined) return identity;
  throw new UsageError(
    "USAGE_FLAG_MISSING",
    "say of whom: --user NAME, --group NAME or --service-account NAMESPACE:NAME",
  );
}

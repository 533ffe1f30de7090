import { type Flag, listFlag, textFlag } from "../arguments/flag.ts";
import { UsageError } from "../arguments/usage-error.ts";

export const user: Flag<string | undefined> = textFlag({
  name: "user",
  placeholder: "NAME",
  description: "of this user, as authentication names it (system:anonymous for nobody)",
});

export const group: Flag<readonly string[]> = listFlag({
  name: "group",
  placeholder: "NAME",
  description: "of a member of this group; repeatable, with or without --user",
});

export const serviceAccount: Flag<{ readonly namespace: string; readonly name: string } | undefined> = {
  name: "service-account",
  boolean: false,
  placeholder: "NAMESPACE:NAME",
  description: "of this service account, with the groups that its tokens carry",
  read: (occurrences) => {
    const last = occurrences.at(-1);
    if (last === undefined) return undefined;
    const [, namespace = "", name = ""] = /^([a-z0-9-]+):([a-z0-9.-]+)$/.exec(last.value) ?? [];
    if (namespace !== "") return { namespace, name };
    throw new UsageError("USAGE_FLAG_VALUE", `${last.spelling} is NAMESPACE:NAME, not "${last.value}"`);
  },
};

export const identityFlags: readonly Flag<unknown>[] = [user, group, serviceAccount];

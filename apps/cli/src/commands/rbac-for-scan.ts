import { type Flag, textFlag } from "../arguments/flag.ts";
import { UsageError } from "../arguments/usage-error.ts";
import type { Command } from "../command.ts";
import { globalFlags } from "../flags/global.ts";
import { connectionFlags, kubeletConfiguration, live } from "../flags/live.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";

export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

export const serviceAccount: Flag<ServiceAccountName | undefined> = {
  name: "service-account",
  boolean: false,
  placeholder: "NAMESPACE:NAME",
  description: "bind the role to this service account",
  read: (occurrences) => {
    const last = occurrences.at(-1);
    if (last === undefined) return undefined;
    const [, namespace = "", name = ""] = /^([a-z0-9-]+):([a-z0-9.-]+)$/.exec(last.value) ?? [];
    if (namespace !== "") return { namespace, name };
    throw new UsageError("USAGE_FLAG_VALUE", `${last.spelling} is NAMESPACE:NAME, not "${last.value}"`);
  },
};

export const user: Flag<string | undefined> = textFlag({
  name: "user",
  placeholder: "NAME",
  description: "bind the role to this user",
});

export const rbacForScan: Command = {
  path: ["rbac-for-scan"],
  summary: "The least role that a scan of a cluster needs",
  description:
    "Prints a ClusterRole that lets redoubt scan --live read what it judges and nothing else: list on each kind, get on the paths " +
    "that show evidence. With --live for the kinds that this cluster serves, otherwise for the built-in ones and custom resources in wide use.",
  flags: [serviceAccount, user, live, ...connectionFlags, kubeletConfiguration, ...globalFlags],
  examples: [
    { does: "for the cluster at hand", line: "redoubt rbac-for-scan --live --service-account redoubt:scanner" },
    { does: "without asking a cluster", line: "redoubt rbac-for-scan --user auditor | kubectl apply -f -" },
  ],
  success: "printed",
  exitCodes: [usageCode, incompleteCode],
  load: async () => (await import("../actions/rbac-for-scan.ts")).runRbacForScan,
};

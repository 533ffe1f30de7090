import { BUILT_IN_RESOURCES, type ServedResource, customResources, scannedResources } from "@redoubt/kube";
import { UsageError } from "../arguments/usage-error.ts";
import type { Action, Invocation } from "../command.ts";
import { type ServiceAccountName, serviceAccount, user } from "../commands/rbac-for-scan.ts";
import { EXIT } from "../exit-code.ts";
import { connectionFlags, kubeletConfiguration, live } from "../flags/live.ts";
import { formatYamlDocuments } from "../terminal/yaml.ts";
import { connectionOf } from "./read-cluster.ts";

const NAME = "redoubt-scan";
/** Discovery, and where the API server shows evidence of itself. */
const PATHS = ["/api", "/api/*", "/apis", "/apis/*", "/flagz", "/metrics", "/statusz", "/version"];

type Listed = Pick<ServedResource, "group" | "resource">;

export const runRbacForScan: Action = async (invocation) => {
  const { args, host } = invocation;
  const { resources, failed } = await resourcesOf(invocation);
  const role = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: NAME },
    rules: [
      ...rulesOf(resources),
      ...(args.get(kubeletConfiguration) ? [{ apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get"] }] : []),
      { nonResourceURLs: PATHS, verbs: ["get"] },
    ],
  };
  const subject = subjectOf(args.get(serviceAccount), args.get(user));
  const note =
    "# RBAC cannot grant the metadata of Secrets without their values: list on secrets grants both.\n" +
    "# A scan asks for the metadata only, unless --secret-values is given.\n";
  host.stdout.write(note + formatYamlDocuments(subject === undefined ? [role] : [role, bindingTo(subject)]));
  for (const groupVersion of failed) {
    host.stderr.write(`error KUBE_DISCOVERY: the API server could not say what ${groupVersion} serves\n`);
  }
  return failed.length > 0 ? EXIT.incomplete : EXIT.clean;
};

async function resourcesOf({
  args,
}: Invocation): Promise<{ readonly resources: readonly Listed[]; readonly failed: readonly string[] }> {
  if (!args.get(live)) {
    const idle = args.occurrences.find(({ flag }) => connectionFlags.some(({ name }) => name === flag));
    if (idle !== undefined) throw new UsageError("USAGE_FLAG_CONFLICT", `${idle.spelling} needs --live`);
    return { resources: [...BUILT_IN_RESOURCES, ...customResources()], failed: [] };
  }
  const connection = await connectionOf(args);
  try {
    const { wanted, failed } = await scannedResources(connection);
    return { resources: wanted, failed };
  } finally {
    connection.close();
  }
}

/** One rule a group, its resources in order. */
function rulesOf(resources: readonly Listed[]): readonly object[] {
  const groups = Map.groupBy(resources, ({ group }) => group);
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, members]) => ({
      apiGroups: [group],
      resources: [...new Set(members.map(({ resource }) => resource))].toSorted(),
      verbs: ["list"],
    }));
}

function subjectOf(account: ServiceAccountName | undefined, name: string | undefined): object | undefined {
  if (account !== undefined && name !== undefined)
    throw new UsageError("USAGE_FLAG_CONFLICT", "--service-account and --user: give one of them");
  if (account !== undefined) return { kind: "ServiceAccount", namespace: account.namespace, name: account.name };
  return name === undefined ? undefined : { apiGroup: "rbac.authorization.k8s.io", kind: "User", name };
}

function bindingTo(subject: object): object {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: NAME },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: NAME },
    subjects: [subject],
  };
}

import { type Flag, booleanFlag, listFlag, textFlag } from "../arguments/flag.ts";
import { durationFlag } from "./duration.ts";

export const live: Flag<boolean> = booleanFlag({
  name: "live",
  description: "read the running cluster; paths then add what no API shows: pipelines, policies, configuration files",
});

export const snapshotFile: Flag<string | undefined> = textFlag({
  name: "snapshot",
  placeholder: "FILE",
  completion: "file",
  description: "read this file, which redoubt snapshot wrote, instead of a cluster",
});

export const context: Flag<string | undefined> = textFlag({
  name: "context",
  placeholder: "NAME",
  description: "context of the kubeconfig (default: its current one)",
});

export const kubeconfig: Flag<string | undefined> = textFlag({
  name: "kubeconfig",
  placeholder: "FILE",
  completion: "file",
  description: "kubeconfig (default: KUBECONFIG, ~/.kube/config, then the pod's own account)",
});

export const as: Flag<string | undefined> = textFlag({
  name: "as",
  placeholder: "USER",
  description: "impersonate this user; system:serviceaccount:NAMESPACE:NAME for a service account",
});

export const asGroup: Flag<readonly string[]> = listFlag({
  name: "as-group",
  placeholder: "GROUP",
  description: "impersonate this group too (needs --as); repeatable",
});

/** Milliseconds. */
export const requestTimeout: Flag<number | undefined> = durationFlag({
  name: "request-timeout",
  description: "how long one request may take, such as 10s or 1m (default 30s)",
});

export const allNamespaces: Flag<boolean> = booleanFlag({
  name: "all-namespaces",
  short: "A",
  description: "with --live: all namespaces (the default)",
});

export const excludeNamespace: Flag<readonly string[]> = listFlag({
  name: "exclude-namespace",
  placeholder: "NAME[,NAME]",
  separator: ",",
  description: "with --live: leave these namespaces out; repeatable",
});

export const secretValues: Flag<boolean> = booleanFlag({
  name: "secret-values",
  description: "with --live: read Secrets with their values, not only their metadata",
});

export const kubeletConfiguration: Flag<boolean> = booleanFlag({
  name: "kubelet-config",
  description: "with --live: read each kubelet's configuration, which needs the right to get nodes/proxy",
});

/** Which cluster, and as whom. */
export const connectionFlags: readonly Flag<unknown>[] = [context, kubeconfig, as, asGroup, requestTimeout];

/** What of it to read. */
export const clusterFlags: readonly Flag<unknown>[] = [
  ...connectionFlags,
  allNamespaces,
  excludeNamespace,
  secretValues,
  kubeletConfiguration,
];

/** What every command that can judge a cluster takes. */
export const liveFlags: readonly Flag<unknown>[] = [live, snapshotFile, ...clusterFlags];

export const drift: Flag<boolean> = booleanFlag({
  name: "drift",
  description: "with --live or --snapshot and paths: also say where the cluster and the files differ",
});

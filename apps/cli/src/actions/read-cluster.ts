import {
  type ApiConnection,
  type ClusterSnapshot,
  collectEvidence,
  connect,
  loadLiveSnapshot,
  readSnapshotFile,
} from "@redoubt/kube";
import type { ParsedArguments } from "../arguments/parse.ts";
import { UsageError } from "../arguments/usage-error.ts";
import type { Invocation } from "../command.ts";
import { evidenceFlags } from "../flags/evidence.ts";
import { namespace } from "../flags/input.ts";
import { quiet } from "../flags/gate.ts";
import {
  allNamespaces,
  as,
  asGroup,
  clusterFlags,
  context,
  excludeNamespace,
  kubeconfig,
  live,
  requestTimeout,
  secretValues,
  snapshotFile,
} from "../flags/live.ts";
import { progressOn } from "../terminal/progress.ts";
import { checkEvidenceFlags, evidenceOptionsOf } from "./read-evidence.ts";

/** Whether the command line names a cluster or a snapshot of one. Throws `UsageError` for flags that contradict one another. */
export function readsCluster(args: ParsedArguments): boolean {
  const file = args.get(snapshotFile);
  checkEvidenceFlags(args);
  if (args.get(live)) {
    if (file !== undefined) throw conflict("--live and --snapshot are two sources: give one of them");
    checkCluster(args);
    return true;
  }
  const idle = args.occurrences.find(({ flag }) =>
    [...clusterFlags, ...evidenceFlags].some(({ name }) => name === flag),
  );
  if (idle !== undefined) throw conflict(`${idle.spelling} needs --live`);
  return file !== undefined;
}

function checkCluster(args: ParsedArguments): void {
  if (args.get(allNamespaces) && args.get(namespace) !== undefined)
    throw conflict("-A and -n contradict one another: give one of them");
  if (args.get(asGroup).length > 0 && args.get(as) === undefined) throw conflict("--as-group needs --as");
}

function conflict(message: string): UsageError {
  return new UsageError("USAGE_FLAG_CONFLICT", message);
}

/** The running cluster, or the snapshot file, that the command line names. Throws `KUBE_CONFIG`, `KUBE_API_UNREACHABLE` and so on. */
export async function readCluster(invocation: Invocation): Promise<ClusterSnapshot> {
  const file = invocation.args.get(snapshotFile);
  return file === undefined ? (await readLive(invocation)).snapshot : (await readSnapshotFile(file)).snapshot;
}

/** Reads the running cluster and says on standard error how fast. */
export async function readLive(
  invocation: Invocation,
): Promise<{ readonly snapshot: ClusterSnapshot; readonly context: string }> {
  const { args, host } = invocation;
  checkCluster(args);
  checkEvidenceFlags(args);
  const evidenceOptions = await evidenceOptionsOf(args);
  const connection = await connectionOf(args);
  const namespaces = args.get(namespace)?.split(",");
  const progress = progressOn(host);
  const began = performance.now();
  try {
    const snapshot = await loadLiveSnapshot(connection, {
      ...(namespaces === undefined ? {} : { namespaces }),
      excludeNamespaces: args.get(excludeNamespace),
      secretValues: args.get(secretValues),
      onProgress: ({ done, total, resource, objects }) => {
        progress.update(`reading ${done}/${total} kinds, ${objects} objects (${resource})`);
      },
    });
    const evidence = await collectEvidence(connection, {
      ...evidenceOptions,
      now: host.now,
      onProgress: (step) => {
        progress.update(`reading evidence: ${step}`);
      },
    });
    progress.done();
    const seconds = (performance.now() - began) / 1000;
    if (!args.get(quiet)) host.stderr.write(rateLine(snapshot, connection, seconds));
    return { snapshot: snapshot.withEvidence(evidence), context: connection.context };
  } finally {
    progress.done();
    connection.close();
  }
}

export function connectionOf(args: ParsedArguments): Promise<ApiConnection> {
  const file = args.get(kubeconfig);
  const name = args.get(context);
  const user = args.get(as);
  const requestTimeoutMs = args.get(requestTimeout);
  return connect({
    ...(file === undefined ? {} : { kubeconfig: file }),
    ...(name === undefined ? {} : { context: name }),
    ...(user === undefined ? {} : { as: user }),
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
    asGroups: args.get(asGroup),
  });
}

function rateLine(snapshot: ClusterSnapshot, connection: ApiConnection, seconds: number): string {
  const count = snapshot.objects.length;
  const rate = Math.round(count / Math.max(seconds, 0.001));
  return `cluster ${connection.context}: ${count} objects read in ${seconds.toFixed(1)} s (${rate} objects a second, ${connection.requests} requests)\n`;
}

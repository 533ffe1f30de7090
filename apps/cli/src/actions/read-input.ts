import { ClusterSnapshot, type Diagnostic, isConfiguration, loadSnapshot } from "@redoubt/kube";
import type { Invocation } from "../command.ts";
import { UsageError } from "../arguments/usage-error.ts";
import { filename, helmSet, helmValues, kustomize, namespace, recursive } from "../flags/input.ts";
import { node } from "../flags/evidence.ts";
import { drift } from "../flags/live.ts";
import { progressOn } from "../terminal/progress.ts";
import { readCluster, readsCluster } from "./read-cluster.ts";
import { readNode } from "./read-node.ts";

/** Paths given as arguments and with -f; standard input when there are none and something is piped in. Throws `UsageError`. */
export function inputPaths({ args, host }: Invocation): readonly string[] {
  const paths = [...args.positional, ...args.get(filename)];
  if (paths.length > 0 || args.get(kustomize).length > 0) return [...new Set(paths)];
  if (!host.stdin.isTTY) return ["-"];
  throw new UsageError(
    "USAGE_INPUT_MISSING",
    "nothing to read: name files or folders, or pipe manifests in (. with -R is everything here)",
  );
}

/** What is to be judged, and the files that a cluster was given beside. */
export interface Input {
  readonly snapshot: ClusterSnapshot;
  /** Only where both a cluster and paths were given. */
  readonly files?: ClusterSnapshot;
}

/** Everything that the command line names: files, or a cluster with what only files and a node can tell. Throws `UsageError`. */
export async function readInput(invocation: Invocation): Promise<Input> {
  const { args } = invocation;
  const named = args.positional.length > 0 || args.get(filename).length > 0 || args.get(kustomize).length > 0;
  const cluster = readsCluster(args);
  if (args.get(drift) && !(cluster && named))
    throw new UsageError("USAGE_FLAG_CONFLICT", "--drift compares a cluster (--live or --snapshot) with files (paths)");
  // What is here first: its mistakes are found without waiting for the cluster.
  const here = args.get(node) ? await readNode(invocation) : undefined;
  const files = named || (!cluster && here === undefined) ? await readFiles(invocation) : undefined;
  const snapshot = cluster ? await readCluster(invocation) : undefined;
  if (snapshot === undefined) return { snapshot: withNode(files ?? new ClusterSnapshot({ objects: [] }), here) };
  return files === undefined
    ? { snapshot: withNode(snapshot, here) }
    : { snapshot: withNode(joined(snapshot, files, args.get(drift)), here), files };
}

/**
 * What a node shows of itself beside what else was read. Of a cluster the static pods are known as they run, so that only the node's
 * configuration files are added to it.
 */
function withNode(snapshot: ClusterSnapshot, here: ClusterSnapshot | undefined): ClusterSnapshot {
  if (here === undefined) return snapshot;
  const { source, gaps, artifacts, diagnostics } = snapshot;
  const added = here.objects.filter(({ group, kind }) => source === "files" || isConfiguration(group, kind));
  const evidence = snapshot.evidence.filter(({ object }) => !snapshot.objects.includes(object));
  return new ClusterSnapshot({
    source,
    gaps,
    objects: [...snapshot.objects, ...added],
    artifacts: [...artifacts, ...here.artifacts],
    diagnostics: [...diagnostics, ...here.diagnostics],
    evidence: [...evidence, ...here.evidence],
  });
}

/** A cluster, and of the files what no API server serves: its own objects are as they run, not as a file has them. */
function joined(cluster: ClusterSnapshot, files: ClusterSnapshot, compared: boolean): ClusterSnapshot {
  const added = files.objects.filter(({ group, kind }) => isConfiguration(group, kind));
  const left = files.objects.length - added.length;
  const note: Diagnostic = {
    code: "INPUT_FILES_NOT_JUDGED",
    severity: "warning",
    message: `${left} ${left === 1 ? "object" : "objects"} of the files ${left === 1 ? "is" : "are"} not judged: the cluster's own are`,
    hint: "--drift says where the two differ; without --live the files are judged",
  };
  const { source, gaps } = cluster;
  // Evidence in a snapshot's documents is found again among the objects.
  const evidence = cluster.evidence.filter(({ object }) => !cluster.objects.includes(object));
  return new ClusterSnapshot({
    source,
    gaps,
    evidence,
    objects: [...cluster.objects, ...added],
    artifacts: files.artifacts,
    diagnostics: [...cluster.diagnostics, ...files.diagnostics, ...(left === 0 || compared ? [] : [note])],
  });
}

export async function readFiles(invocation: Invocation): Promise<ClusterSnapshot> {
  const { args, host } = invocation;
  const paths = inputPaths(invocation);
  const given = args.get(namespace);
  // With a cluster there may be several, and then none of them is meant for objects that name none.
  const givenNamespace = given?.includes(",") === true ? undefined : given;
  const progress = progressOn(host);
  try {
    const snapshot = await loadSnapshot({
      paths,
      recursive: args.get(recursive),
      kustomize: args.get(kustomize),
      stdin: host.stdin,
      helm: { values: args.get(helmValues), set: args.get(helmSet) },
      ...(givenNamespace === undefined ? {} : { namespace: givenNamespace }),
      onProgress: ({ done, total, path }) => {
        progress.update(`reading ${done}/${total} ${path}`);
      },
    });
    return isEmpty(snapshot) ? emptySnapshot(snapshot) : snapshot;
  } finally {
    progress.done();
  }
}

/** Nothing was read and nothing says why: a gate must not pass on a wrong path or an empty pipe. */
function isEmpty({ objects, artifacts, diagnostics }: ClusterSnapshot): boolean {
  return (
    objects.length === 0 &&
    artifacts.every(({ artifact }) => artifact === "unrecognised") &&
    !diagnostics.some(({ severity }) => severity === "error")
  );
}

function emptySnapshot({ objects, artifacts, diagnostics }: ClusterSnapshot): ClusterSnapshot {
  const nothing = {
    code: "INPUT_EMPTY",
    severity: "error",
    message: "the input holds no manifest and no other file that Redoubt knows",
    hint: "check the path; -R reads the folders inside a folder",
  } as const;
  return new ClusterSnapshot({ objects, artifacts, diagnostics: [...diagnostics, nothing] });
}

import { ClusterSnapshot, loadSnapshot } from "@redoubt/kube";
import type { Invocation } from "../command.ts";
import { UsageError } from "../arguments/usage-error.ts";
import { filename, helmSet, helmValues, kustomize, namespace, recursive } from "../flags/input.ts";
import { progressOn } from "../terminal/progress.ts";

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

/** Everything that the command line names, read into one snapshot. */
export async function readInput(invocation: Invocation): Promise<ClusterSnapshot> {
  const { args, host } = invocation;
  const paths = inputPaths(invocation);
  const givenNamespace = args.get(namespace);
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

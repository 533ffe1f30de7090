import { type ClusterSnapshot, loadSnapshot } from "@redoubt/kube";
import { accessDiff, accessIndex, describeSubjectKey } from "@redoubt/rbac";
import { UsageError } from "../arguments/usage-error.ts";
import type { Action, Invocation } from "../command.ts";
import { diffOutput } from "../commands/rbac.ts";
import { EXIT } from "../exit-code.ts";
import { namespace, recursive } from "../flags/input.ts";
import { plain } from "../terminal/plain.ts";
import { writeOutput } from "../terminal/write-output.ts";
import { readCluster, readsCluster } from "./read-cluster.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";

export const runRbacDiff: Action = async (invocation) => {
  const { args, host } = invocation;
  const targets = diffOutput.targets(args);
  const [before, after] = await readStates(invocation);
  const incomplete = reportDiagnostics(host, [...before.diagnostics, ...after.diagnostics]);
  const changes = accessDiff(accessIndex(before), accessIndex(after));
  for (const { format, file } of targets) {
    const text =
      format === "json"
        ? `${JSON.stringify({ changes: changes.map(({ subject, ...rest }) => ({ subject: describeSubjectKey(subject), ...rest })) }, undefined, 2)}\n`
        : plain(changes.length === 0 ? "nobody gained or lost a right\n" : changes.map(changeText).join(""));
    await writeOutput(host, file, text);
  }
  if (incomplete) return EXIT.incomplete;
  return changes.some(({ gained }) => gained.length > 0) ? EXIT.findings : EXIT.clean;
};

function changeText({ subject, namespace: where, gained, lost }: ReturnType<typeof accessDiff>[number]): string {
  const head = `${describeSubjectKey(subject)} ${where === "" ? "in the whole cluster" : `in namespace ${where}`}\n`;
  return head + [...gained.map((rule) => `  + ${rule}\n`), ...lost.map((rule) => `  - ${rule}\n`)].join("");
}

async function readStates(invocation: Invocation): Promise<readonly [ClusterSnapshot, ClusterSnapshot]> {
  const { args } = invocation;
  const [before = "", after, ...rest] = args.positional;
  const cluster = readsCluster(args);
  if (cluster && after !== undefined)
    throw new UsageError(
      "USAGE_ARGUMENT_UNEXPECTED",
      `with --live or --snapshot the cluster is AFTER, so "${after}" is too much`,
    );
  if (!cluster && after === undefined)
    throw new UsageError("USAGE_ARGUMENT_MISSING", "AFTER is missing: a second path, --live or --snapshot FILE");
  if (rest.length > 0)
    throw new UsageError("USAGE_ARGUMENT_UNEXPECTED", `two states are compared, got "${rest.join(" ")}" besides`);
  const first = await readPath(invocation, before);
  return [first, after === undefined ? await readCluster(invocation) : await readPath(invocation, after)];
}

function readPath({ args, host }: Invocation, path: string): Promise<ClusterSnapshot> {
  const given = args.get(namespace);
  return loadSnapshot({
    paths: [path],
    recursive: args.get(recursive),
    stdin: host.stdin,
    ...(given === undefined || given.includes(",") ? {} : { namespace: given }),
  });
}

import { writeSnapshotFile } from "@redoubt/kube";
import { UsageError } from "../arguments/usage-error.ts";
import type { Action } from "../command.ts";
import { snapshotOutput } from "../commands/snapshot.ts";
import { EXIT } from "../exit-code.ts";
import { REDOUBT_VERSION } from "../version.ts";
import { readLive } from "./read-cluster.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";

export const runSnapshot: Action = async (invocation) => {
  const { args, host } = invocation;
  const file = args.get(snapshotOutput);
  if (file === undefined) throw new UsageError("USAGE_OUTPUT", "redoubt snapshot needs -o FILE: where to write it");
  const { snapshot, context } = await readLive(invocation);
  await writeSnapshotFile(file, snapshot, {
    context,
    takenAt: host.now().toISOString(),
    version: REDOUBT_VERSION,
  });
  return reportDiagnostics(host, snapshot.diagnostics) ? EXIT.incomplete : EXIT.clean;
};

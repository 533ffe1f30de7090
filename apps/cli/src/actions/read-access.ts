import type { ClusterSnapshot } from "@redoubt/kube";
import { type AccessIndex, accessIndex } from "@redoubt/rbac";
import type { Invocation } from "../command.ts";
import { readInput } from "./read-input.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";

/** What the command line names, and whether something of it could not be read. */
export interface Access {
  readonly index: AccessIndex;
  readonly snapshot: ClusterSnapshot;
  readonly incomplete: boolean;
}

/** Reads what `-f`, `-k`, `--live` or `--snapshot` name: the arguments of these commands are no paths. */
export async function readAccess(invocation: Invocation): Promise<Access> {
  const { args, host } = invocation;
  const { snapshot } = await readInput({ host, args: { ...args, positional: [] } });
  const incomplete = reportDiagnostics(host, snapshot.diagnostics);
  return { index: accessIndex(snapshot), snapshot, incomplete };
}

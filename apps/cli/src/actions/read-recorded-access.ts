import type { ClusterSnapshot, Diagnostic } from "@redoubt/kube";
import { RecordedAccess, accessIndex } from "@redoubt/rbac";
import type { Host } from "../terminal/host.ts";
import { eachAuditEvent } from "./audit-events.ts";

/** What audit logs say of everybody who holds a role of the snapshot; `recorded` is undefined where no log is named. */
export async function readRecordedAccess(
  host: Host,
  snapshot: ClusterSnapshot,
  files: readonly string[],
): Promise<{ readonly recorded: RecordedAccess | undefined; readonly diagnostics: readonly Diagnostic[] }> {
  if (files.length === 0) return { recorded: undefined, diagnostics: [] };
  const recorded = new RecordedAccess(accessIndex(snapshot));
  const diagnostics: Diagnostic[] = [];
  for (const file of files)
    diagnostics.push(...(await eachAuditEvent(host, file, "", (event) => recorded.add(event))).diagnostics);
  return { recorded, diagnostics };
}

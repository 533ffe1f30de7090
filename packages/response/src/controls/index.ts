import type { Control } from "@redoubt/control";
import { isolationWorks } from "./res-001-isolation-by-label.ts";
import { containmentStops } from "./res-002-cordon.ts";
import { logsComplete } from "./res-003-logs-complete.ts";
import { namespaceNamed } from "./res-004-namespace-named.ts";
import { variablesChecked } from "./res-005-variables-set.ts";
import { evidenceKept } from "./res-006-evidence-kept.ts";
import { noExecInEvidence } from "./res-007-exec-in-evidence.ts";
import { persistenceSearchComplete } from "./res-008-persistence-search.ts";
import { reviewUsesAuditLog } from "./res-009-events-expire.ts";
import { runbookGiven } from "./res-010-runbook-given.ts";

/** Every control of this layer, in id order. */
export const controls: readonly Control[] = [
  isolationWorks,
  containmentStops,
  logsComplete,
  namespaceNamed,
  variablesChecked,
  evidenceKept,
  noExecInEvidence,
  persistenceSearchComplete,
  reviewUsesAuditLog,
  runbookGiven,
];

/** Audits again and again, and says in constraints and reports what it found. */
import { createHash } from "node:crypto";
import type { ClusterView, ProviderPort } from "@redoubt/admission";
import { type ApiConnection, RedoubtError, discover, jsonText, stringAt } from "@redoubt/kube";
import { pause } from "../cluster/reconciler.ts";
import type { PoliciesInForce, PolicyStore } from "../policies/policy-store.ts";
import { type AuditProgress, runAudit } from "./audit-run.ts";
import { type CheckpointPlace, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { writeConstraintResults } from "./constraint-results.ts";
import { writePolicyReports } from "./policy-reports.ts";
import { kindsToAudit } from "./scope.ts";
import { Tally, type TallyLimits } from "./tally.ts";

export interface AuditorOptions {
  /** From the end of one audit to the start of the next. */
  readonly intervalMs: number;
  /** Objects asked for at once. */
  readonly chunk: number;
  /** Between two requests. */
  readonly pauseMs: number;
  readonly limits: TallyLimits;
  readonly exemptNamespaces?: ReadonlySet<string>;
  readonly providers: ProviderPort;
  /** Where a restart finds how far the audit was; it begins anew when absent. */
  readonly checkpoint?: CheckpointPlace;
  readonly finished?: (summary: AuditSummary) => void;
  readonly failed?: (error: Error) => void;
}

export interface AuditSummary {
  readonly objects: number;
  readonly violations: number;
  readonly milliseconds: number;
  /** `GROUP/KIND` with the reason. */
  readonly unread: readonly (readonly [string, string])[];
  /** What of the result could not be written. */
  readonly problems: readonly string[];
}

const RETRY_MS = 5000;
/** Writing it down costs more than a page. */
const CHECKPOINT_EVERY_MS = 5000;

/** Runs until aborted. What goes wrong with the cluster is told, and the audit goes on where it was. */
export async function auditForever(
  connection: ApiConnection,
  store: PolicyStore,
  options: AuditorOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    let wait = options.intervalMs;
    try {
      const summary = await auditOnce(connection, store, options, signal);
      options.finished?.(summary);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RedoubtError)) throw error;
      options.failed?.(error);
      wait = Math.min(wait, RETRY_MS);
    }
    await pause(wait, signal);
  }
}

/**
 * @throws RedoubtError where the API server cannot be reached or refuses; what was read until then is kept, where there is a checkpoint.
 */
export async function auditOnce(
  connection: ApiConnection,
  store: PolicyStore,
  options: AuditorOptions,
  signal: AbortSignal,
): Promise<AuditSummary> {
  const begun = performance.now();
  const { checkpoint, limits } = options;
  const { policies, objects } = store.current;
  const cluster: ClusterView = store.cluster;
  const digest = digestOf(objects);
  const kept = checkpoint === undefined ? undefined : await readCheckpoint(connection, checkpoint, signal);
  const { resources } = await discover(connection, signal);
  const kinds = kindsToAudit(policies, resources);
  const start: AuditProgress =
    kept?.policies === digest
      ? kept
      : {
          startedAt: new Date().toISOString(),
          policies: digest,
          finished: [],
          unread: [],
          tally: new Tally(limits).toJson(),
        };
  let written = performance.now();
  const progressed = async (progress: AuditProgress): Promise<void> => {
    if (checkpoint === undefined || performance.now() - written < CHECKPOINT_EVERY_MS) return;
    written = performance.now();
    await writeCheckpoint(connection, checkpoint, progress, signal);
  };
  const run = { ...options, connection, policies, cluster, progressed };
  const { tally: json, startedAt, unread } = await runAudit(kinds, start, run, signal);
  const tally = new Tally(limits, json);
  const at = new Date(startedAt);
  const timestamp = at.toISOString().replace(/\.\d+Z$/, "Z");
  const problems = [
    ...(await writeConstraintResults(connection, policies, tally, timestamp, signal)),
    ...(await writePolicyReports(connection, tally, at, signal)),
  ];
  if (checkpoint !== undefined) await writeCheckpoint(connection, checkpoint, undefined, signal);
  const violations = [...tally.namespaces.values()].reduce((sum, { total }) => sum + total, 0);
  return { objects: tally.objects, violations, milliseconds: performance.now() - begun, unread, problems };
}

function digestOf(objects: PoliciesInForce["objects"]): string {
  const specs = objects.map((object) => [object["kind"], stringAt(object, ["metadata", "name"]), object["spec"]]);
  return createHash("sha256").update(jsonText(specs)).digest("hex");
}

import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cleanNode } from "./node-cleanup.ts";
import { type ProcessIdentity, identify, isRunning } from "./process-identity.ts";

const PREFIX = "redoubt-cluster-";

/** What a cluster has left on this machine, written before each step so that a crash leaves nothing unknown. */
export interface ClusterRecord {
  readonly folder: string;
  /** The process that owns the cluster; a record without one was brought up to stay until `down`. */
  readonly owner?: ProcessIdentity;
  readonly processes: readonly ProcessIdentity[];
  readonly networkNamespace?: string;
}

/** The state of one cluster on disk: `state.json` in its temporary folder. */
export class ClusterState {
  record: ClusterRecord;

  constructor(options: { readonly stays: boolean }) {
    const folder = mkdtempSync(join(tmpdir(), PREFIX));
    const owner = options.stays ? undefined : identify("owner", process.pid);
    this.record = { folder, processes: [], ...(owner === undefined ? {} : { owner }) };
    this.#write();
  }

  addProcess(name: string, pid: number): void {
    const process = identify(name, pid);
    if (process !== undefined) this.update({ processes: [...this.record.processes, process] });
  }

  update(change: Partial<ClusterRecord>): void {
    this.record = { ...this.record, ...change };
    this.#write();
  }

  #write(): void {
    writeFileSync(join(this.record.folder, "state.json"), JSON.stringify(this.record, null, 2), { mode: 0o600 });
  }
}

/** Every cluster that has left a record on this machine. */
export function listRecords(): readonly ClusterRecord[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith(PREFIX))
    .flatMap((name) => {
      try {
        const record: ClusterRecord = JSON.parse(readFileSync(join(tmpdir(), name, "state.json"), "utf8"));
        return [record];
      } catch {
        return [];
      }
    });
}

/** Ends and removes clusters whose owner is gone, and those meant to stay of which nothing runs any more. */
export async function sweep(): Promise<void> {
  for (const record of listRecords()) {
    const abandoned = record.owner === undefined ? !record.processes.some(isRunning) : !isRunning(record.owner);
    if (abandoned) await removeCluster(record);
  }
}

/** Stops a cluster's processes by pid and takes away its mounts, network namespace and folder. Safe to repeat. */
export async function removeCluster(record: ClusterRecord): Promise<void> {
  await stopProcesses(record.processes.toReversed());
  if (record.networkNamespace !== undefined) await cleanNode(record.folder, record.networkNamespace);
  rmSync(record.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** Ends processes that were started here, one after the other in the order given: SIGTERM, then SIGKILL after five seconds. */
export async function stopProcesses(processes: readonly ProcessIdentity[]): Promise<void> {
  for (const process of processes) {
    if (!signal(process, "SIGTERM")) continue;
    for (let waited = 0; waited < 5000 && isRunning(process); waited += 20) await sleep(20);
    signal(process, "SIGKILL");
  }
}

function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    process.kill(identity.pid, name);
    return true;
  } catch {
    return false;
  }
}

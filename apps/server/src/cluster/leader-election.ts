/** One replica at a time, by a Lease of coordination.k8s.io as Kubernetes' own controllers use it. */
import { type ApiConnection, type JsonObject, RedoubtError, numberAt, objectAt, stringAt } from "@redoubt/kube";
import { readObject, writeObject } from "./api-objects.ts";
import { pause } from "./reconciler.ts";

export interface LeaseOptions {
  readonly namespace: string;
  readonly name: string;
  /** Of this replica; no other may have it. */
  readonly identity: string;
  /** How long a leader that is gone keeps others waiting. Default: 15 s. */
  readonly durationMs?: number;
  /** Between attempts to take or renew it. Default: 2 s. */
  readonly retryMs?: number;
  readonly failed?: (error: Error) => void;
}

/**
 * Runs `lead` while this replica holds the lease, again whenever it gets it, until aborted. The signal that `lead` gets is aborted when
 * the lease could not be renewed in two thirds of its time: before anyone else may take it.
 *
 * A lease is looked at by when its holder last changed it, as seen here: clocks of different machines need not agree.
 */
export async function withLease(
  connection: ApiConnection,
  options: LeaseOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { durationMs = 15_000, retryMs = 2000 } = options;
  const lease = new Lease(connection, options, durationMs);
  while (!signal.aborted) {
    if (await lease.take(signal)) {
      const lost = new AbortController();
      const leading = lead(AbortSignal.any([signal, lost.signal]));
      // What ends of itself before the lease does has failed.
      await Promise.race([keep(lease, durationMs, retryMs, signal), leading]);
      lost.abort();
      await leading;
    }
    await pause(retryMs, signal);
  }
  await lease.release();
}

/** Who ends does not wait for an API server that is gone. */
const RELEASE_MS = 2000;

/** Returns when the lease is lost, or when aborted. */
async function keep(lease: Lease, durationMs: number, retryMs: number, signal: AbortSignal): Promise<void> {
  let renewed = performance.now();
  while (!signal.aborted && performance.now() - renewed < (durationMs * 2) / 3) {
    await pause(retryMs, signal);
    if (await lease.take(signal)) renewed = performance.now();
    else if (lease.isAnothers) return;
  }
}

class Lease {
  readonly #connection: ApiConnection;
  readonly #options: LeaseOptions;
  readonly #durationMs: number;
  readonly #collection: string;
  readonly #path: string;
  #seen: { readonly record: string; readonly at: number } | undefined;
  isAnothers = false;

  constructor(connection: ApiConnection, options: LeaseOptions, durationMs: number) {
    this.#connection = connection;
    this.#options = options;
    this.#durationMs = durationMs;
    this.#collection = `/apis/coordination.k8s.io/v1/namespaces/${options.namespace}/leases`;
    this.#path = `${this.#collection}/${options.name}`;
  }

  /** Whether this replica holds it now. */
  async take(signal: AbortSignal): Promise<boolean> {
    // An attempt that lasts would outlast the lease.
    const limited = AbortSignal.any([signal, AbortSignal.timeout(this.#durationMs / 4)]);
    try {
      return await this.#take(limited);
    } catch (error) {
      if (!limited.aborted && !(error instanceof RedoubtError)) throw error;
      if (error instanceof RedoubtError) this.#options.failed?.(error);
      return false;
    }
  }

  /** Lets the next one have it at once. */
  async release(): Promise<void> {
    const limit = AbortSignal.timeout(RELEASE_MS);
    try {
      const before = await readObject(this.#connection, this.#path, limit);
      const holder = stringAt(before, ["spec", "holderIdentity"]);
      if (before === undefined || holder !== this.#options.identity) return;
      const spec = { ...objectAt(before, ["spec"]), holderIdentity: "", leaseDurationSeconds: 1 };
      await writeObject(this.#connection, "PUT", this.#path, { ...before, spec }, limit);
    } catch (error) {
      if (!limit.aborted && !(error instanceof RedoubtError)) throw error;
      if (error instanceof RedoubtError) this.#options.failed?.(error);
    }
  }

  async #take(signal: AbortSignal): Promise<boolean> {
    const before = await readObject(this.#connection, this.#path, signal);
    if (before === undefined) {
      const { namespace, name } = this.#options;
      const lease = {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name, namespace },
        spec: this.#spec(0),
      };
      return this.#wrote(await writeObject(this.#connection, "POST", this.#collection, lease, signal));
    }
    const spec = objectAt(before, ["spec"]) ?? {};
    const holder = stringAt(spec, ["holderIdentity"]) ?? "";
    this.isAnothers = holder !== "" && holder !== this.#options.identity && !this.#isExpired(spec);
    if (this.isAnothers) return false;
    const transitions = numberAt(spec, ["leaseTransitions"]) ?? 0;
    const isOwn = holder === this.#options.identity;
    const renewed = isOwn ? { ...spec, renewTime: now() } : this.#spec(transitions + 1);
    return this.#wrote(await writeObject(this.#connection, "PUT", this.#path, { ...before, spec: renewed }, signal));
  }

  #wrote(written: Awaited<ReturnType<typeof writeObject>>): boolean {
    if (written.kind === "refused") throw new RedoubtError("KUBE_API_REFUSED", `${this.#path}: ${written.message}`);
    return written.kind === "written";
  }

  #spec(leaseTransitions: number): JsonObject {
    const time = now();
    return {
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: Math.ceil(this.#durationMs / 1000),
      acquireTime: time,
      renewTime: time,
      leaseTransitions,
    };
  }

  /** Whether its holder has left it unchanged for as long as it may. */
  #isExpired(spec: JsonObject): boolean {
    const record = JSON.stringify(spec);
    const time = performance.now();
    if (this.#seen?.record !== record) this.#seen = { record, at: time };
    return time - this.#seen.at >= (numberAt(spec, ["leaseDurationSeconds"]) ?? 0) * 1000;
  }
}

/** metav1.MicroTime. */
function now(): string {
  return new Date().toISOString().replace("Z", "000Z");
}

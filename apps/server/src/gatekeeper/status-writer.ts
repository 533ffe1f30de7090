/** Writes into each of Gatekeeper's objects whether it is in force here, and why not. */
import { isDeepStrictEqual } from "node:util";
import {
  type ApiConnection,
  type JsonObject,
  RedoubtError,
  type ServedResource,
  listAt,
  objectAt,
  resourcePath,
  stringAt,
} from "@redoubt/kube";
import { readObject, writeObject } from "../cluster/api-objects.ts";
import { Reconciler } from "../cluster/reconciler.ts";
import type { PolicyProblem } from "../policies/compile-policies.ts";
import type { PolicyStore } from "../policies/policy-store.ts";
import type { GatekeeperSource } from "./gatekeeper-source.ts";
import { podStatus, withPodStatus } from "./pod-status.ts";

export interface StatusOptions {
  /** The name that this replica's entries have. */
  readonly pod: string;
  /** Where the replicas' pods are; entries of pods that are gone are taken out. Entries of others stay when absent. */
  readonly podNamespace?: string;
  /** How often entries are looked at for pods that are gone, of which no policy tells. Default: 10 s. */
  readonly lookMs?: number;
  /** What this replica does with policies: `webhook`, `audit`. */
  readonly operations: readonly string[];
  readonly failed?: (error: Error) => void;
}

const NOT_IN_FORCE = { source: "gatekeeper", kind: "Config", isEarlierKept: false } as const;

export class StatusWriter {
  readonly #connection: ApiConnection;
  readonly #source: GatekeeperSource;
  readonly #store: PolicyStore;
  readonly #options: StatusOptions;
  /** Whether pods are gone, as far as this round has asked. */
  #gone = new Map<string, boolean>();

  constructor(connection: ApiConnection, source: GatekeeperSource, store: PolicyStore, options: StatusOptions) {
    this.#connection = connection;
    this.#source = source;
    this.#store = store;
    this.#options = options;
  }

  /** Runs until aborted, from the first swap on. */
  async run(signal: AbortSignal): Promise<void> {
    const { failed, podNamespace, lookMs = 10_000 } = this.#options;
    const writer = new Reconciler((until) => this.#writeAll(until), failed === undefined ? {} : { failed });
    const end = this.#store.onSwap(() => writer.wake());
    this.#source.onChange(() => writer.wake());
    writer.wake();
    const looking = podNamespace === undefined ? undefined : setInterval(() => writer.wake(), lookMs);
    await writer.run(signal);
    clearInterval(looking);
    end();
  }

  async #writeAll(signal: AbortSignal): Promise<void> {
    if (this.#store.current.revision === 0) return;
    this.#gone = new Map();
    const problems = Map.groupBy(
      this.#store.current.problems.filter(({ source }) => source === this.#source.name),
      ({ kind, name }) => `${kind}/${name}`,
    );
    const refusals: string[] = [];
    for (const { resource, objects } of this.#source.watched) {
      for (const object of objects) {
        if (!this.#source.isHandedOver(object)) continue;
        const name = stringAt(object, ["metadata", "name"]) ?? "";
        const refusal = await this.#write(resource, object, problems.get(`${resource.kind}/${name}`) ?? [], signal);
        if (refusal !== undefined) refusals.push(`${resource.kind} ${name}: ${refusal}`);
      }
    }
    if (refusals.length === 0) return;
    throw new RedoubtError("KUBE_API_REFUSED", `status could not be written: ${refusals.join("; ")}`);
  }

  /** Returns why the API server does not take it. A conflict comes back as a change of the object. */
  async #write(
    resource: ServedResource,
    object: JsonObject,
    problems: readonly PolicyProblem[],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { pod, operations } = this.#options;
    const name = stringAt(object, ["metadata", "name"]) ?? "";
    const isTemplate = resource.kind === "ConstraintTemplate";
    const definitionProblem = isTemplate ? this.#source.definitionProblem(name) : undefined;
    const ignored = this.#source.ignored(object);
    const own = podStatus(resource, object, {
      pod,
      operations,
      problems: ignored === undefined ? problems : [{ ...NOT_IN_FORCE, name, message: ignored }],
      definitionProblem,
      now: new Date(),
    });
    if (own === undefined) return undefined;
    const before = objectAt(object, ["status"]);
    const entries = listAt(before, ["byPod"]);
    for (const entry of entries) await this.#lookFor(stringAt(entry, ["id"]), signal);
    const byPod = withPodStatus(entries, own, (id) => this.#gone.get(id) === true);
    const created = byPod.some((entry) => listAt(entry, ["errors"]).length === 0);
    const status = { byPod, ...(isTemplate ? { created } : {}) };
    if (isDeepStrictEqual({ ...before, ...status }, before)) return undefined;
    const resourceVersion = stringAt(object, ["metadata", "resourceVersion"]) ?? "";
    const namespace = resource.namespaced ? stringAt(object, ["metadata", "namespace"]) : undefined;
    const path = `${resourcePath(resource, namespace)}/${name}/status`;
    const patch: JsonObject = { metadata: { resourceVersion }, status };
    const written = await writeObject(this.#connection, "PATCH", path, patch, signal);
    return written.kind === "refused" ? written.message : undefined;
  }

  async #lookFor(pod: string | undefined, signal: AbortSignal): Promise<void> {
    const { pod: own, podNamespace } = this.#options;
    if (pod === undefined || pod === own || podNamespace === undefined || this.#gone.has(pod)) return;
    const path = `/api/v1/namespaces/${podNamespace}/pods/${encodeURIComponent(pod)}`;
    this.#gone.set(pod, (await readObject(this.#connection, path, signal)) === undefined);
  }
}

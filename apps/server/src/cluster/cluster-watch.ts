/** What policies read of the cluster: namespaces, what is synced to `data.inventory` and `data.kubernetes`, and parameters; watched. */
import { type ClusterView, type ObjectsOfKind, clusterViewOf } from "@redoubt/admission";
import {
  type ApiConnection,
  type JsonObject,
  RedoubtError,
  type ServedResource,
  isJsonObject,
  listAt,
  objectAt,
  stringAt,
} from "@redoubt/kube";
import { NAMESPACES_KEY, type PolicyStore } from "../policies/policy-store.ts";
import { Reconciler } from "./reconciler.ts";
import { servedKind } from "./served-kind.ts";
import { type WatchOptions, WatchedResource } from "./watched-resource.ts";

export interface KindName {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface ClusterWatchOptions {
  /** Kinds that policies of Rego find in `data.kubernetes`, as kube-mgmt's `--replicate` names them. */
  readonly replicated?: readonly KindName[];
  readonly watch?: WatchOptions;
  /** How long changes are collected: each makes the inventory anew. */
  readonly delayMs?: number;
  readonly failed?: (error: Error) => void;
}

const NAMESPACES: ServedResource = {
  group: "",
  version: "v1",
  resource: "namespaces",
  kind: "Namespace",
  namespaced: false,
};

interface Running {
  readonly watched: WatchedResource;
  readonly stop: AbortController;
  /** Whether policies find the objects as data, and not as parameters only. */
  readonly isData: boolean;
}

export class ClusterWatch implements ClusterView {
  readonly #connection: ApiConnection;
  readonly #store: PolicyStore;
  readonly #options: ClusterWatchOptions;
  readonly #namespaces: WatchedResource;
  readonly #running = new Map<string, Running>();
  readonly #builtIn: ClusterView = clusterViewOf([]);
  readonly #handOver: Reconciler;
  readonly #handOverSoon: Reconciler;

  constructor(connection: ApiConnection, store: PolicyStore, options: ClusterWatchOptions = {}) {
    this.#connection = connection;
    this.#store = store;
    this.#options = options;
    this.#namespaces = new WatchedResource(connection, NAMESPACES, options.watch);
    const handOver = (): Promise<void> => {
      this.#setCluster();
      return Promise.resolve();
    };
    this.#handOver = new Reconciler(handOver, { delayMs: options.delayMs ?? 200 });
    this.#handOverSoon = new Reconciler(handOver, { delayMs: 2 });
    this.#namespaces.onChange(() => this.#handOverSoon.wake());
  }

  namespace(name: string): JsonObject | undefined {
    return this.#namespaces.get("", name);
  }

  objectsOf(apiVersion: string, kind: string): ObjectsOfKind | undefined {
    if (`${apiVersion} ${kind}` === NAMESPACES_KEY) return { isNamespaced: false, objects: this.#namespaces.objects };
    const running = this.#running.get(`${apiVersion} ${kind}`);
    if (running === undefined) return this.#builtIn.objectsOf(apiVersion, kind);
    return { isNamespaced: running.watched.resource.namespaced, objects: running.watched.objects };
  }

  /**
   * Runs until aborted; `ready` is called once the store's policies are in force, and namespaces and what these read are known.
   */
  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { failed } = this.#options;
    let isReady = false;
    const aborted = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => aborted.resolve(), { once: true });
    const follow = new Reconciler(
      async (until) => {
        if (this.#store.current.revision === 0) return;
        const missing = await this.#follow(until, signal);
        const settled = Array.from(this.#running.values(), ({ watched }) => watched.settled);
        await Promise.race([Promise.all([this.#namespaces.synced, ...settled]), aborted.promise]);
        this.#setCluster();
        if (!isReady) ready();
        isReady = true;
        if (missing.length === 0) return;
        const list = missing.join(", ");
        throw new RedoubtError("KUBE_API_REFUSED", `policies read kinds that the cluster does not serve: ${list}`);
      },
      failed === undefined ? {} : { failed },
    );
    const end = this.#store.onSwap(() => follow.wake());
    follow.wake();
    await Promise.all([
      this.#namespaces.run(signal),
      follow.run(signal),
      this.#handOver.run(signal),
      this.#handOverSoon.run(signal),
    ]);
    end();
  }

  #setCluster(): void {
    const namespaces = { isNamespaced: false, isData: false, objects: this.#namespaces.objects };
    const kinds = Array.from(this.#running, ([key, { watched, isData }]) => {
      return { key, isData, isNamespaced: watched.resource.namespaced, objects: watched.objects };
    });
    const isNamespacesRead = this.#running.has(NAMESPACES_KEY);
    this.#store.setCluster({
      view: this,
      kinds: isNamespacesRead ? kinds : [{ key: NAMESPACES_KEY, ...namespaces }, ...kinds],
    });
  }

  /** Starts and stops watches, so that there is one for each kind that policies read. Returns the kinds that are not served. */
  async #follow(signal: AbortSignal, lifetime: AbortSignal): Promise<readonly string[]> {
    const wanted = kindsRead(this.#store.current.objects, this.#options.replicated ?? []);
    for (const [key, { stop, isData }] of this.#running) {
      if (wanted.get(key)?.isData === isData) continue;
      stop.abort();
      this.#running.delete(key);
    }
    const missing: string[] = [];
    for (const [key, { isData, ...kind }] of wanted) {
      if (this.#running.has(key)) continue;
      const resource = await servedKind(this.#connection, kind, signal);
      if (resource === undefined) {
        missing.push(key);
        continue;
      }
      const stop = new AbortController();
      const watched = new WatchedResource(this.#connection, resource, this.#options.watch);
      watched.onChange(() => (isData ? this.#handOver : this.#handOverSoon).wake());
      this.#running.set(key, { watched, stop, isData });
      void watched.run(AbortSignal.any([lifetime, stop.signal]));
    }
    return missing;
  }
}

/** By `APIVERSION KIND`. */
function kindsRead(
  objects: readonly JsonObject[],
  replicated: readonly KindName[],
): ReadonlyMap<string, KindName & { readonly isData: boolean }> {
  const kinds = new Map<string, KindName & { readonly isData: boolean }>();
  for (const object of objects) {
    const parameter = objectAt(object, ["spec", "paramKind"]);
    if (parameter === undefined || stringAt(object, ["kind"])?.endsWith("AdmissionPolicy") !== true) continue;
    const apiVersion = stringAt(parameter, ["apiVersion"]) ?? "";
    const [version = "", group = ""] = apiVersion.split("/").toReversed();
    const kind = stringAt(parameter, ["kind"]) ?? "";
    kinds.set(`${apiVersion} ${kind}`, { group, version, kind, isData: false });
  }
  const synced = objects.flatMap((object) => [
    ...listAt(object, ["spec", "sync", "syncOnly"]),
    ...listAt(object, ["spec", "gvks"]),
  ]);
  const named = synced.filter(isJsonObject).map((entry) => ({
    group: stringAt(entry, ["group"]) ?? "",
    version: stringAt(entry, ["version"]) ?? "",
    kind: stringAt(entry, ["kind"]) ?? "",
  }));
  for (const { group, version, kind } of [...named, ...replicated]) {
    kinds.set(`${group === "" ? version : `${group}/${version}`} ${kind}`, { group, version, kind, isData: true });
  }
  return kinds;
}

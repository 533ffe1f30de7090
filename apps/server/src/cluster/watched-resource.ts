/** A kind's objects, kept equal to what the API server has: a list, and then a watch for as long as it runs. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type ApiConnection,
  type JsonObject,
  type ServedResource,
  isJsonObject,
  listResource,
  numberAt,
  objectAt,
  parseJson,
  resourcePath,
  stringAt,
  RedoubtError,
} from "@redoubt/kube";

export interface WatchOptions {
  /** Everywhere when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** What is kept of an object. Default: all but `metadata.managedFields`. */
  readonly keep?: (object: JsonObject) => JsonObject;
  readonly timing?: Partial<WatchTiming>;
  /** Told when the objects may be out of date, once for each reason; not of kinds that are not served yet. */
  readonly failed?: (error: Error) => void;
}

export interface WatchTiming {
  /** The first pause after a failure; it doubles with each that follows. */
  readonly pauseMs: number;
  readonly longestPauseMs: number;
  /** How long the API server is asked to keep a watch open. */
  readonly watchSeconds: number;
  /** Bookmarks come every minute: a watch that is silent for longer is a connection that nobody has closed. */
  readonly idleMs: number;
}

const TIMING: WatchTiming = { pauseMs: 200, longestPauseMs: 3000, watchSeconds: 300, idleMs: 150_000 };

/** The resource version is too old, or belongs to another history: only a new list helps. */
class Expired extends Error {}

/** Says what the API server answered. */
class WatchFailure extends Error {}

/** There is no such kind, as yet. */
class NotServed extends WatchFailure {}

export class WatchedResource {
  readonly resource: ServedResource;
  readonly #connection: ApiConnection;
  readonly #options: WatchOptions;
  readonly #timing: WatchTiming;
  readonly #objects = new Map<string, JsonObject>();
  readonly #listeners = new Set<() => void>();
  readonly #synced = Promise.withResolvers<void>();
  readonly #settled = Promise.withResolvers<void>();
  #isSynced = false;
  #version: string | undefined;
  #problem: string | undefined;

  constructor(connection: ApiConnection, resource: ServedResource, options: WatchOptions = {}) {
    this.resource = resource;
    this.#connection = connection;
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
  }

  /** Whether the objects were ever listed. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Why the objects may be out of date; undefined while the watch runs. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Settles with the first list. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** Settles with the first list, or with the answer that there is no such kind. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  get objects(): readonly JsonObject[] {
    return [...this.#objects.values()];
  }

  /** `namespace` is empty for cluster-scoped kinds. */
  get(namespace: string, name: string): JsonObject | undefined {
    return this.#objects.get(keyOf(namespace, name));
  }

  /** Told after each change, and after the first list also where it is empty. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Runs until aborted. What goes wrong with the cluster is in `problem`, and is tried again. */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      try {
        if (this.#version === undefined) await this.#list(signal);
        failures = (await this.#watch(signal)) ? 0 : failures + 1;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Expired && failures === 0) {
          this.#version = undefined;
          failures = 1;
          continue;
        }
        if (error instanceof Expired) this.#version = undefined;
        else if (error instanceof RedoubtError || error instanceof WatchFailure) this.#fail(error);
        else throw error;
        failures += 1;
      }
      if (failures > 0) await this.#pause(failures, signal);
    }
  }

  #fail(error: Error): void {
    const isNew = this.#problem !== error.message;
    this.#problem = error.message;
    if (!isNew || error instanceof NotServed) return;
    const { group, resource } = this.resource;
    const name = group === "" ? resource : `${resource}.${group}`;
    this.#options.failed?.(new RedoubtError("KUBE_API_REFUSED", `${name}: ${error.message}`, { cause: error }));
  }

  async #pause(failures: number, signal: AbortSignal): Promise<void> {
    const { pauseMs, longestPauseMs } = this.#timing;
    const longest = Math.min(longestPauseMs, pauseMs * 2 ** Math.min(failures - 1, 16));
    // Not all watches of all replicas at once.
    await sleep(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { namespace, labelSelector } = this.#options;
    const result = await listResource(this.#connection, this.resource, {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      signal,
    });
    if (!result.ok) {
      if (result.failure !== "missing-api") throw new WatchFailure(result.message);
      this.#settled.resolve();
      throw new NotServed(result.message);
    }
    const before = new Map(this.#objects);
    this.#objects.clear();
    for (const item of result.items) if (isJsonObject(item)) this.#put(item);
    this.#version = result.resourceVersion;
    this.#problem = undefined;
    const isFirst = !this.#isSynced;
    this.#isSynced = true;
    this.#synced.resolve();
    this.#settled.resolve();
    if (isFirst || !sameVersions(before, this.#objects)) this.#changed();
  }

  /** Returns whether the watch was of any use: one that ends at once must not be begun again at once. */
  async #watch(signal: AbortSignal): Promise<boolean> {
    const { namespace, labelSelector } = this.#options;
    const { watchSeconds, idleMs } = this.#timing;
    const query = new URLSearchParams({
      watch: "true",
      allowWatchBookmarks: "true",
      resourceVersion: this.#version ?? "",
      timeoutSeconds: String(Math.round(watchSeconds * (1 + Math.random()))),
      ...(labelSelector === undefined ? {} : { labelSelector }),
    });
    const path = `${resourcePath(this.resource, namespace)}?${query.toString()}`;
    const { status, lines } = await this.#connection.stream(path, { idleMs, signal });
    if (status !== 200) throw await failureOf(status, lines);
    this.#problem = undefined;
    const started = performance.now();
    let events = 0;
    for await (const line of lines) {
      this.#take(line);
      events += 1;
    }
    return events > 0 || performance.now() - started > 1000;
  }

  #take(line: string): void {
    const event = parse(line);
    const type = stringAt(event, ["type"]);
    const object = objectAt(event, ["object"]);
    if (object === undefined) throw new WatchFailure("a watch event has no object");
    if (type === "ERROR") {
      const message = stringAt(object, ["message"]) ?? "the watch failed";
      throw numberAt(object, ["code"]) === 410 ? new Expired(message) : new WatchFailure(message);
    }
    const version = stringAt(object, ["metadata", "resourceVersion"]);
    if (type === "DELETED") this.#objects.delete(keyOfObject(object));
    else if (type === "ADDED" || type === "MODIFIED") this.#put(object);
    else if (type !== "BOOKMARK") throw new WatchFailure(`a watch event is of the unknown type ${type ?? ""}`);
    if (version !== undefined) this.#version = version;
    if (type !== "BOOKMARK") this.#changed();
  }

  #put(object: JsonObject): void {
    const { group, version, kind } = this.resource;
    // Items of a list do not say what they are.
    const whole = { apiVersion: group === "" ? version : `${group}/${version}`, kind, ...object };
    this.#objects.set(keyOfObject(object), (this.#options.keep ?? withoutManagedFields)(whole));
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function withoutManagedFields(object: JsonObject): JsonObject {
  const metadata = objectAt(object, ["metadata"]);
  if (metadata?.["managedFields"] === undefined) return object;
  const { managedFields: _, ...kept } = metadata;
  return { ...object, metadata: kept };
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

function keyOfObject(object: JsonObject): string {
  return keyOf(stringAt(object, ["metadata", "namespace"]) ?? "", stringAt(object, ["metadata", "name"]) ?? "");
}

function sameVersions(before: ReadonlyMap<string, JsonObject>, after: ReadonlyMap<string, JsonObject>): boolean {
  if (before.size !== after.size) return false;
  const versionOf = (object: JsonObject | undefined): string | undefined =>
    stringAt(object, ["metadata", "resourceVersion"]);
  return [...after].every(([key, object]) => versionOf(object) === versionOf(before.get(key)));
}

async function failureOf(status: number, lines: AsyncIterable<string>): Promise<Error> {
  let text = "";
  for await (const line of lines) text += line;
  const message = stringAt(parse(text), ["message"]) ?? `HTTP ${status}`;
  return status === 410 ? new Expired(message) : new WatchFailure(message);
}

/** A proxy in between may send anything. */
function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

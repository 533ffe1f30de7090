/** An API server in memory, as far as controllers speak to it: collections, resource versions, conflicts, status, watches. */
import { randomUUID } from "node:crypto";
import {
  type ApiAnswer,
  type ApiConnection,
  type ApiStream,
  type ChangeMethod,
  type JsonObject,
  isJsonObject,
  numberAt,
  objectAt,
  stringAt,
} from "@redoubt/kube";

interface Collection {
  readonly objects: Map<string, JsonObject>;
  readonly watches: Set<Watch>;
}

/** Answers a request in the place of the server. */
export type Intercept = (method: string, path: string) => ApiAnswer | undefined;

export class FakeApiServer implements ApiConnection {
  readonly context = "fake";
  readonly server = "https://fake";
  requests = 0;
  /** `METHOD PATH` of each request, without queries. */
  readonly log: string[] = [];
  intercept: Intercept = () => undefined;
  readonly #collections = new Map<string, Collection>();
  readonly #served: ReadonlySet<string>;
  #version = 100;

  /** `served` are the paths of the collections that exist, of all namespaces: `/api/v1/pods`. */
  constructor(served: readonly string[]) {
    this.#served = new Set(served);
  }

  /** Puts an object there as if someone had applied it; its spec counts a generation when it changes. */
  apply(collection: string, object: JsonObject): JsonObject {
    const { objects } = this.#collection(collection);
    const key = keyOf(object);
    const before = objects.get(key);
    return this.#store(collection, {
      ...object,
      ...(object["status"] === undefined && before?.["status"] !== undefined ? { status: before["status"] } : {}),
    });
  }

  remove(collection: string, namespace: string, name: string): void {
    const { objects, watches } = this.#collection(collection);
    const key = `${namespace}/${name}`;
    const object = objects.get(key);
    if (object === undefined) return;
    objects.delete(key);
    const gone = { ...object, metadata: { ...objectAt(object, ["metadata"]), resourceVersion: this.#next() } };
    for (const watch of watches) watch.send("DELETED", gone);
  }

  find(collection: string, name: string, namespace = ""): JsonObject | undefined {
    return this.#collection(collection).objects.get(`${namespace}/${name}`);
  }

  all(collection: string): readonly JsonObject[] {
    return [...this.#collection(collection).objects.values()];
  }

  /** Sends an event to the watches of a collection. */
  event(collection: string, type: string, object: JsonObject): void {
    for (const watch of this.#collection(collection).watches) watch.send(type, object);
  }

  /** Ends the watches of a collection as the server does when their time is over, or as a network does that breaks. */
  endWatches(collection: string, error?: Error): void {
    for (const watch of this.#collection(collection).watches) watch.end(error);
  }

  watchersOf(collection: string): number {
    return this.#collection(collection).watches.size;
  }

  get(path: string): Promise<ApiAnswer> {
    const url = new URL(path, this.server);
    return this.#answered("GET", url.pathname, () => {
      const { collection, namespace, name } = this.#parse(url.pathname);
      if (collection === undefined) return status(404, "the server could not find the requested resource");
      if (name !== undefined) {
        const object = this.#collection(collection).objects.get(`${namespace ?? ""}/${name}`);
        return object === undefined ? status(404, `${name} not found`) : answer(200, object);
      }
      return this.#list(collection, namespace, url.searchParams);
    });
  }

  send(method: ChangeMethod, path: string, body?: object): Promise<ApiAnswer> {
    return this.#answered(method, path, () => {
      const { collection, namespace, name, subresource } = this.#parse(path);
      if (collection === undefined) return status(404, "the server could not find the requested resource");
      const sent: unknown = body === undefined ? {} : JSON.parse(JSON.stringify(body));
      const given = isJsonObject(sent) ? sent : {};
      if (method === "POST") return this.#create(collection, namespace ?? "", given);
      const before = this.find(collection, name ?? "", namespace ?? "");
      if (before === undefined) return status(404, `${name ?? ""} not found`);
      if (method === "DELETE") {
        this.remove(collection, namespace ?? "", name ?? "");
        return answer(200, {});
      }
      const version = stringAt(given, ["metadata", "resourceVersion"]);
      if (version !== undefined && version !== stringAt(before, ["metadata", "resourceVersion"]))
        return status(409, "the object has been modified");
      const wanted = method === "PATCH" ? merged(before, given) : given;
      const after = subresource === "status" ? { ...before, status: wanted["status"] ?? null } : wanted;
      return answer(200, this.#store(collection, after));
    });
  }

  async stream(path: string, { signal }: { readonly signal?: AbortSignal }): Promise<ApiStream> {
    signal?.throwIfAborted();
    const url = new URL(path, this.server);
    this.requests += 1;
    this.log.push(`WATCH ${url.pathname}`);
    const given = this.intercept("WATCH", url.pathname);
    if (given !== undefined) return { status: given.status, lines: linesOf([given.text]) };
    const { collection } = this.#parse(url.pathname);
    if (collection === undefined) return { status: 404, lines: linesOf(["{}"]) };
    const { watches } = this.#collection(collection);
    const watch = new Watch(() => watches.delete(watch));
    watches.add(watch);
    signal?.addEventListener("abort", () => watch.end());
    // What happened between the list and the watch.
    const since = Number(url.searchParams.get("resourceVersion"));
    for (const object of this.all(collection))
      if (Number(stringAt(object, ["metadata", "resourceVersion"])) > since) watch.send("MODIFIED", object);
    return { status: 200, lines: watch.lines() };
  }

  close(): void {
    for (const { watches } of this.#collections.values()) for (const watch of watches) watch.end();
  }

  #answered(method: string, path: string, handle: () => ApiAnswer): Promise<ApiAnswer> {
    this.requests += 1;
    this.log.push(`${method} ${path}`);
    return Promise.resolve(this.intercept(method, path) ?? handle());
  }

  #list(collection: string, namespace: string | undefined, query: URLSearchParams): ApiAnswer {
    const [label, value] = (query.get("labelSelector") ?? "").split("=");
    const found = this.all(collection).filter(
      (object) =>
        (namespace === undefined || stringAt(object, ["metadata", "namespace"]) === namespace) &&
        (label === undefined || label === "" || stringAt(object, ["metadata", "labels", label]) === value),
    );
    const from = Number(query.get("continue") ?? 0);
    const limit = Number(query.get("limit") ?? found.length);
    const next = from + limit < found.length ? { continue: String(from + limit) } : {};
    return answer(200, {
      kind: "List",
      metadata: { resourceVersion: String(this.#version), ...next },
      items: found.slice(from, from + limit),
    });
  }

  #create(collection: string, namespace: string, object: JsonObject): ApiAnswer {
    const metadata = {
      ...objectAt(object, ["metadata"]),
      ...(namespace === "" ? {} : { namespace }),
    };
    const created = { ...object, metadata };
    if (this.#collection(collection).objects.has(keyOf(created))) return status(409, "already exists");
    return answer(201, this.#store(collection, created));
  }

  #store(collection: string, object: JsonObject): JsonObject {
    const { objects, watches } = this.#collection(collection);
    const key = keyOf(object);
    const before = objects.get(key);
    const isSame = JSON.stringify(before?.["spec"]) === JSON.stringify(object["spec"]);
    const generation = (numberAt(before, ["metadata", "generation"]) ?? 0) + (isSame && before !== undefined ? 0 : 1);
    const metadata = {
      ...objectAt(object, ["metadata"]),
      uid: stringAt(before, ["metadata", "uid"]) ?? randomUUID(),
      generation,
      resourceVersion: this.#next(),
    };
    const stored = { ...object, metadata };
    objects.set(key, stored);
    for (const watch of watches) watch.send(before === undefined ? "ADDED" : "MODIFIED", stored);
    return stored;
  }

  #next(): string {
    this.#version += 1;
    return String(this.#version);
  }

  #collection(path: string): Collection {
    let collection = this.#collections.get(path);
    if (collection === undefined) {
      collection = { objects: new Map(), watches: new Set() };
      this.#collections.set(path, collection);
    }
    return collection;
  }

  #parse(path: string): {
    readonly collection: string | undefined;
    readonly namespace?: string;
    readonly name?: string;
    readonly subresource?: string;
  } {
    const [, root = "", rest = ""] = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/(.+)$/.exec(path) ?? [];
    const parts = rest.split("/");
    const isNamespaced = parts[0] === "namespaces" && parts.length > 2;
    const [resource = "", name, subresource] = isNamespaced ? parts.slice(2) : parts;
    const collection = `${root}/${resource}`;
    return {
      collection: this.#served.has(collection) ? collection : undefined,
      ...(isNamespaced ? { namespace: parts[1] ?? "" } : {}),
      ...(name === undefined ? {} : { name }),
      ...(subresource === undefined ? {} : { subresource }),
    };
  }
}

class Watch {
  readonly #pending: string[] = [];
  readonly #closed: () => void;
  #wake: () => void = () => undefined;
  #isEnded = false;
  #error: Error | undefined;

  constructor(closed: () => void) {
    this.#closed = closed;
  }

  send(type: string, object: JsonObject): void {
    this.#pending.push(JSON.stringify({ type, object }));
    this.#wake();
  }

  end(error?: Error): void {
    this.#isEnded = true;
    this.#error = error;
    this.#closed();
    this.#wake();
  }

  async *lines(): AsyncGenerator<string> {
    for (;;) {
      yield* this.#pending.splice(0);
      if (this.#error !== undefined) throw this.#error;
      if (this.#isEnded) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

async function* linesOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

function answer(code: number, body: JsonObject): ApiAnswer {
  return { status: code, text: JSON.stringify(body) };
}

/** A Status of the API server. */
export function status(code: number, message: string): ApiAnswer {
  return answer(code, { kind: "Status", apiVersion: "v1", status: "Failure", code, message });
}

function keyOf(object: JsonObject): string {
  return `${stringAt(object, ["metadata", "namespace"]) ?? ""}/${stringAt(object, ["metadata", "name"]) ?? ""}`;
}

/** RFC 7386. */
function merged(target: JsonObject, patch: JsonObject): JsonObject {
  const result = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const before = result[key];
    if (value === null) delete result[key];
    else if (isJsonObject(value)) result[key] = merged(isJsonObject(before) ? before : {}, value);
    else result[key] = value;
  }
  return result;
}

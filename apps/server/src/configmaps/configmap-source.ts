/** Rego and its documents from ConfigMaps, chosen and annotated as OPA's kube-mgmt does. */
import { PolicySet, type RegoSource } from "@redoubt/admission";
import {
  type ApiConnection,
  type JsonObject,
  type JsonValue,
  RedoubtError,
  objectAt,
  parseJson,
  resourcePath,
  stringAt,
} from "@redoubt/kube";
import { writeObject } from "../cluster/api-objects.ts";
import { Reconciler } from "../cluster/reconciler.ts";
import { type WatchOptions, WatchedResource } from "../cluster/watched-resource.ts";
import type { PolicyContents, PolicySource, SourceProblem } from "../policies/policy-source.ts";

/** Every key of a ConfigMap with this label is a module of Rego. */
const POLICY_LABEL = "openpolicyagent.org/policy=rego";
/** Every key of a ConfigMap with this label is a JSON document: `data.NAMESPACE.NAME.KEY`. */
const DATA_LABEL = "openpolicyagent.org/data=opa";
export const STATUS_ANNOTATION = "openpolicyagent.org/kube-mgmt-status";

export interface ConfigMapOptions {
  /** Who may write ConfigMaps here makes policies for the whole cluster. */
  readonly namespaces: readonly string[];
  readonly watch?: WatchOptions;
  readonly delayMs?: number;
  readonly failed?: (error: Error) => void;
}

const CONFIG_MAPS = { group: "", version: "v1", resource: "configmaps", kind: "ConfigMap", namespaced: true } as const;

/** A ConfigMap in a version that is, or would be, in force. */
interface Entry {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly data: Readonly<Record<string, string>>;
  readonly isPolicy: boolean;
}

export class ConfigMapSource implements PolicySource {
  readonly name: string = "configmaps";
  readonly #connection: ApiConnection;
  readonly #options: ConfigMapOptions;
  readonly #watched: readonly WatchedResource[];
  /** What compiled last, by namespace and name. */
  #sound = new Map<string, Entry>();
  #outcomes: ReadonlyMap<string, string | undefined> = new Map();
  #digest = "";

  constructor(connection: ApiConnection, options: ConfigMapOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#watched = options.namespaces.flatMap((namespace) =>
      [POLICY_LABEL, DATA_LABEL].map(
        (labelSelector) => new WatchedResource(connection, CONFIG_MAPS, { ...options.watch, namespace, labelSelector }),
      ),
    );
  }

  async start(signal: AbortSignal, changed: (contents: PolicyContents) => void): Promise<void> {
    const { delayMs = 50, failed } = this.#options;
    const annotate = new Reconciler((until) => this.#annotate(until), failed === undefined ? {} : { failed });
    const handOver = new Reconciler(
      () => {
        this.#handOver(changed);
        annotate.wake();
        return Promise.resolve();
      },
      { delayMs },
    );
    const aborted = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => aborted.resolve(), { once: true });
    for (const watched of this.#watched) {
      watched.onChange(() => handOver.wake());
      void watched.run(signal);
    }
    await Promise.race([Promise.all(this.#watched.map((watched) => watched.synced)), aborted.promise]);
    signal.throwIfAborted();
    this.#handOver(changed);
    annotate.wake();
    void handOver.run(signal);
    void annotate.run(signal);
  }

  /**
   * Modules compile together, so one that is broken would take the others with it. ConfigMaps join one by one; one that does not compile
   * with those before it stays as it was.
   */
  #handOver(changed: (contents: PolicyContents) => void): void {
    const entries = this.#entries();
    const digest = JSON.stringify(entries.map(({ uid, data }) => [uid, data]));
    if (digest === this.#digest) return;
    this.#digest = digest;
    const outcomes = new Map<string, string | undefined>();
    let sound = new Map(entries.map((entry) => [keyOf(entry), entry]));
    const problem = problemOf([...sound.values()]);
    if (problem === undefined) for (const key of sound.keys()) outcomes.set(key, undefined);
    else {
      sound = new Map();
      for (const entry of entries) {
        const key = keyOf(entry);
        const own = problemOf([...sound.values(), entry]);
        outcomes.set(key, own);
        const earlier = this.#sound.get(key);
        if (own === undefined) sound.set(key, entry);
        else if (earlier !== undefined && problemOf([...sound.values(), earlier]) === undefined)
          sound.set(key, earlier);
      }
    }
    this.#sound = sound;
    this.#outcomes = outcomes;
    const inForce = [...sound.values()];
    const problems = [...outcomes].flatMap(([key, message]): SourceProblem[] =>
      message === undefined ? [] : [{ place: `ConfigMap ${key}`, message: this.#withEarlier(key, message) }],
    );
    changed({ objects: [], rego: inForce.flatMap(modulesOf), data: documentsOf(inForce), problems });
  }

  #withEarlier(key: string, message: string): string {
    return this.#sound.has(key) ? `${message} (the version before it stays in force)` : message;
  }

  #entries(): readonly Entry[] {
    const entries = this.#watched.flatMap((watched) => watched.objects.map(readEntry));
    return entries.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  /** kube-mgmt's annotation, so that its users' tools read ours. */
  async #annotate(signal: AbortSignal): Promise<void> {
    const refusals: string[] = [];
    for (const object of this.#watched.flatMap((watched) => watched.objects)) {
      const key = keyOf(readEntry(object));
      if (!this.#outcomes.has(key)) continue;
      const message = this.#outcomes.get(key);
      const status =
        message === undefined
          ? { status: "ok" }
          : { status: "error", error: { message: this.#withEarlier(key, message) } };
      const annotation = JSON.stringify(status);
      if (stringAt(object, ["metadata", "annotations", STATUS_ANNOTATION]) === annotation) continue;
      const [namespace = "", name = ""] = key.split("/");
      const patch = { metadata: { annotations: { [STATUS_ANNOTATION]: annotation } } };
      const path = `${resourcePath(CONFIG_MAPS, namespace)}/${name}`;
      const written = await writeObject(this.#connection, "PATCH", path, patch, signal);
      if (written.kind === "refused") refusals.push(`ConfigMap ${key}: ${written.message}`);
    }
    if (refusals.length > 0) throw new RedoubtError("KUBE_API_REFUSED", refusals.join("; "));
  }
}

function readEntry(object: JsonObject): Entry {
  const data = Object.entries(objectAt(object, ["data"]) ?? {});
  return {
    namespace: stringAt(object, ["metadata", "namespace"]) ?? "",
    name: stringAt(object, ["metadata", "name"]) ?? "",
    uid: stringAt(object, ["metadata", "uid"]) ?? "",
    data: Object.fromEntries(data.flatMap(([key, text]) => (typeof text === "string" ? [[key, text]] : []))),
    isPolicy: stringAt(object, ["metadata", "labels", "openpolicyagent.org/policy"]) === "rego",
  };
}

function keyOf({ namespace, name }: Entry): string {
  return `${namespace}/${name}`;
}

function modulesOf(entry: Entry): readonly RegoSource[] {
  if (!entry.isPolicy) return [];
  return Object.entries(entry.data).map(([key, text]) => ({ file: `${keyOf(entry)}/${key}`, text }));
}

function problemOf(entries: readonly Entry[]): string | undefined {
  for (const entry of entries) {
    if (entry.isPolicy) continue;
    for (const [key, text] of Object.entries(entry.data)) {
      if (parse(text) === undefined) return `${key} is not JSON`;
    }
  }
  const rego = entries.flatMap(modulesOf);
  const problems = new PolicySet([], { rego, data: documentsOf(entries) }).problems;
  return problems.length === 0 ? undefined : problems.map(({ message }) => message).join("\n");
}

function documentsOf(entries: readonly Entry[]): JsonObject {
  const data: Record<string, Record<string, JsonValue>> = {};
  for (const { namespace, name, isPolicy, data: texts } of entries) {
    if (isPolicy) continue;
    const documents = Object.entries(texts).map(([key, text]): [string, JsonValue] => [key, parse(text) ?? null]);
    data[namespace] = { ...data[namespace], [name]: Object.fromEntries(documents) };
  }
  return data;
}

function parse(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

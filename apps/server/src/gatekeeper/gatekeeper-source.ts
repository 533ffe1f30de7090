/** Policies from Gatekeeper's kinds of a cluster, watched. */
import type { ApiConnection, JsonObject } from "@redoubt/kube";
import { RedoubtError, numberAt, stringAt } from "@redoubt/kube";
import { type WatchOptions, WatchedResource } from "../cluster/watched-resource.ts";
import { Reconciler } from "../cluster/reconciler.ts";
import type { PolicyContents, PolicySource, SourceProblem } from "../policies/policy-source.ts";
import { ConstraintKinds, type DefinitionProblem } from "./constraint-kinds.ts";
import { installDefinitions } from "./definitions.ts";
import { CONFIGS, EXPANSIONS, MUTATORS, PROVIDERS, SYNC_SETS } from "./kinds.ts";

export interface GatekeeperOptions {
  /** Where the Config that counts is, which is called `config`: whoever may write Configs elsewhere must not loosen policies with one. */
  readonly configNamespace: string;
  /** Create Gatekeeper's kinds where the cluster has none. */
  readonly install?: boolean;
  readonly watch?: WatchOptions;
  /** How long changes are collected before they are handed over. */
  readonly delayMs?: number;
  /** Told of what is tried again. */
  readonly failed?: (error: Error) => void;
}

export class GatekeeperSource implements PolicySource {
  readonly name: string = "gatekeeper";
  readonly #connection: ApiConnection;
  readonly #options: GatekeeperOptions;
  readonly #kinds: ConstraintKinds;
  readonly #others: readonly WatchedResource[];
  readonly #listeners = new Set<() => void>();
  readonly #handOver: Reconciler;
  #changed: (contents: PolicyContents) => void = () => undefined;
  #handedOver = "";
  #versions: ReadonlySet<string> = new Set();

  constructor(connection: ApiConnection, options: GatekeeperOptions) {
    const { watch = {}, delayMs = 50, failed } = options;
    this.#connection = connection;
    this.#options = options;
    this.#kinds = new ConstraintKinds(connection, () => this.#tell(), watch, failed);
    this.#others = [...MUTATORS, EXPANSIONS, CONFIGS, SYNC_SETS, PROVIDERS].map(
      (resource) => new WatchedResource(connection, resource, watch),
    );
    for (const watched of this.#others) watched.onChange(() => this.#tell());
    this.#handOver = new Reconciler(
      () => {
        this.#handOverChanges();
        return Promise.resolve();
      },
      { delayMs },
    );
  }

  /** Rejects where Gatekeeper's kinds are to be created and the API server refuses. */
  async start(signal: AbortSignal, changed: (contents: PolicyContents) => void): Promise<void> {
    this.#changed = changed;
    if (this.#options.install === true) {
      const problems = await installDefinitions(this.#connection, signal);
      if (problems.length > 0)
        throw new RedoubtError("KUBE_API_REFUSED", `Gatekeeper's kinds could not be created: ${problems.join("; ")}`);
    }
    void this.#kinds.run(signal);
    for (const watched of this.#others) void watched.run(signal);
    const aborted = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => aborted.resolve(), { once: true });
    const settled = Promise.all([this.#kinds.settled(), ...this.#others.map((watched) => watched.settled)]);
    await Promise.race([settled, aborted.promise]);
    signal.throwIfAborted();
    this.#handOverChanges();
    void this.#handOver.run(signal);
  }

  /** Every policy as the cluster has it, with its status. */
  get watched(): readonly WatchedResource[] {
    return [this.#kinds.templates, ...this.#kinds.constraints, ...this.#others];
  }

  /** Why there is no kind of constraints for a template. */
  definitionProblem(template: string): DefinitionProblem | undefined {
    return this.#kinds.problemOf(template);
  }

  /** Why an object of Gatekeeper's kinds is no policy here. */
  ignored(object: JsonObject): string | undefined {
    if (object["kind"] !== CONFIGS.kind) return undefined;
    const { configNamespace } = this.#options;
    const name = stringAt(object, ["metadata", "name"]);
    if (name === "config" && stringAt(object, ["metadata", "namespace"]) === configNamespace) return undefined;
    return `only the Config "config" of namespace ${configNamespace} counts: this one is not in force`;
  }

  /** Whether the object, in this version, was handed over: the policies in force have taken it into account. */
  isHandedOver(object: JsonObject): boolean {
    return this.#versions.has(versionOf(object));
  }

  /** Told when any of the objects, or its status, is another than before. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  #tell(): void {
    this.#handOver.wake();
    for (const listener of this.#listeners) listener();
  }

  /** Status and metadata change often, and make no other policy. */
  #handOverChanges(): void {
    const objects = this.watched.flatMap((watched) => watched.objects.map(withoutStatus));
    const problems = this.#problems();
    const versions = objects.map(versionOf);
    const policies = objects.filter((object) => this.ignored(object) === undefined);
    const all = JSON.stringify([versions, problems]);
    if (all === this.#handedOver) return;
    this.#handedOver = all;
    this.#versions = new Set(versions);
    this.#changed({ objects: policies, rego: [], problems });
  }

  #problems(): readonly SourceProblem[] {
    const ignored = this.#others.flatMap(({ objects }) =>
      objects.flatMap((object) => {
        const message = this.ignored(object);
        const place = ["namespace", "name"].map((field) => stringAt(object, ["metadata", field]) ?? "").join("/");
        return message === undefined ? [] : [{ place: `Config ${place}`, message }];
      }),
    );
    const withoutKind = this.#kinds.templates.objects.flatMap((template) => {
      const name = stringAt(template, ["metadata", "name"]) ?? "";
      const problem = this.#kinds.problemOf(name);
      return problem === undefined ? [] : [{ place: `ConstraintTemplate ${name}`, message: problem.message }];
    });
    return [...withoutKind, ...ignored];
  }
}

function versionOf(object: JsonObject): string {
  const kind = stringAt(object, ["kind"]) ?? "";
  return `${kind} ${stringAt(object, ["metadata", "uid"]) ?? ""} ${numberAt(object, ["metadata", "generation"]) ?? ""}`;
}

function withoutStatus(object: JsonObject): JsonObject {
  const { status: _, ...kept } = object;
  return kept;
}

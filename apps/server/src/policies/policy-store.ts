import { type ClusterView, type PolicySet, clusterViewOf } from "@redoubt/admission";
import type { JsonObject } from "@redoubt/kube";
import {
  type CompileOptions,
  type CompiledPolicies,
  type PolicyModules,
  type PolicyProblem,
  compilePolicies,
} from "./compile-policies.ts";
import type { PolicyContents, PolicySource } from "./policy-source.ts";

/** The objects of a kind that policies read. */
export interface ClusterKind {
  /** `APIVERSION KIND`. */
  readonly key: string;
  readonly isNamespaced: boolean;
  /** Whether policies find them in `data.inventory` and `data.kubernetes`, and not as namespaces or parameters only. */
  readonly isData: boolean;
  readonly objects: readonly JsonObject[];
}

/** What policies read of the cluster besides the request. */
export interface ClusterState {
  /** Namespaces and parameters. */
  readonly view: ClusterView;
  readonly kinds: readonly ClusterKind[];
}

/** The key of Namespaces, which are always read. */
export const NAMESPACES_KEY = "v1 Namespace";

/** The policies that are in force at one time. */
export interface PoliciesInForce {
  /** Counts the swaps, from 1. */
  readonly revision: number;
  readonly policies: PolicySet;
  /** The objects they were compiled from, each once, in the order of their kinds and names. */
  readonly objects: readonly JsonObject[];
  /** The modules of Rego that they were compiled with. */
  readonly modules: PolicyModules;
  /** What is not in force as its author wants it. */
  readonly problems: readonly PolicyProblem[];
}

/**
 * Joins what the sources hold, compiles it, and puts it in force at one instant: a decision, which never waits, sees all of the old
 * policies or all of the new ones.
 */
export class PolicyStore {
  readonly #sources: readonly PolicySource[];
  readonly #options: CompileOptions;
  readonly #contents = new Map<string, PolicyContents>();
  readonly #listeners = new Set<(policies: PoliciesInForce) => void>();
  readonly #clusterListeners = new Set<(cluster: ClusterState) => void>();
  #publish: ((policies: PoliciesInForce) => Promise<void>) | undefined;
  #published: Promise<void> = Promise.resolve();
  #cluster: ClusterState = { view: clusterViewOf([]), kinds: [] };
  #compiled: CompiledPolicies;
  #current: PoliciesInForce;
  #revision = 0;
  #isStarted = false;

  constructor(sources: readonly PolicySource[], options: CompileOptions = {}) {
    this.#sources = sources;
    this.#options = options;
    this.#compiled = compilePolicies(new Map(), options);
    this.#current = { revision: 0, ...this.#compiled };
  }

  /** Before `start` has resolved, no policies at all. */
  get current(): PoliciesInForce {
    return this.#current;
  }

  get cluster(): ClusterView {
    return this.#cluster.view;
  }

  /** Whether the cluster's namespaces are followed, and this is none of them, or not yet. */
  lacksNamespace(name: string): boolean {
    return (
      this.#cluster.view.namespace(name) === undefined && this.#cluster.kinds.some(({ key }) => key === NAMESPACES_KEY)
    );
  }

  /** Resolves once all sources' policies are in force; rejects where a source cannot start. */
  async start(signal: AbortSignal): Promise<void> {
    await Promise.all(
      this.#sources.map((source) =>
        source.start(signal, (contents) => {
          this.#contents.set(source.name, contents);
          if (this.#isStarted) this.#swap();
        }),
      ),
    );
    this.#isStarted = true;
    this.#swap();
    await this.#published;
  }

  /** Has policies come into force elsewhere before they are here; `publish` resolves once they are, and does not reject. */
  publishBy(publish: (policies: PoliciesInForce) => Promise<void>): void {
    this.#publish = publish;
  }

  /** Replaces what policies read of the cluster. Queries over the inventory are prepared again, so hand changes over in batches. */
  setCluster(cluster: ClusterState): void {
    this.#cluster = cluster;
    this.#current.policies.setObjects(dataOf(cluster));
    for (const listener of this.#clusterListeners) listener(cluster);
  }

  /** Calls `listener` with what policies read of the cluster now, and each time that it was replaced. */
  onCluster(listener: (cluster: ClusterState) => void): void {
    this.#clusterListeners.add(listener);
    listener(this.#cluster);
  }

  /** Calls `listener` after each swap, in the order of the swaps; the result ends that. */
  onSwap(listener: (policies: PoliciesInForce) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #swap(): void {
    const inOrder = new Map(
      this.#sources.flatMap(({ name }) => {
        const contents = this.#contents.get(name);
        return contents === undefined ? [] : [[name, contents] as const];
      }),
    );
    this.#compiled = compilePolicies(inOrder, this.#options, this.#compiled);
    const next = { revision: ++this.#revision, ...this.#compiled };
    if (this.#publish === undefined) {
      this.#putInForce(next);
      return;
    }
    const publish = this.#publish;
    this.#published = this.#published.then(() => publish(next)).then(() => this.#putInForce(next));
  }

  #putInForce(next: PoliciesInForce): void {
    next.policies.setObjects(dataOf(this.#cluster));
    this.#current = next;
    for (const listener of this.#listeners) listener(next);
  }
}

/** What `data.inventory` and `data.kubernetes` hold. */
function dataOf({ kinds }: ClusterState): readonly JsonObject[] {
  return kinds.flatMap(({ isData, objects }) => (isData ? objects : []));
}

import { type ClusterView, type PolicySet, clusterViewOf } from "@redoubt/admission";
import type { JsonObject } from "@redoubt/kube";
import { type CompileOptions, type CompiledPolicies, type PolicyProblem, compilePolicies } from "./compile-policies.ts";
import type { PolicyContents, PolicySource } from "./policy-source.ts";

/** What policies read of the cluster besides the request. */
export interface ClusterState {
  /** Namespaces and parameters. */
  readonly view: ClusterView;
  /** What `data.inventory` and `data.kubernetes` hold. */
  readonly objects: readonly JsonObject[];
}

/** The policies that are in force at one time. */
export interface PoliciesInForce {
  /** Counts the swaps, from 1. */
  readonly revision: number;
  readonly policies: PolicySet;
  /** The objects they were compiled from, each once, in the order of their kinds and names. */
  readonly objects: readonly JsonObject[];
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
  #cluster: ClusterState = { view: clusterViewOf([]), objects: [] };
  #compiled: CompiledPolicies;
  #current: PoliciesInForce;
  #isStarted = false;

  constructor(sources: readonly PolicySource[], options: CompileOptions = {}) {
    this.#sources = sources;
    this.#options = options;
    this.#compiled = compilePolicies(new Map(), options);
    this.#current = { revision: 0, policies: this.#compiled.policies, objects: [], problems: [] };
  }

  /** Before `start` has resolved, no policies at all. */
  get current(): PoliciesInForce {
    return this.#current;
  }

  get cluster(): ClusterView {
    return this.#cluster.view;
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
  }

  /** Replaces what policies read of the cluster. Queries over the inventory are prepared again, so hand changes over in batches. */
  setCluster(cluster: ClusterState): void {
    this.#cluster = cluster;
    this.#current.policies.setObjects(cluster.objects);
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
    const { policies, objects, problems } = this.#compiled;
    policies.setObjects(this.#cluster.objects);
    this.#current = { revision: this.#current.revision + 1, policies, objects, problems };
    for (const listener of this.#listeners) listener(this.#current);
  }
}

import type { Diagnostic } from "./diagnostic.ts";
import type { KnownKinds } from "./gen/types.ts";
import type { Artifact, ArtifactType, KubeObject } from "./object.ts";
import { type Workload, toWorkload } from "./workload.ts";

/** Every object known at one time, from files or from a live cluster, plus what could not be read. */
export class ClusterSnapshot {
  readonly objects: readonly KubeObject<object>[];
  readonly artifacts: readonly Artifact[];
  /** What could not be read or understood, with its place. Any `error` among them makes a report incomplete. */
  readonly diagnostics: readonly Diagnostic[];
  readonly #byKind = new Map<string, KubeObject<object>[]>();
  #workloads: readonly Workload[] | undefined;
  #namespaces: ReadonlySet<string> | undefined;

  constructor(content: {
    readonly objects: readonly KubeObject<object>[];
    readonly artifacts?: readonly Artifact[];
    readonly diagnostics?: readonly Diagnostic[];
  }) {
    this.objects = content.objects;
    this.artifacts = content.artifacts ?? [];
    this.diagnostics = content.diagnostics ?? [];
    for (const object of content.objects) {
      const key = object.known ?? kindKey(object.group, object.kind);
      const list = this.#byKind.get(key);
      if (list === undefined) this.#byKind.set(key, [object]);
      else list.push(object);
    }
  }

  /**
   * Objects of one kind, in every version of its group: `list("apps/Deployment")`, `list("Pod")` for the core group.
   * Known kinds are typed; for others use `listUntyped`.
   */
  list<K extends keyof KnownKinds>(kind: K): readonly KubeObject<KnownKinds[K]>[] {
    return (this.#byKind.get(kind) ?? []).filter((object): object is KubeObject<KnownKinds[K]> => object.known === kind);
  }

  /** Objects of a kind whose schema Redoubt does not know (custom resources, configuration files): values are as written. */
  listUntyped(group: string, kind: string): readonly KubeObject<object>[] {
    return this.#byKind.get(kindKey(group, kind)) ?? [];
  }

  artifactsOf(type: ArtifactType): readonly Artifact[] {
    return this.artifacts.filter((artifact) => artifact.artifact === type);
  }

  /** Everything with a pod template, in input order. */
  get workloads(): readonly Workload[] {
    this.#workloads ??= this.objects.flatMap((object) => toWorkload(object) ?? []);
    return this.#workloads;
  }

  /** Names of namespaces that exist or that some object lives in. */
  get namespaces(): ReadonlySet<string> {
    this.#namespaces ??= new Set(
      this.objects.flatMap((object) =>
        object.group === "" && object.kind === "Namespace" ? [object.name] : object.namespace === "" ? [] : [object.namespace],
      ),
    );
    return this.#namespaces;
  }
}

/** `group/Kind`, or `Kind` in the core group. */
export function kindKey(group: string, kind: string): string {
  return group === "" ? kind : `${group}/${kind}`;
}

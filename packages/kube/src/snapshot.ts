import type { Diagnostic } from "./diagnostic.ts";
import type { KnownKinds } from "./gen/types.ts";
import type { Artifact, ArtifactType, KubeObject } from "./object.ts";
import { type Workload, toWorkload } from "./workload.ts";

/** A kind that belongs into a snapshot of a cluster and could not be read, wholly or in one namespace. */
export interface SnapshotGap {
  readonly group: string;
  readonly kind: string;
  /** Plural, as RBAC rules name it. */
  readonly resource: string;
  /** Absent when the kind is missing in every namespace. */
  readonly namespace?: string;
  readonly failure: "forbidden" | "unauthorized" | "timeout" | "unreachable" | "server-error" | "malformed";
  /** The API server's own words, where it had any. */
  readonly message: string;
}

/** What a snapshot is made of. */
export interface SnapshotContent {
  readonly objects: readonly KubeObject<object>[];
  readonly artifacts?: readonly Artifact[];
  readonly diagnostics?: readonly Diagnostic[];
  /** `cluster` when an API server was asked: then what is absent from it, gaps aside, does not exist. */
  readonly source?: "files" | "cluster";
  readonly gaps?: readonly SnapshotGap[];
}

/** Every object known at one time, from files or from a live cluster, plus what could not be read. */
export class ClusterSnapshot {
  readonly artifacts: readonly Artifact[];
  /** What could not be read or understood, with its place. Any `error` among them makes a report incomplete. */
  readonly diagnostics: readonly Diagnostic[];
  readonly source: "files" | "cluster";
  readonly gaps: readonly SnapshotGap[];
  readonly #objects: readonly KubeObject<object>[];
  readonly #byKind = new Map<string, KubeObject<object>[]>();
  #workloads: readonly Workload[] | undefined;
  #namespaces: ReadonlySet<string> | undefined;
  #observer: ((kind: string | undefined) => void) | undefined;

  constructor(content: SnapshotContent) {
    this.#objects = content.objects;
    this.artifacts = content.artifacts ?? [];
    this.diagnostics = content.diagnostics ?? [];
    this.source = content.source ?? "files";
    this.gaps = content.gaps ?? [];
    for (const object of content.objects) {
      const key = object.known ?? kindKey(object.group, object.kind);
      const list = this.#byKind.get(key);
      if (list === undefined) this.#byKind.set(key, [object]);
      else list.push(object);
    }
  }

  get objects(): readonly KubeObject<object>[] {
    this.#observer?.(undefined);
    return this.#objects;
  }

  /**
   * Objects of one kind, in every version of its group: `list("apps/Deployment")`, `list("Pod")` for the core group.
   * Known kinds are typed; for others use `listUntyped`.
   */
  list<K extends keyof KnownKinds>(kind: K): readonly KubeObject<KnownKinds[K]>[] {
    this.#observer?.(kind);
    return (this.#byKind.get(kind) ?? []).filter(
      (object): object is KubeObject<KnownKinds[K]> => object.known === kind,
    );
  }

  /** Objects of a kind whose schema Redoubt does not know (custom resources, configuration files): values are as written. */
  listUntyped(group: string, kind: string): readonly KubeObject<object>[] {
    this.#observer?.(kindKey(group, kind));
    return this.#byKind.get(kindKey(group, kind)) ?? [];
  }

  artifactsOf(type: ArtifactType): readonly Artifact[] {
    return this.artifacts.filter((artifact) => artifact.artifact === type);
  }

  /** Everything with a pod template, in input order. */
  get workloads(): readonly Workload[] {
    for (const kind of WORKLOAD_KINDS) this.#observer?.(kind);
    this.#workloads ??= this.#objects.flatMap((object) => toWorkload(object) ?? []);
    return this.#workloads;
  }

  /** Names of namespaces that exist or that some object lives in. */
  get namespaces(): ReadonlySet<string> {
    this.#observer?.("Namespace");
    this.#namespaces ??= new Set(
      this.#objects.flatMap((object) =>
        object.group === "" && object.kind === "Namespace"
          ? [object.name]
          : object.namespace === ""
            ? []
            : [object.namespace],
      ),
    );
    return this.#namespaces;
  }

  /** Runs `use` and returns the gaps among the kinds that it read: what it concluded rests on incomplete data where there are any. */
  gapsReadBy(use: () => void): readonly SnapshotGap[] {
    const read = new Set<string | undefined>();
    this.#observer = (kind): void => void read.add(kind);
    try {
      use();
    } finally {
      this.#observer = undefined;
    }
    return read.has(undefined) ? this.gaps : this.gaps.filter(({ group, kind }) => read.has(kindKey(group, kind)));
  }
}

/** Kinds that `workloads` is made of, as `kindKey` names them. */
const WORKLOAD_KINDS = [
  "Pod",
  "PodTemplate",
  "ReplicationController",
  "apps/Deployment",
  "apps/StatefulSet",
  "apps/DaemonSet",
  "apps/ReplicaSet",
  "batch/Job",
  "batch/CronJob",
] as const;

/** `group/Kind`, or `Kind` in the core group. */
export function kindKey(group: string, kind: string): string {
  return group === "" ? kind : `${group}/${kind}`;
}

import type { Diagnostic } from "./diagnostic.ts";
import type { KnownKinds } from "./gen/types.ts";
import { evidenceDiagnostics } from "./live/gap-diagnostics.ts";
import { type ClusterEvidence, EVIDENCE_GROUP, evidenceFromObject } from "./live/evidence.ts";
import type { Artifact, ArtifactType, KubeObject } from "./object.ts";
import { type DifferingPods, describeDifference, runningWorkloads } from "./running-pods.ts";
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
  /** What was seen of running components and nodes, besides what documents among `objects` hold. */
  readonly evidence?: readonly ClusterEvidence[];
}

/** Every object known at one time, from files or from a live cluster, plus what could not be read. */
export class ClusterSnapshot {
  readonly artifacts: readonly Artifact[];
  /** What could not be read or understood, with its place. Any `error` among them makes a report incomplete. */
  readonly diagnostics: readonly Diagnostic[];
  readonly source: "files" | "cluster";
  readonly gaps: readonly SnapshotGap[];
  /** What was seen of running components and nodes, taken now or read from documents of group `evidence.redoubt.dev`. */
  readonly evidence: readonly ClusterEvidence[];
  readonly #objects: readonly KubeObject<object>[];
  readonly #byKind = new Map<string, KubeObject<object>[]>();
  #workloads: readonly Workload[] | undefined;
  #namespaces: ReadonlySet<string> | undefined;
  #observer: ((kind: string | undefined) => void) | undefined;

  constructor(content: SnapshotContent) {
    this.#objects = content.objects;
    this.artifacts = content.artifacts ?? [];
    this.source = content.source ?? "files";
    this.gaps = content.gaps ?? [];
    this.evidence = [
      ...(content.evidence ?? []),
      ...content.objects.flatMap((object) =>
        object.group === EVIDENCE_GROUP ? (evidenceFromObject(object) ?? []) : [],
      ),
    ];
    for (const object of content.objects) {
      const key = object.known ?? kindKey(object.group, object.kind);
      const list = this.#byKind.get(key);
      if (list === undefined) this.#byKind.set(key, [object]);
      else list.push(object);
    }
    const diagnostics = content.diagnostics ?? [];
    if (this.source === "cluster") {
      const { judged, differing } = runningWorkloads(content.objects.flatMap((object) => toWorkload(object) ?? []));
      this.#workloads = judged;
      this.diagnostics = [...diagnostics, ...newOnly(differing.map(differenceOf), diagnostics)];
    } else this.diagnostics = diagnostics;
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

  /**
   * Everything with a pod template, in input order. Of a cluster: what someone wrote, and those pods that run otherwise than the
   * template of their owner says (running-pods.ts).
   */
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

  /** The same snapshot with more evidence, and what of it could not be had among the diagnostics. */
  withEvidence(evidence: readonly ClusterEvidence[]): ClusterSnapshot {
    const { artifacts, source, gaps } = this;
    const diagnostics = [...this.diagnostics, ...newOnly(evidenceDiagnostics(evidence), this.diagnostics)];
    // Evidence in documents is found again among the objects.
    const taken = this.evidence.filter(({ object }) => !this.#objects.includes(object));
    const all = [...taken, ...evidence];
    return new ClusterSnapshot({ objects: this.#objects, artifacts, diagnostics, source, gaps, evidence: all });
  }

  /** Runs `use` and returns the gaps among the kinds that it read: what it concluded rests on incomplete data where there are any. */
  gapsReadBy(use: () => void): readonly SnapshotGap[] {
    const { kinds } = this.recordReads(use);
    return kinds.has(undefined) ? this.gaps : this.gaps.filter(({ group, kind }) => kinds.has(kindKey(group, kind)));
  }

  /** Runs `use` and returns its value with the kinds that it read; `undefined` among them means every kind. */
  recordReads<T>(use: () => T): { readonly value: T; readonly kinds: ReadonlySet<string | undefined> } {
    const outer = this.#observer;
    const kinds = new Set<string | undefined>();
    this.#observer = (kind): void => void kinds.add(kind);
    try {
      return { value: use(), kinds };
    } finally {
      this.#observer = outer;
    }
  }

  /** Counts these kinds as read by whoever is being recorded. */
  noteReads(kinds: Iterable<string | undefined>): void {
    for (const kind of kinds) this.#observer?.(kind);
  }
}

function differenceOf(differing: DifferingPods): Diagnostic {
  return { code: "KUBE_POD_DIFFERS", severity: "warning", message: describeDifference(differing) };
}

/** Leaves out what was said before: a snapshot made of another's content carries its diagnostics already. */
function newOnly(diagnostics: readonly Diagnostic[], known: readonly Diagnostic[]): readonly Diagnostic[] {
  const messages = new Set(known.map(({ message }) => message));
  return diagnostics.filter(({ message }) => !messages.has(message));
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

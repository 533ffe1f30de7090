import {
  type Artifact,
  ClusterSnapshot,
  type Diagnostic,
  type KubeObject,
  type Resource,
  SourceOrigin,
  snapshotFromText,
} from "@redoubt/kube";

/** The texts that a snapshot's objects and artifacts were read from and that can be written back, by file, in input order. */
export function editableSources(snapshot: ClusterSnapshot): Map<string, SourceOrigin["source"]> {
  const sources = new Map<string, SourceOrigin["source"]>();
  for (const { origin } of [...snapshot.objects, ...snapshot.artifacts]) {
    if (origin instanceof SourceOrigin && origin.rendered === undefined && !sources.has(origin.file))
      sources.set(origin.file, origin.source);
  }
  return sources;
}

/**
 * The snapshot as it is with other texts in some of its files; objects of the other files are the same ones. What the rest of a
 * snapshot said about an object (a namespace by a CustomResourceDefinition of another file) holds for its new version too.
 */
export function reloadSnapshot(
  snapshot: ClusterSnapshot,
  texts: ReadonlyMap<string, string>,
  namespace: string,
): ClusterSnapshot {
  const read = new Map<string, ClusterSnapshot>();
  for (const [file, text] of texts) read.set(file, snapshotFromText(text, { file, namespace }));
  return new ClusterSnapshot({
    objects: replaced(snapshot.objects, read, (fresh) => fresh.objects, likeBefore),
    artifacts: replaced(snapshot.artifacts, read, (fresh) => fresh.artifacts, sameType),
    diagnostics: [
      ...snapshot.diagnostics.filter(({ file }) => file === undefined || !read.has(file)),
      ...[...read.values()].flatMap(({ diagnostics }) => diagnostics),
    ],
  });
}

/** What each changed file holds now, in the place of the first thing it held. */
function replaced<R extends Resource>(
  old: readonly R[],
  read: ReadonlyMap<string, ClusterSnapshot>,
  pick: (fresh: ClusterSnapshot) => readonly R[],
  carry: (fresh: R, before: R) => R,
): R[] {
  const before = new Map(old.map((resource) => [placeOf(resource), resource]));
  const done = new Set<string>();
  return old.flatMap((resource) => {
    const file = fileOf(resource);
    const fresh = file === undefined ? undefined : read.get(file);
    if (file === undefined || fresh === undefined) return [resource];
    if (done.has(file)) return [];
    done.add(file);
    return pick(fresh).map((each) => {
      const was = before.get(placeOf(each));
      return was === undefined ? each : carry(each, was);
    });
  });
}

function likeBefore(fresh: KubeObject<object>, before: KubeObject<object>): KubeObject<object> {
  const same = fresh.known !== undefined || fresh.kind !== before.kind || fresh.group !== before.group;
  return same || fresh.namespace === before.namespace ? fresh : { ...fresh, namespace: before.namespace };
}

function sameType(fresh: Artifact, before: Artifact): Artifact {
  return fresh.artifact === before.artifact ? fresh : { ...fresh, artifact: before.artifact };
}

function fileOf({ origin }: Resource): string | undefined {
  return origin instanceof SourceOrigin && origin.rendered === undefined ? origin.file : undefined;
}

function placeOf({ origin }: Resource): string {
  return origin.kind === "file" ? JSON.stringify([origin.file, origin.document, origin.base]) : origin.uid;
}

/** Errors among the diagnostics of one file's text. */
export function errorsIn(text: string, file: string): Diagnostic[] {
  return snapshotFromText(text, { file }).diagnostics.filter(({ severity }) => severity === "error");
}

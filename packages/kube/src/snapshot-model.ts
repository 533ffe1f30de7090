import type { ClusterSnapshot } from "./snapshot.ts";

/**
 * A view computed once for a snapshot and kept for as long as the snapshot is. The kinds that `build` reads count as read by
 * everyone who asks for the view, not only by the first: what a control concludes from it may rest on their gaps.
 */
export function snapshotModel<T>(build: (snapshot: ClusterSnapshot) => T): (snapshot: ClusterSnapshot) => T {
  const models = new WeakMap<ClusterSnapshot, { readonly value: T; readonly kinds: ReadonlySet<string | undefined> }>();
  return (snapshot) => {
    let model = models.get(snapshot);
    if (model === undefined) {
      model = snapshot.recordReads(() => build(snapshot));
      models.set(snapshot, model);
    }
    snapshot.noteReads(model.kinds);
    return model.value;
  };
}

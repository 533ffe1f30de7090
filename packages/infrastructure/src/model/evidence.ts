import type { ClusterEvidence, ClusterSnapshot, EvidenceData, EvidenceGap, EvidenceOf } from "@redoubt/kube";

export function evidenceOfType<T extends EvidenceData["type"]>(
  snapshot: ClusterSnapshot,
  type: T,
): readonly EvidenceOf<T>[] {
  return snapshot.evidence.filter((evidence): evidence is EvidenceOf<T> => evidence.type === type);
}

/** `/flagz at 2026-01-02T03:04:05Z`: the source as messages name it. */
export function readAt({ source, time }: ClusterEvidence): string {
  return time === "" ? source : `${source} at ${time.replace(/\.\d+Z$/, "Z")}`;
}

/**
 * Whether someone looked at a cluster or a node: what is not known of it then is a hole in the report. Files of applications say
 * nothing about a control plane, and nobody expects them to.
 */
export function looksAtCluster(snapshot: ClusterSnapshot): boolean {
  return snapshot.source === "cluster" || snapshot.evidence.length > 0;
}

/** Why some evidence is missing, where a reason is known. */
export function gapOf(
  snapshot: ClusterSnapshot,
  missing: EvidenceGap["missing"],
  component?: string,
): EvidenceGap | undefined {
  return evidenceOfType(snapshot, "gap").find(
    (gap) => gap.missing === missing && (component === undefined || gap.component === component),
  );
}

/** The time of the newest evidence, in milliseconds; undefined without evidence. Engines read no clock: this is their now. */
export function timeOfEvidence(snapshot: ClusterSnapshot): number | undefined {
  const times = snapshot.evidence.map(({ time }) => Date.parse(time)).filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : Math.max(...times);
}

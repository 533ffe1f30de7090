import type { ControlReport, Failure, Fix, Severity } from "@redoubt/control";
import type { ClusterSnapshot, ContainerView, Path, Volume, Workload } from "@redoubt/kube";

/**
 * What a control thinks of one container, volume or pod. Constants for the common answers, so that judging a good workload
 * allocates nothing: the catalogue runs over tens of thousands of them.
 */
export type Judgement = "pass" | "not-applicable" | Failure | readonly Failure[];

/** Judges every pod template. */
export function judgePods(
  snapshot: ClusterSnapshot,
  report: ControlReport,
  judge: (workload: Workload) => Judgement,
): void {
  for (const workload of snapshot.workloads) {
    const judgement = judge(workload);
    if (judgement === "pass") report.pass(workload.object);
    else if (judgement !== "not-applicable") tell(report, workload, judgement);
  }
}

/** Judges every container of every pod template; the workload passes when at least one was judged and none failed. */
export function judgeContainers(
  snapshot: ClusterSnapshot,
  report: ControlReport,
  judge: (view: ContainerView, workload: Workload) => Judgement,
): void {
  for (const workload of snapshot.workloads) {
    let judged = false;
    let failed = false;
    for (const view of workload.containers) {
      const judgement = judge(view, workload);
      if (judgement === "not-applicable") continue;
      judged = true;
      if (judgement === "pass") continue;
      failed = tell(report, workload, judgement) || failed;
    }
    if (judged && !failed) report.pass(workload.object);
  }
}

/** Judges every volume of every pod template; a workload without volumes passes. */
export function judgeVolumes(
  snapshot: ClusterSnapshot,
  report: ControlReport,
  judge: (volume: Volume, index: number, workload: Workload) => Judgement,
): void {
  for (const workload of snapshot.workloads) {
    let failed = false;
    const volumes = workload.podSpec.volumes;
    if (volumes !== undefined) {
      for (let index = 0; index < volumes.length; index++) {
        const volume = volumes[index];
        if (volume === undefined) continue;
        const judgement = judge(volume, index, workload);
        if (typeof judgement !== "string") failed = tell(report, workload, judgement) || failed;
      }
    }
    if (!failed) report.pass(workload.object);
  }
}

/** Whether anything was told: an empty list of failures is a pass. */
function tell(report: ControlReport, workload: Workload, judgement: Failure | readonly Failure[]): boolean {
  if (!isList(judgement)) {
    report.fail(workload.object, judgement);
    return true;
  }
  for (const one of judgement) report.fail(workload.object, one);
  return judgement.length > 0;
}

function isList(judgement: Failure | readonly Failure[]): judgement is readonly Failure[] {
  return Array.isArray(judgement);
}

/** A failure with only the parts that are there. */
export function failure(path: Path, message: string, fix?: Fix, severity?: Severity): Failure {
  if (fix === undefined) return severity === undefined ? { path, message } : { path, message, severity };
  return severity === undefined ? { path, message, fix } : { path, message, fix, severity };
}

/** A list that holds failures counts as failing; an empty one as a pass. */
export function failuresOrPass(failures: readonly Failure[] | undefined): Judgement {
  return failures === undefined || failures.length === 0 ? "pass" : failures;
}

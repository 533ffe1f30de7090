/** Which workloads of a live cluster are judged: what someone wrote, and what runs where the two differ. */
import { jsonText } from "./exact-json.ts";
import { describeResource } from "./object.ts";
import {
  type SecurityDifference,
  claimedVolumes,
  compareSecurityFields,
  podSecurityFields,
} from "./pod-security-fields.ts";
import { booleanAt, listAt, stringAt } from "./read.ts";
import type { Workload } from "./workload.ts";

/** Pods of one owner that run otherwise than its template says, all in the same way. */
export interface DifferingPods {
  readonly owner: Workload;
  /** The one that is judged for all of them: the first by name. */
  readonly judged: Workload;
  readonly count: number;
  readonly differences: readonly SecurityDifference[];
}

export interface RunningWorkloads {
  readonly judged: readonly Workload[];
  readonly differing: readonly DifferingPods[];
}

/**
 * Leaves out the Pods, ReplicaSets and Jobs that a controller among the workloads made: its template speaks for them. A pod that runs
 * with other security-relevant fields than the template at the top of its owners (admission changed it, or the template changed and
 * the pod is from before) is judged too; of pods that differ alike, one is. Pods that have ended do not run and are left out.
 */
export function runningWorkloads(workloads: readonly Workload[]): RunningWorkloads {
  const byUid = new Map(workloads.flatMap((workload) => pairOf(uidOf(workload), workload)));
  const fieldsOf = new Map<Workload, ReturnType<typeof podSecurityFields>>();
  const judged: Workload[] = [];
  const forms = new Map<string, { -readonly [K in keyof DifferingPods]: DifferingPods[K] }>();
  for (const workload of workloads) {
    const owner = topOwner(workload, byUid);
    if (owner === undefined) {
      judged.push(workload);
      continue;
    }
    if (workload.object.known !== "Pod" || hasEnded(workload)) continue;
    const claims = claimedVolumes(owner.object.value);
    const template = fieldsOf.get(owner) ?? podSecurityFields(owner.podMetadata, owner.podSpec);
    fieldsOf.set(owner, template);
    const differences = compareSecurityFields(
      template,
      podSecurityFields(workload.podMetadata, workload.podSpec, claims),
    );
    if (differences.length === 0) continue;
    const form = `${uidOf(owner) ?? ""}\n${jsonText(differences.map(({ key, right }) => [key, right?.value]))}`;
    const known = forms.get(form);
    if (known === undefined) {
      judged.push(workload);
      forms.set(form, { owner, judged: workload, count: 1, differences });
    } else known.count += 1;
  }
  return { judged, differing: [...forms.values()] };
}

/** `2 pods of Deployment shop/web run otherwise than its template says: spec.containers[web].image ...`. */
export function describeDifference({ owner, judged, count, differences }: DifferingPods): string {
  const keys = differences.slice(0, 3).map(({ key }) => key);
  const more = differences.length > keys.length ? ` and ${differences.length - keys.length} more` : "";
  const pods = count === 1 ? describeResource(judged.object) : `${count} pods`;
  const judgedAs = count === 1 ? "" : ` (judged by ${describeResource(judged.object)})`;
  return `${pods} of ${describeResource(owner.object)} ${count === 1 ? "runs" : "run"} otherwise than its template says: ${keys.join(", ")}${more} ${differences.length === 1 ? "differs" : "differ"}${judgedAs}`;
}

function pairOf(uid: string | undefined, workload: Workload): readonly (readonly [string, Workload])[] {
  return uid === undefined ? [] : [[uid, workload]];
}

function uidOf({ object: { origin } }: Workload): string | undefined {
  return origin.kind === "cluster" && origin.uid !== "" ? origin.uid : undefined;
}

/** The topmost workload that made this one; undefined when none of those read did. */
function topOwner(workload: Workload, byUid: ReadonlyMap<string, Workload>): Workload | undefined {
  const seen = new Set([workload]);
  let top: Workload | undefined;
  for (let next = ownerOf(workload, byUid); next !== undefined && !seen.has(next); next = ownerOf(next, byUid)) {
    seen.add(next);
    top = next;
  }
  return top;
}

function ownerOf({ object, namespace }: Workload, byUid: ReadonlyMap<string, Workload>): Workload | undefined {
  const references = listAt(object.value, ["metadata", "ownerReferences"]);
  const controller = references.find((reference) => booleanAt(reference, ["controller"]) === true);
  const owner = byUid.get(stringAt(controller, ["uid"]) ?? "");
  // Owners are in the namespace of what they own.
  return owner?.namespace === namespace ? owner : undefined;
}

function hasEnded({ object }: Workload): boolean {
  const phase = stringAt(object.value, ["status", "phase"]);
  return phase === "Succeeded" || phase === "Failed";
}

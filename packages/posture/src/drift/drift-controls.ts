import type { Control } from "@redoubt/control";
import {
  type ClusterSnapshot,
  type JsonValue,
  type KubeObject,
  describeResource,
  formatPlace,
  jsonText,
  kindKey,
} from "@redoubt/kube";
import { plural } from "../text/plain.ts";
import { type FieldDrift, compareObjects } from "./compare-objects.ts";
import { type DriftScope, identityOf, isComparable, isWritten, unknownKinds, wasRead } from "./pairing.ts";

type DriftControl = Omit<Control, "check">;

const SHARED = {
  layer: "cluster",
  item: "admission",
  severity: "medium",
  references: [],
  fixable: false,
} as const;

const POLICY = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny
  namespace: shop
spec:
  podSelector: {}
  policyTypes: [Ingress]
`;
const EXAMPLES = { failing: POLICY, passing: POLICY };

const NOT_IN_FILES: DriftControl = {
  ...SHARED,
  id: "DRIFT-001",
  title: "What is in the cluster is in the files",
  rationale:
    "What nobody wrote down nobody reviewed: an object created by hand, left behind by a removed release, or put there by an intruder.",
  remediation: "Add it to the files, or delete it from the cluster.",
  examples: EXAMPLES,
};

const NOT_IN_CLUSTER: DriftControl = {
  ...SHARED,
  id: "DRIFT-002",
  title: "What is in the files is in the cluster",
  rationale:
    "A policy that is only in a file protects nothing: it was never applied, was refused, or someone deleted it.",
  remediation: "Apply it, or remove it from the files.",
  examples: EXAMPLES,
};

const DIFFERENT: DriftControl = {
  ...SHARED,
  id: "DRIFT-003",
  title: "The cluster runs what the files say",
  rationale:
    "Fields that decide what a workload or an account may do were changed in the cluster, or the change in the files has not arrived there.",
  remediation: "Apply the files, or take the change over into them.",
  examples: EXAMPLES,
};

/** What is known of the controls of `--drift`, without their check, which needs both sides. */
export const DRIFT_CATALOGUE: readonly DriftControl[] = [NOT_IN_FILES, NOT_IN_CLUSTER, DIFFERENT];

/** Controls that hold a cluster against `files`. They judge the cluster's snapshot, beside the catalogue's. */
export function driftControls(files: ClusterSnapshot, scope: DriftScope = {}): readonly Control[] {
  const written = new Map(
    files.objects.filter((object) => isComparable(object)).map((object) => [identityOf(object), object]),
  );
  return [
    { ...NOT_IN_FILES, check: (cluster, report) => reportUnwritten(cluster, written, report) },
    {
      ...NOT_IN_CLUSTER,
      check: (cluster, report) => {
        const unknown = unknownKinds(cluster);
        for (const [identity, object] of written) {
          if (!wasRead(object, scope)) continue;
          const live = liveOf(cluster, object, identity);
          if (live !== undefined) report.pass(live);
          // A gap in its kind is reported by the evaluation itself.
          else if (!unknown.has(kindKey(object.group, object.kind))) {
            report.fail(object, {
              message: `${describeResource(object)} is in the files and not in the cluster`,
              path: ["metadata", "name"],
            });
          }
        }
      },
    },
    {
      ...DIFFERENT,
      check: (cluster, report) => {
        for (const [identity, object] of written) {
          const live = liveOf(cluster, object, identity);
          if (live === undefined) continue;
          const differences = compareObjects(object, live);
          if (differences.length === 0) report.pass(live);
          for (const difference of differences) {
            report.fail(live, { message: describeDrift(difference, object), path: difference.path });
          }
        }
      },
    },
  ];
}

function liveOf(
  cluster: ClusterSnapshot,
  object: KubeObject<object>,
  identity: string,
): KubeObject<object> | undefined {
  return byIdentity(cluster, object).get(identity);
}

const indexes = new WeakMap<ClusterSnapshot, Map<string, ReadonlyMap<string, KubeObject<object>>>>();

/** Objects of the same kind as `object`, by identity; asking for them counts as reading the kind. */
function byIdentity(cluster: ClusterSnapshot, object: KubeObject<object>): ReadonlyMap<string, KubeObject<object>> {
  const listed =
    object.known === undefined ? cluster.listUntyped(object.group, object.kind) : cluster.list(object.known);
  const kinds = indexes.get(cluster) ?? new Map<string, ReadonlyMap<string, KubeObject<object>>>();
  indexes.set(cluster, kinds);
  const kind = object.known ?? kindKey(object.group, object.kind);
  const index = kinds.get(kind) ?? new Map(listed.map((each) => [identityOf(each), each]));
  kinds.set(kind, index);
  return index;
}

/** One finding for each object in namespaces that the files write to, one for each other namespace. */
function reportUnwritten(
  cluster: ClusterSnapshot,
  written: ReadonlyMap<string, KubeObject<object>>,
  report: Parameters<Control["check"]>[1],
): void {
  const covered = new Set([...written.values()].map(({ namespace }) => namespace));
  const elsewhere = new Map<string, number>();
  for (const object of cluster.objects) {
    if (!isWritten(object)) continue;
    if (written.has(identityOf(object))) report.pass(object);
    else if (object.namespace === "" || covered.has(object.namespace)) {
      report.fail(object, { message: `${describeResource(object)} is in the cluster and not in the files` });
    } else elsewhere.set(object.namespace, (elsewhere.get(object.namespace) ?? 0) + 1);
  }
  for (const namespace of cluster.list("Namespace")) {
    const count = elsewhere.get(namespace.name) ?? 0;
    if (count > 0)
      report.fail(namespace, {
        message: `${plural(count, "object")} of namespace ${namespace.name} that someone wrote ${count === 1 ? "is" : "are"} in the cluster, and the files have nothing for this namespace`,
      });
  }
}

const LONGEST_VALUE = 160;

function describeDrift({ field, inFile, inCluster, hidden }: FieldDrift, { origin }: KubeObject<object>): string {
  const place =
    origin.kind === "file"
      ? origin.rendered === undefined
        ? formatPlace({ file: origin.file, region: origin.locate([]) })
        : origin.file
      : "the files";
  if (hidden && inFile !== undefined && inCluster !== undefined)
    return `${field} is not the same in the cluster as in ${place} (the values may be secret and are not shown)`;
  const shown = (value: JsonValue | undefined): string =>
    value === undefined ? "not set" : hidden ? "set" : text(value);
  return `${field} is ${shown(inCluster)} in the cluster and ${shown(inFile)} in ${place}`;
}

function text(value: JsonValue): string {
  const json = jsonText(value);
  return json.length > LONGEST_VALUE ? `${json.slice(0, LONGEST_VALUE)}...` : json;
}

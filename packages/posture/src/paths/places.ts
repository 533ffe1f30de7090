/** What a snapshot has where: namespaces with their Pod Security level, workloads and their nodes, accounts, Secrets. */
import {
  type ClusterSnapshot,
  type KubeObject,
  type Node,
  type Secret,
  type ServiceAccount,
  type Workload,
  effectiveServiceAccountName,
  listAt,
  snapshotModel,
  stringAt,
} from "@redoubt/kube";
import { policyOfNamespace } from "@redoubt/pod-security";
import { type AccessIndex, type SubjectKey, accessIndex, serviceAccountUser } from "@redoubt/rbac";

export interface Places {
  readonly source: ClusterSnapshot["source"];
  readonly namespaces: ReadonlySet<string>;
  /** The Namespace objects, by name. */
  readonly namespaceObjects: ReadonlyMap<string, KubeObject<object>>;
  /** The Pod Security level that a namespace enforces; `privileged` without a label. */
  enforcedLevel(namespace: string): "privileged" | "baseline" | "restricted";
  readonly workloads: readonly Workload[];
  workloadsIn(namespace: string): readonly Workload[];
  /** Names of the nodes that a workload's Pods run on; empty when nothing says. */
  nodesOf(workload: Workload): readonly string[];
  /** The workloads that have Pods on a node. */
  workloadsOn(node: string): readonly Workload[];
  readonly nodes: readonly KubeObject<Node>[];
  readonly secrets: readonly KubeObject<Secret>[];
  secretsIn(namespace: string): readonly KubeObject<Secret>[];
  /** Subject keys of the known ServiceAccounts of a namespace. */
  accountsIn(namespace: string): readonly SubjectKey[];
  accountNamed(namespace: string, name: string): SubjectKey | undefined;
  accountObject(namespace: string, name: string): KubeObject<ServiceAccount> | undefined;
  /** The workloads that a Pod of this name belongs to, in a namespace or (when empty) any. */
  workloadsOfPod(namespace: string, name: string): readonly KubeObject<object>[];
  readonly awsAuth: KubeObject<object> | undefined;
}

/** Reads a snapshot; the result is kept for as long as the snapshot is. */
export const placesOf: (snapshot: ClusterSnapshot) => Places = snapshotModel((snapshot) => {
  const index = accessIndex(snapshot);
  const namespaceObjects = new Map(snapshot.list("Namespace").map((object) => [object.name, object]));
  const workloads = snapshot.workloads;
  const accountObjects = new Map(
    snapshot.list("ServiceAccount").map((object) => [`${object.namespace}/${object.name}`, object]),
  );
  const accounts = accountsByNamespace(index, workloads, [...accountObjects.values()]);
  const secrets = snapshot.list("Secret");
  const secretsByNamespace = Map.groupBy(secrets, ({ namespace }) => namespace);
  const { nodesOf, workloadsOfPod } = placement(snapshot, workloads);
  const workloadsByNode = new Map<string, Workload[]>();
  for (const workload of workloads)
    for (const node of nodesOf(workload)) {
      const beside = workloadsByNode.get(node);
      if (beside === undefined) workloadsByNode.set(node, [workload]);
      else beside.push(workload);
    }
  const workloadsByNamespace = Map.groupBy(workloads, ({ namespace }) => namespace);
  const levels = new Map(
    [...namespaceObjects].map(([name, { labels }]) => [name, policyOfNamespace(labels).policy.enforce.level]),
  );
  return {
    source: snapshot.source,
    namespaces: new Set([...snapshot.namespaces, ...accounts.keys()]),
    namespaceObjects,
    enforcedLevel: (namespace) => levels.get(namespace) ?? "privileged",
    workloadsIn: (namespace) => workloadsByNamespace.get(namespace) ?? [],
    workloads,
    nodesOf,
    workloadsOn: (node) => workloadsByNode.get(node) ?? [],
    nodes: snapshot.list("Node"),
    secrets,
    secretsIn: (namespace) => secretsByNamespace.get(namespace) ?? [],
    accountsIn: (namespace) => [...(accounts.get(namespace)?.values() ?? [])],
    accountNamed: (namespace, name) => accounts.get(namespace)?.get(name),
    accountObject: (namespace, name) => accountObjects.get(`${namespace}/${name}`),
    workloadsOfPod,
    awsAuth: snapshot
      .list("ConfigMap")
      .find(({ namespace, name }) => namespace === "kube-system" && name === "aws-auth"),
  };
});

const ACCOUNT_KEY = /^user:system:serviceaccount:([^:]+):([^:]+)$/;

/** ServiceAccounts that exist, that bindings name, or that Pods run as. */
function accountsByNamespace(
  index: AccessIndex,
  workloads: readonly Workload[],
  objects: readonly KubeObject<ServiceAccount>[],
): ReadonlyMap<string, ReadonlyMap<string, SubjectKey>> {
  const accounts = new Map<string, Map<string, SubjectKey>>();
  const add = (namespace: string, name: string): void => {
    let names = accounts.get(namespace);
    if (names === undefined) accounts.set(namespace, (names = new Map()));
    names.set(name, `user:${serviceAccountUser(namespace, name)}`);
  };
  for (const { namespace, name } of objects) add(namespace, name);
  for (const { namespace, podSpec } of workloads) add(namespace, effectiveServiceAccountName(podSpec));
  for (const key of index.subjects) {
    const [, namespace = "", name = ""] = ACCOUNT_KEY.exec(key) ?? [];
    if (namespace !== "") add(namespace, name);
  }
  return accounts;
}

/** Follows each Pod with a node up its owners to the workload that stands for it. */
function placement(
  snapshot: ClusterSnapshot,
  workloads: readonly Workload[],
): Pick<Places, "nodesOf" | "workloadsOfPod"> {
  const judged = new Map(workloads.map((workload) => [workload.object, workload]));
  const byUid = new Map<string, KubeObject<object>>();
  for (const kind of [
    "Pod",
    "ReplicationController",
    "apps/ReplicaSet",
    "apps/Deployment",
    "apps/StatefulSet",
    "apps/DaemonSet",
    "batch/Job",
    "batch/CronJob",
  ] as const)
    for (const object of snapshot.list(kind))
      if (object.origin.kind === "cluster" && object.origin.uid !== "") byUid.set(object.origin.uid, object);
  const standsFor = (pod: KubeObject<object>): Workload | undefined => {
    let current: KubeObject<object> | undefined = pod;
    for (let depth = 0; depth < 5 && current !== undefined; depth += 1) {
      const workload = judged.get(current);
      if (workload !== undefined) return workload;
      const owner = listAt(current.value, ["metadata", "ownerReferences"])[0];
      current = byUid.get(stringAt(owner, ["uid"]) ?? "");
    }
    return undefined;
  };
  const nodes = new Map<Workload, Set<string>>();
  const podsByName = new Map<string, KubeObject<object>[]>();
  for (const pod of snapshot.list("Pod")) {
    const workload = standsFor(pod);
    if (workload === undefined) continue;
    const node = pod.value.spec?.nodeName ?? "";
    if (node !== "") {
      const known = nodes.get(workload);
      if (known === undefined) nodes.set(workload, new Set([node]));
      else known.add(node);
    }
    for (const key of [pod.name, `${pod.namespace}/${pod.name}`]) {
      const pods = podsByName.get(key);
      if (pods === undefined) podsByName.set(key, [workload.object]);
      else pods.push(workload.object);
    }
  }
  return {
    nodesOf: (workload) => [
      ...(nodes.get(workload) ?? (workload.podSpec.nodeName === undefined ? [] : [workload.podSpec.nodeName])),
    ],
    workloadsOfPod: (namespace, name) => podsByName.get(namespace === "" ? name : `${namespace}/${name}`) ?? [],
  };
}

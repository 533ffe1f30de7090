/** Which objects of files and of a cluster are held against one another. */
import {
  type ClusterSnapshot,
  type KubeObject,
  isConfiguration,
  booleanAt,
  kindKey,
  listAt,
  stringAt,
} from "@redoubt/kube";

/** The namespaces that were read of the cluster: what is in others is not missing. */
export interface DriftScope {
  readonly namespaces?: readonly string[];
  readonly excludeNamespaces?: readonly string[];
}

/** The same for an object in a file and in the cluster, whatever version each is in. */
export function identityOf({ known, group, kind, namespace, name }: KubeObject<object>): string {
  return `${known ?? kindKey(group, kind)}|${namespace}|${name}`;
}

/** Kinds that are not stored, or that a scan does not read. */
const UNREAD: ReadonlySet<string> = new Set([
  "Endpoints",
  "Event",
  "events.k8s.io/Event",
  "Binding",
  "apps/ControllerRevision",
  "coordination.k8s.io/Lease",
  "discovery.k8s.io/EndpointSlice",
  "certificates.k8s.io/CertificateSigningRequest",
  "storage.k8s.io/VolumeAttachment",
  "storage.k8s.io/CSIStorageCapacity",
]);

/** Whether an object of a file should be found in the cluster under its name. */
export function isComparable({ group, kind, annotations, value }: KubeObject<object>): boolean {
  if (isConfiguration(group, kind) || group === "evidence.redoubt.dev") return false;
  if (kind.endsWith("Review") || UNREAD.has(kindKey(group, kind))) return false;
  // Hooks are gone when a release has settled; generated names are not in the file.
  if (Object.hasOwn(annotations, "helm.sh/hook")) return false;
  return stringAt(value, ["metadata", "name"]) !== undefined;
}

export function wasRead({ namespace }: KubeObject<object>, scope: DriftScope): boolean {
  if (namespace === "") return true;
  return scope.namespaces?.includes(namespace) !== false && scope.excludeNamespaces?.includes(namespace) !== true;
}

/** Kinds that could not be read whole. */
export function unknownKinds(cluster: ClusterSnapshot): ReadonlySet<string> {
  return new Set(cluster.gaps.map(({ group, kind }) => kindKey(group, kind)));
}

/** Kinds that people write and that decide what may happen. */
const WRITTEN_KINDS: ReadonlySet<string> = new Set([
  "Namespace",
  "Pod",
  "ReplicationController",
  "Service",
  "ServiceAccount",
  "apps/Deployment",
  "apps/StatefulSet",
  "apps/DaemonSet",
  "apps/ReplicaSet",
  "batch/Job",
  "batch/CronJob",
  "networking.k8s.io/NetworkPolicy",
  "networking.k8s.io/Ingress",
  "rbac.authorization.k8s.io/Role",
  "rbac.authorization.k8s.io/RoleBinding",
  "rbac.authorization.k8s.io/ClusterRole",
  "rbac.authorization.k8s.io/ClusterRoleBinding",
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
  "admissionregistration.k8s.io/MutatingWebhookConfiguration",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicy",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
]);

const SYSTEM_NAMESPACES: ReadonlySet<string> = new Set(["kube-system", "kube-public", "kube-node-lease"]);

/** Whether someone put the object there: not a controller, and not Kubernetes itself. */
export function isWritten(object: KubeObject<object>): boolean {
  const { group, kind, namespace, name, labels, value, annotations } = object;
  if (!WRITTEN_KINDS.has(object.known ?? kindKey(group, kind))) return false;
  if (listAt(value, ["metadata", "ownerReferences"]).some((owner) => booleanAt(owner, ["controller"]) === true))
    return false;
  if (SYSTEM_NAMESPACES.has(namespace)) return false;
  // Mirror pods stand for files on a node.
  if (Object.hasOwn(annotations, "kubernetes.io/config.mirror")) return false;
  if (labels["kubernetes.io/bootstrapping"] === "rbac-defaults" || name.startsWith("system:")) return false;
  switch (kind) {
    case "Namespace":
      return name !== "default" && !SYSTEM_NAMESPACES.has(name);
    case "ServiceAccount":
      return name !== "default";
    case "Service":
      return !(namespace === "default" && name === "kubernetes");
    default:
      return true;
  }
}

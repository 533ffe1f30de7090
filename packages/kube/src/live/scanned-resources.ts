import { listedCustomResources } from "../schema/scope.ts";
import type { ServedResource } from "./discovery.ts";

/** Served kinds that say nothing about posture and are many, by `group/resource`. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "/bindings",
  "/componentstatuses",
  "/endpoints",
  "/events",
  "events.k8s.io/events",
  "apps/controllerrevisions",
  "coordination.k8s.io/leases",
  "coordination.k8s.io/leasecandidates",
  "discovery.k8s.io/endpointslices",
  "storage.k8s.io/csistoragecapacities",
  "storage.k8s.io/volumeattachments",
  "certificates.k8s.io/certificatesigningrequests",
  "networking.k8s.io/ipaddresses",
]);
const LEFT_OUT_GROUPS: ReadonlySet<string> = new Set([
  "metrics.k8s.io",
  "custom.metrics.k8s.io",
  "external.metrics.k8s.io",
]);

/** Whether a scan reads this kind. */
export function isScanned({ group, resource }: Pick<ServedResource, "group" | "resource">): boolean {
  return !LEFT_OUT.has(`${group}/${resource}`) && !LEFT_OUT_GROUPS.has(group);
}

/** `group/version` and its kinds; those in a namespace end with `*`. Kubernetes 1.34, stable versions. */
const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  v1: [
    "Namespace",
    "Node",
    "PersistentVolume",
    "ConfigMap*",
    "LimitRange*",
    "PersistentVolumeClaim*",
    "Pod*",
    "PodTemplate*",
    "ReplicationController*",
    "ResourceQuota*",
    "Secret*",
    "Service*",
    "ServiceAccount*",
  ],
  "admissionregistration.k8s.io/v1": [
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
  ],
  "apiextensions.k8s.io/v1": ["CustomResourceDefinition"],
  "apiregistration.k8s.io/v1": ["APIService"],
  "apps/v1": ["DaemonSet*", "Deployment*", "ReplicaSet*", "StatefulSet*"],
  "autoscaling/v2": ["HorizontalPodAutoscaler*"],
  "batch/v1": ["CronJob*", "Job*"],
  "flowcontrol.apiserver.k8s.io/v1": ["FlowSchema", "PriorityLevelConfiguration"],
  "networking.k8s.io/v1": ["Ingress*", "IngressClass", "NetworkPolicy*", "ServiceCIDR"],
  "node.k8s.io/v1": ["RuntimeClass"],
  "policy/v1": ["PodDisruptionBudget*"],
  "rbac.authorization.k8s.io/v1": ["ClusterRole", "ClusterRoleBinding", "Role*", "RoleBinding*"],
  "resource.k8s.io/v1": ["DeviceClass", "ResourceClaim*", "ResourceClaimTemplate*", "ResourceSlice"],
  "scheduling.k8s.io/v1": ["PriorityClass"],
  "storage.k8s.io/v1": ["CSIDriver", "CSINode", "StorageClass", "VolumeAttributesClass"],
};

/** What every cluster serves, for when it cannot be asked. */
export const BUILT_IN_RESOURCES: readonly ServedResource[] = Object.entries(BUILT_IN).flatMap(([groupVersion, kinds]) =>
  kinds.map((entry) => {
    const [version = "", group = ""] = groupVersion.split("/").toReversed();
    const kind = entry.replace("*", "");
    return { group, version, resource: pluralOf(kind), kind, namespaced: entry.endsWith("*") };
  }),
);

/** Custom resources in wide use, which a cluster may serve or not. */
export function customResources(): readonly Pick<ServedResource, "group" | "resource">[] {
  return listedCustomResources().map(({ group, kind }) => ({ group, resource: pluralOf(kind) }));
}

/** The plural as the API conventions form it. */
function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/.test(name) && name !== "endpoints" ? `${name}es` : `${name}s`;
}

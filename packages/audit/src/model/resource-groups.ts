/** API groups of built-in resources outside the core group: a rule that leaves the group out never matches these. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  apps: ["deployments", "daemonsets", "statefulsets", "replicasets", "controllerrevisions"],
  batch: ["jobs", "cronjobs"],
  autoscaling: ["horizontalpodautoscalers"],
  policy: ["poddisruptionbudgets"],
  "networking.k8s.io": ["ingresses", "ingressclasses", "networkpolicies"],
  "rbac.authorization.k8s.io": ["roles", "rolebindings", "clusterroles", "clusterrolebindings"],
  "authentication.k8s.io": ["tokenreviews"],
  "authorization.k8s.io": ["subjectaccessreviews", "selfsubjectaccessreviews", "localsubjectaccessreviews"],
  "admissionregistration.k8s.io": [
    "validatingwebhookconfigurations",
    "mutatingwebhookconfigurations",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
  ],
  "apiextensions.k8s.io": ["customresourcedefinitions"],
  "certificates.k8s.io": ["certificatesigningrequests"],
  "coordination.k8s.io": ["leases"],
  "discovery.k8s.io": ["endpointslices"],
  "storage.k8s.io": ["storageclasses", "volumeattachments", "csidrivers", "csinodes"],
};

const GROUP_OF = new Map(
  Object.entries(GROUPS).flatMap(([group, resources]) => resources.map((resource) => [resource, group] as const)),
);

/** The group of a built-in resource that is not in the core group; subresources belong to their resource. */
export function groupOfResource(resource: string): string | undefined {
  return GROUP_OF.get(resource.split("/")[0] ?? "");
}

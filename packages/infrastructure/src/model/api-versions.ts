/** An API version that Kubernetes no longer serves (kubernetes.io: Deprecated API Migration Guide). */
export interface RemovedVersion {
  /** The first minor version of Kubernetes without it, as in `1.22`. */
  readonly removedIn: string;
  readonly replacement: string;
  /** Whether the same fields mean the same under the replacement, so that changing apiVersion is all there is to do. */
  readonly sameFields: boolean;
  /** What else has to change, or is to be watched. */
  readonly note?: string;
}

type Row = readonly [
  apiVersion: string,
  kinds: string,
  removedIn: string,
  replacement: string,
  sameFields: boolean,
  note?: string,
];

const WORKLOAD_NOTE = "spec.selector is required and cannot change later";
const ROWS: readonly Row[] = [
  ["extensions/v1beta1", "Deployment DaemonSet ReplicaSet", "1.16", "apps/v1", true, WORKLOAD_NOTE],
  ["extensions/v1beta1", "NetworkPolicy", "1.16", "networking.k8s.io/v1", true],
  ["apps/v1beta1", "Deployment StatefulSet", "1.16", "apps/v1", true, WORKLOAD_NOTE],
  ["apps/v1beta2", "Deployment StatefulSet DaemonSet ReplicaSet", "1.16", "apps/v1", true, WORKLOAD_NOTE],
  ["batch/v2alpha1", "CronJob", "1.21", "batch/v1", true],
  ["settings.k8s.io/v1alpha1", "PodPreset", "1.20", "an admission webhook or policy of your own", false],
  [
    "admissionregistration.k8s.io/v1beta1",
    "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
    "1.22",
    "admissionregistration.k8s.io/v1",
    false,
    "sideEffects and admissionReviewVersions are required, failurePolicy defaults to Fail and matchPolicy to Equivalent",
  ],
  [
    "apiextensions.k8s.io/v1beta1",
    "CustomResourceDefinition",
    "1.22",
    "apiextensions.k8s.io/v1",
    false,
    "every version needs a structural schema",
  ],
  ["apiregistration.k8s.io/v1beta1", "APIService", "1.22", "apiregistration.k8s.io/v1", true],
  ["authentication.k8s.io/v1beta1", "TokenReview", "1.22", "authentication.k8s.io/v1", true],
  [
    "authorization.k8s.io/v1beta1",
    "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview",
    "1.22",
    "authorization.k8s.io/v1",
    false,
    "spec.group is now spec.groups",
  ],
  [
    "certificates.k8s.io/v1beta1",
    "CertificateSigningRequest",
    "1.22",
    "certificates.k8s.io/v1",
    false,
    "spec.signerName and spec.usages are required",
  ],
  ["coordination.k8s.io/v1beta1", "Lease", "1.22", "coordination.k8s.io/v1", true],
  [
    "extensions/v1beta1",
    "Ingress",
    "1.22",
    "networking.k8s.io/v1",
    false,
    "backends have service.name and service.port, paths need pathType",
  ],
  [
    "networking.k8s.io/v1beta1",
    "Ingress",
    "1.22",
    "networking.k8s.io/v1",
    false,
    "backends have service.name and service.port, paths need pathType",
  ],
  ["networking.k8s.io/v1beta1", "IngressClass", "1.22", "networking.k8s.io/v1", true],
  ["rbac.authorization.k8s.io/v1alpha1", "Role ClusterRole", "1.22", "rbac.authorization.k8s.io/v1", true],
  [
    "rbac.authorization.k8s.io/v1alpha1",
    "RoleBinding ClusterRoleBinding",
    "1.22",
    "rbac.authorization.k8s.io/v1",
    false,
    "subjects name an apiGroup instead of an apiVersion",
  ],
  [
    "rbac.authorization.k8s.io/v1beta1",
    "Role ClusterRole RoleBinding ClusterRoleBinding",
    "1.22",
    "rbac.authorization.k8s.io/v1",
    true,
  ],
  ["scheduling.k8s.io/v1alpha1", "PriorityClass", "1.22", "scheduling.k8s.io/v1", true],
  ["scheduling.k8s.io/v1beta1", "PriorityClass", "1.22", "scheduling.k8s.io/v1", true],
  ["storage.k8s.io/v1beta1", "CSIDriver CSINode StorageClass VolumeAttachment", "1.22", "storage.k8s.io/v1", true],
  ["batch/v1beta1", "CronJob", "1.25", "batch/v1", true],
  [
    "discovery.k8s.io/v1beta1",
    "EndpointSlice",
    "1.25",
    "discovery.k8s.io/v1",
    false,
    "topology became nodeName and zone",
  ],
  [
    "events.k8s.io/v1beta1",
    "Event",
    "1.25",
    "events.k8s.io/v1",
    false,
    "several fields became required or were renamed",
  ],
  [
    "autoscaling/v2beta1",
    "HorizontalPodAutoscaler",
    "1.25",
    "autoscaling/v2",
    false,
    "targetAverageUtilization became target.averageUtilization with target.type Utilization",
  ],
  [
    "policy/v1beta1",
    "PodDisruptionBudget",
    "1.25",
    "policy/v1",
    true,
    "an empty selector selects every pod of the namespace instead of none",
  ],
  ["node.k8s.io/v1alpha1", "RuntimeClass", "1.22", "node.k8s.io/v1", false, "handler moved out of spec"],
  ["node.k8s.io/v1beta1", "RuntimeClass", "1.25", "node.k8s.io/v1", true],
  [
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "FlowSchema PriorityLevelConfiguration",
    "1.26",
    "flowcontrol.apiserver.k8s.io/v1",
    false,
    "assuredConcurrencyShares became nominalConcurrencyShares",
  ],
  ["autoscaling/v2beta2", "HorizontalPodAutoscaler", "1.26", "autoscaling/v2", true],
  ["storage.k8s.io/v1beta1", "CSIStorageCapacity", "1.27", "storage.k8s.io/v1", true],
  [
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "FlowSchema PriorityLevelConfiguration",
    "1.29",
    "flowcontrol.apiserver.k8s.io/v1",
    false,
    "assuredConcurrencyShares became nominalConcurrencyShares",
  ],
  [
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "FlowSchema PriorityLevelConfiguration",
    "1.32",
    "flowcontrol.apiserver.k8s.io/v1",
    true,
  ],
];

const REMOVED: ReadonlyMap<string, RemovedVersion> = new Map(
  ROWS.flatMap(([apiVersion, kinds, removedIn, replacement, sameFields, note]) =>
    kinds
      .split(" ")
      .map(
        (kind) =>
          [
            `${apiVersion} ${kind}`,
            { removedIn, replacement, sameFields, ...(note === undefined ? {} : { note }) },
          ] as const,
      ),
  ),
);

/** What became of an API version; undefined where it is served, or not Kubernetes' own. PodSecurityPolicy has a control of its own. */
export function removedVersion(apiVersion: string, kind: string): RemovedVersion | undefined {
  return REMOVED.get(`${apiVersion} ${kind}`);
}

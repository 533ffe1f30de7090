/**
 * The resources that the API server and the metrics API serve, by API group, up to Kubernetes 1.34, with the
 * virtual ones that only authorization knows (users and groups to impersonate, signers). Version-independent on
 * purpose: a resource that any supported version serves is listed.
 */
interface GroupResources {
  readonly namespaced: readonly string[];
  readonly cluster: readonly string[];
}

const GROUPS: ReadonlyMap<string, GroupResources> = new Map([
  [
    "",
    {
      namespaced: [
        "bindings",
        "configmaps",
        "endpoints",
        "events",
        "limitranges",
        "persistentvolumeclaims",
        "pods",
        "podtemplates",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "serviceaccounts",
        "services",
      ],
      cluster: ["componentstatuses", "groups", "namespaces", "nodes", "persistentvolumes", "users"],
    },
  ],
  [
    "apps",
    { namespaced: ["controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"], cluster: [] },
  ],
  ["batch", { namespaced: ["cronjobs", "jobs"], cluster: [] }],
  ["autoscaling", { namespaced: ["horizontalpodautoscalers"], cluster: [] }],
  ["policy", { namespaced: ["poddisruptionbudgets"], cluster: ["podsecuritypolicies"] }],
  [
    "rbac.authorization.k8s.io",
    { namespaced: ["rolebindings", "roles"], cluster: ["clusterrolebindings", "clusterroles"] },
  ],
  [
    "networking.k8s.io",
    { namespaced: ["ingresses", "networkpolicies"], cluster: ["ingressclasses", "ipaddresses", "servicecidrs"] },
  ],
  [
    "storage.k8s.io",
    {
      namespaced: ["csistoragecapacities"],
      cluster: ["csidrivers", "csinodes", "storageclasses", "volumeattachments", "volumeattributesclasses"],
    },
  ],
  [
    "admissionregistration.k8s.io",
    {
      namespaced: [],
      cluster: [
        "mutatingadmissionpolicies",
        "mutatingadmissionpolicybindings",
        "mutatingwebhookconfigurations",
        "validatingadmissionpolicies",
        "validatingadmissionpolicybindings",
        "validatingwebhookconfigurations",
      ],
    },
  ],
  ["apiextensions.k8s.io", { namespaced: [], cluster: ["customresourcedefinitions"] }],
  ["apiregistration.k8s.io", { namespaced: [], cluster: ["apiservices"] }],
  ["authentication.k8s.io", { namespaced: [], cluster: ["selfsubjectreviews", "tokenreviews", "uids", "userextras"] }],
  [
    "authorization.k8s.io",
    {
      namespaced: ["localsubjectaccessreviews"],
      cluster: ["selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews"],
    },
  ],
  [
    "certificates.k8s.io",
    {
      namespaced: ["podcertificaterequests"],
      cluster: ["certificatesigningrequests", "clustertrustbundles", "signers"],
    },
  ],
  ["coordination.k8s.io", { namespaced: ["leasecandidates", "leases"], cluster: [] }],
  ["discovery.k8s.io", { namespaced: ["endpointslices"], cluster: [] }],
  ["events.k8s.io", { namespaced: ["events"], cluster: [] }],
  ["flowcontrol.apiserver.k8s.io", { namespaced: [], cluster: ["flowschemas", "prioritylevelconfigurations"] }],
  ["node.k8s.io", { namespaced: [], cluster: ["runtimeclasses"] }],
  ["scheduling.k8s.io", { namespaced: ["workloads"], cluster: ["priorityclasses"] }],
  [
    "resource.k8s.io",
    {
      namespaced: ["podschedulingcontexts", "resourceclaims", "resourceclaimtemplates"],
      cluster: ["deviceclasses", "devicetaintrules", "resourceclasses", "resourceslices"],
    },
  ],
  ["storagemigration.k8s.io", { namespaced: [], cluster: ["storageversionmigrations"] }],
  ["internal.apiserver.k8s.io", { namespaced: [], cluster: ["storageversions"] }],
  ["metrics.k8s.io", { namespaced: ["pods"], cluster: ["nodes"] }],
  // Served until 1.15 (workloads) and 1.21 (ingresses): no resource of it is left.
  ["extensions", { namespaced: [], cluster: [] }],
]);

/** The API groups that Redoubt knows all resources of; custom resources live in others. */
export function isBuiltInGroup(group: string): boolean {
  return GROUPS.has(group);
}

export const builtInGroups: readonly string[] = [...GROUPS.keys()];

/** Whether a built-in group serves a resource (without its subresource). False also for groups that are not built in. */
export function servesResource(group: string, resource: string): boolean {
  const resources = GROUPS.get(group);
  return resources !== undefined && (resources.namespaced.includes(resource) || resources.cluster.includes(resource));
}

/** The built-in groups that serve a resource. */
export function groupsServing(resource: string): readonly string[] {
  return builtInGroups.filter((group) => servesResource(group, resource));
}

/** Every built-in resource name of one group. */
export function resourcesOf(group: string): readonly string[] {
  const resources = GROUPS.get(group);
  return resources === undefined ? [] : [...resources.namespaced, ...resources.cluster];
}

/** Resources that are cluster-scoped themselves, while rights on them are asked for inside a namespace too. */
const ALSO_ASKED_IN_NAMESPACE: ReadonlySet<string> = new Set([
  // The API server files requests for one Namespace under that namespace: a Role there can allow them.
  "/namespaces",
  // `use` was checked in the pod's namespace.
  "policy/podsecuritypolicies",
]);

/**
 * Whether rights on a resource (with or without subresource) only work when they are granted in the whole cluster.
 * Unknown resources are taken for namespaced ones.
 */
export function isClusterScoped(group: string, resource: string): boolean {
  const base = resource.split("/", 1)[0] ?? resource;
  if (ALSO_ASKED_IN_NAMESPACE.has(`${group}/${base}`)) return false;
  return GROUPS.get(group)?.cluster.includes(base) ?? false;
}

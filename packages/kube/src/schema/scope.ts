/**
 * Which kinds live in a namespace. Built-in kinds and custom resources in wide use are listed; a CustomResourceDefinition among the
 * objects read says it for its own kind. Any other kind is namespaced exactly when its `metadata.namespace` is given.
 */
export type Scope = "Cluster" | "Namespaced";

const CLUSTER: Readonly<Record<string, readonly string[]>> = {
  "": ["Namespace", "Node", "PersistentVolume", "ComponentStatus"],
  "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding"],
  "admissionregistration.k8s.io": [
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
  ],
  "apiextensions.k8s.io": ["CustomResourceDefinition"],
  "apiregistration.k8s.io": ["APIService"],
  "authentication.k8s.io": ["TokenReview", "SelfSubjectReview"],
  "authorization.k8s.io": ["SubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview"],
  "certificates.k8s.io": ["CertificateSigningRequest", "ClusterTrustBundle"],
  "flowcontrol.apiserver.k8s.io": ["FlowSchema", "PriorityLevelConfiguration"],
  "internal.apiserver.k8s.io": ["StorageVersion"],
  "networking.k8s.io": ["IngressClass", "IPAddress", "ServiceCIDR", "ClusterCIDR"],
  "node.k8s.io": ["RuntimeClass"],
  policy: ["PodSecurityPolicy"],
  extensions: ["PodSecurityPolicy"],
  "resource.k8s.io": ["DeviceClass", "ResourceSlice", "DeviceTaintRule"],
  "scheduling.k8s.io": ["PriorityClass"],
  "storage.k8s.io": ["StorageClass", "VolumeAttachment", "CSIDriver", "CSINode", "VolumeAttributesClass"],
  "storagemigration.k8s.io": ["StorageVersionMigration"],
  "policy.networking.k8s.io": ["AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy"],
  "gateway.networking.k8s.io": ["GatewayClass"],
  "snapshot.storage.k8s.io": ["VolumeSnapshotClass", "VolumeSnapshotContent"],
  "external-secrets.io": ["ClusterSecretStore", "ClusterExternalSecret", "ClusterPushSecret"],
  "cert-manager.io": ["ClusterIssuer"],
  "cilium.io": [
    "CiliumClusterwideNetworkPolicy",
    "CiliumNode",
    "CiliumIdentity",
    "CiliumExternalWorkload",
    "CiliumCIDRGroup",
  ],
  "crd.projectcalico.org": [
    "GlobalNetworkPolicy",
    "GlobalNetworkSet",
    "IPPool",
    "BGPConfiguration",
    "FelixConfiguration",
  ],
  "projectcalico.org": ["GlobalNetworkPolicy", "GlobalNetworkSet", "IPPool", "BGPConfiguration", "FelixConfiguration"],
  "templates.gatekeeper.sh": ["ConstraintTemplate"],
  "mutations.gatekeeper.sh": ["Assign", "AssignMetadata", "AssignImage", "ModifySet"],
  "expansion.gatekeeper.sh": ["ExpansionTemplate"],
  "kyverno.io": ["ClusterPolicy", "ClusterCleanupPolicy"],
  "policy.sigstore.dev": ["ClusterImagePolicy", "TrustRoot"],
};

const NAMESPACED: Readonly<Record<string, readonly string[]>> = {
  "bitnami.com": ["SealedSecret"],
  "external-secrets.io": ["ExternalSecret", "SecretStore", "PushSecret"],
  "networking.istio.io": [
    "VirtualService",
    "DestinationRule",
    "Gateway",
    "ServiceEntry",
    "Sidecar",
    "EnvoyFilter",
    "WorkloadEntry",
    "WorkloadGroup",
    "ProxyConfig",
  ],
  "security.istio.io": ["PeerAuthentication", "AuthorizationPolicy", "RequestAuthentication"],
  "telemetry.istio.io": ["Telemetry"],
  "extensions.istio.io": ["WasmPlugin"],
  "cilium.io": ["CiliumNetworkPolicy"],
  "crd.projectcalico.org": ["NetworkPolicy", "NetworkSet"],
  "projectcalico.org": ["NetworkPolicy", "NetworkSet"],
  "gateway.networking.k8s.io": [
    "Gateway",
    "HTTPRoute",
    "GRPCRoute",
    "TLSRoute",
    "TCPRoute",
    "UDPRoute",
    "ReferenceGrant",
  ],
  "cert-manager.io": ["Certificate", "CertificateRequest", "Issuer"],
  "monitoring.coreos.com": ["ServiceMonitor", "PodMonitor", "PrometheusRule", "Prometheus", "Alertmanager", "Probe"],
  "secrets-store.csi.x-k8s.io": ["SecretProviderClass"],
  "argoproj.io": ["Application", "ApplicationSet", "AppProject", "Rollout", "Workflow"],
  "kyverno.io": ["Policy", "PolicyException"],
  "config.gatekeeper.sh": ["Config"],
  "snapshot.storage.k8s.io": ["VolumeSnapshot"],
};

/** API groups whose kinds are namespaced unless the table above says otherwise. */
const BUILT_IN_GROUPS: ReadonlySet<string> = new Set([
  "",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "apps",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "extensions",
  "flowcontrol.apiserver.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "storage.k8s.io",
]);

/** Custom resources in wide use, of both scopes: whatever is listed above and no group of Kubernetes itself has. */
export function listedCustomResources(): readonly { readonly group: string; readonly kind: string }[] {
  return [CLUSTER, NAMESPACED].flatMap((table) =>
    Object.entries(table).flatMap(([group, kinds]) =>
      BUILT_IN_GROUPS.has(group) || group.endsWith("apiserver.k8s.io") || group === "storagemigration.k8s.io"
        ? []
        : kinds.map((kind) => ({ group, kind })),
    ),
  );
}

/** Files for programs, in the shape of objects: they have no metadata and live nowhere. `kubeconfig` is the core group's `Config`. */
const CONFIGURATION_GROUPS: ReadonlySet<string> = new Set([
  "audit.k8s.io",
  "apiserver.config.k8s.io",
  "kubelet.config.k8s.io",
  "kubeproxy.config.k8s.io",
  "kubescheduler.config.k8s.io",
  "kubecontrollermanager.config.k8s.io",
  "kubeadm.k8s.io",
  "pod-security.admission.config.k8s.io",
  "imagepolicy.k8s.io",
  "eventratelimit.admission.k8s.io",
  "resourcequota.admission.k8s.io",
  "client.authentication.k8s.io",
  "kustomize.config.k8s.io",
  "kind.x-k8s.io",
  "k3d.io",
  "admission.k8s.io",
  "install.istio.io",
]);

export function isConfiguration(group: string, kind: string): boolean {
  if (group === "") return kind === "Config" || kind === "EncryptionConfig" || kind === "AdmissionConfiguration";
  return CONFIGURATION_GROUPS.has(group);
}

/** The scope of a built-in kind or a custom resource in wide use; undefined for others. Constraints of Gatekeeper are cluster-scoped. */
export function scopeOf(group: string, kind: string): Scope | undefined {
  if (isConfiguration(group, kind)) return "Cluster";
  if (CLUSTER[group]?.includes(kind) === true) return "Cluster";
  if (NAMESPACED[group]?.includes(kind) === true) return "Namespaced";
  if (group === "constraints.gatekeeper.sh") return "Cluster";
  return BUILT_IN_GROUPS.has(group) ? "Namespaced" : undefined;
}

/** Kinds that are sent and answered, never stored: they need no name. */
export function needsName(group: string, kind: string): boolean {
  if (kind.endsWith("Review") || kind === "Binding" || isConfiguration(group, kind)) return false;
  return scopeOf(group, kind) !== undefined;
}

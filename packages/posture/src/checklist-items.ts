import type { ChecklistItemId } from "@redoubt/control";

/** Something that must be shown before an item of the checklist passes. */
export type Requirement =
  /** Shown by files or API objects: every one of these controls must pass, each on at least one object. */
  | { readonly kind: "objects"; readonly text: string; readonly controls: readonly string[]; readonly needs: string }
  /**
   * Shown only by a running cluster or by an exercise: files never do. By these controls, each of which must pass on evidence that was
   * taken live; by none yet where the list is empty.
   */
  | { readonly kind: "live"; readonly text: string; readonly controls: readonly string[]; readonly needs: string };

export interface ChecklistItem {
  readonly id: ChecklistItemId;
  /** The guide's own words for the item. */
  readonly title: string;
  readonly requirements: readonly Requirement[];
}

/** The ten items, in the guide's order, and what each takes. docs/checklist.md explains the choice. */
export const CHECKLIST: readonly ChecklistItem[] = [
  {
    id: "rbac",
    title: "RBAC properly configured",
    requirements: [
      {
        kind: "objects",
        text: "roles grant named rights on named resources",
        controls: ["RBAC-001", "RBAC-002", "RBAC-003"],
        needs: "the Roles and ClusterRoles, or the whole cluster",
      },
      {
        kind: "objects",
        text: "bindings reach only those who need them",
        controls: ["RBAC-005", "RBAC-007", "RBAC-008", "RBAC-009"],
        needs: "the RoleBindings and ClusterRoleBindings",
      },
      {
        kind: "objects",
        text: "workloads that do not call the API carry no token",
        controls: ["POD-025"],
        needs: "the workloads",
      },
      {
        kind: "objects",
        text: "the API server authorizes every request",
        controls: ["INF-007"],
        needs: "the kube-apiserver manifest or kubeadm ClusterConfiguration",
      },
    ],
  },
  {
    id: "pod-security",
    title: "Pod Security Standards enforced",
    requirements: [
      {
        kind: "objects",
        text: "workloads meet the standards",
        controls: ["POD-001", "POD-002", "POD-004", "POD-017", "POD-018", "POD-020", "POD-022"],
        needs: "the workloads",
      },
      {
        kind: "objects",
        text: "namespaces enforce a standard",
        controls: ["POD-059"],
        needs: "the Namespace objects with their pod-security.kubernetes.io labels",
      },
      {
        kind: "objects",
        text: "the API server runs the PodSecurity admission plugin",
        controls: ["INF-008"],
        needs: "the kube-apiserver manifest or kubeadm ClusterConfiguration",
      },
    ],
  },
  {
    id: "network-policies",
    title: "Network policies implemented",
    requirements: [
      {
        kind: "objects",
        text: "namespaces deny what no policy allows",
        controls: ["NET-001", "NET-002"],
        needs: "the NetworkPolicies together with the workloads of their namespaces",
      },
      {
        kind: "live",
        text: "the network plugin enforces policies",
        controls: [],
        needs:
          "a live cluster: a probe that a denied connection really fails (some network plugins ignore NetworkPolicies)",
      },
    ],
  },
  {
    id: "secrets-at-rest",
    title: "Secrets encrypted at rest",
    requirements: [
      {
        kind: "objects",
        text: "the encryption configuration encrypts Secrets",
        controls: ["INF-001", "INF-002", "INF-005"],
        needs: "the EncryptionConfiguration file",
      },
      {
        kind: "objects",
        text: "the API server uses an encryption configuration",
        controls: ["INF-006"],
        needs: "the kube-apiserver manifest or kubeadm ClusterConfiguration with --encryption-provider-config",
      },
      {
        kind: "live",
        text: "Secrets really go to etcd encrypted",
        controls: ["INF-051"],
        needs: "a live cluster: the API server's storage transformation metrics, or a look into etcd (--etcd)",
      },
      {
        kind: "live",
        text: "Secrets written before encryption was switched on are encrypted too",
        controls: ["INF-056"],
        needs:
          "a live cluster: the storage transformation metrics after all Secrets were rewritten, or a look into etcd (--etcd)",
      },
    ],
  },
  {
    id: "image-scanning",
    title: "Image scanning in CI/CD",
    requirements: [
      {
        kind: "objects",
        text: "a pipeline scans images and stops on findings",
        controls: ["IMG-005", "IMG-006", "IMG-007"],
        needs: "the pipeline's file (.gitlab-ci.yml, .github/workflows)",
      },
      {
        kind: "objects",
        text: "workloads run images of a fixed version",
        controls: ["IMG-001"],
        needs: "the workloads",
      },
    ],
  },
  {
    id: "admission",
    title: "Admission controllers deployed",
    requirements: [
      {
        kind: "objects",
        text: "something judges workloads before they are admitted",
        controls: ["ADM-022"],
        needs: "the webhook configurations, or ValidatingAdmissionPolicies with their bindings",
      },
      {
        kind: "live",
        text: "a forbidden object is refused",
        controls: [],
        needs: "a live cluster: a dry-run request that policy must deny",
      },
    ],
  },
  {
    id: "audit-logging",
    title: "Audit logging enabled",
    requirements: [
      {
        kind: "objects",
        text: "the audit policy records what matters",
        controls: ["AUD-001", "AUD-002", "AUD-006", "AUD-007", "AUD-010", "AUD-012"],
        needs: "the audit policy file",
      },
      {
        kind: "objects",
        text: "the API server writes an audit log",
        controls: ["INF-009"],
        needs:
          "the kube-apiserver manifest or kubeadm ClusterConfiguration with --audit-policy-file and --audit-log-path",
      },
      {
        kind: "live",
        text: "audit events really come out",
        controls: ["INF-052"],
        needs:
          "a live cluster: a marked request found in the log or its sink (--audit-log, --audit-sink), or the API server's counter of events",
      },
    ],
  },
  {
    id: "runtime-monitoring",
    title: "Runtime security monitoring",
    requirements: [
      {
        kind: "objects",
        text: "detection rules load",
        controls: ["DET-003", "DET-004"],
        needs: "the Falco rule files",
      },
      {
        kind: "objects",
        text: "a sensor is deployed on every node",
        controls: ["DET-010"],
        needs: "the sensor's DaemonSet",
      },
      {
        kind: "live",
        text: "sensors are alive and alerts arrive",
        controls: [],
        needs: "a live cluster: a harmless event seen from end to end on each node",
      },
    ],
  },
  {
    id: "updates",
    title: "Regular security updates",
    requirements: [
      {
        kind: "objects",
        text: "objects use API versions that are still served",
        controls: ["INF-016"],
        needs: "the manifests",
      },
      {
        kind: "objects",
        text: "the nodes run a version that fits the control plane",
        controls: ["INF-017"],
        needs: "a live cluster, or its Node objects (kubectl get nodes -o yaml)",
      },
      {
        kind: "live",
        text: "Kubernetes, the container runtime and the system of each node still get security fixes",
        controls: ["INF-053", "INF-054", "INF-055"],
        needs: "a live cluster: its version and its Node objects, and a table of ends of life that is recent enough",
      },
      {
        kind: "live",
        text: "updates are applied regularly",
        controls: [],
        needs: "a live cluster: the ages of its node images and running images",
      },
    ],
  },
  {
    id: "incident-response",
    title: "Incident response plan tested",
    requirements: [
      {
        kind: "objects",
        text: "there is a runbook that contains, keeps evidence and reviews",
        controls: ["RES-010"],
        needs: "the runbooks or scripts",
      },
      {
        kind: "live",
        text: "the plan was exercised",
        controls: [],
        needs: "a drill: its signed record with date, runbook, timings and collected evidence",
      },
    ],
  },
];

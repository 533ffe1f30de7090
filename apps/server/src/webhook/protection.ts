/** What keeps the webhook's own configuration from those whom it is to judge. */
import type { AdmissionRequest } from "@redoubt/admission";

export interface ProtectionOptions {
  /** The namespace that the webhook, its certificates and its policies are in. */
  readonly namespace: string;
  /** Users who may change them, besides the cluster's administrators and controllers. */
  readonly users: readonly string[];
  /** Groups of such users. */
  readonly groups: readonly string[];
}

/** Administrators, and the controllers that keep every namespace going. */
const STANDING_GROUPS: readonly string[] = ["system:masters", "system:serviceaccounts:kube-system"];
const STANDING_USERS: readonly string[] = ["system:kube-controller-manager", "system:apiserver"];

/** Kubelets ask for the tokens of the pods that run on their node, and report static pods, which have no account: the API server sees to both. */
const NODES = "system:nodes";
const TOKENS = "/serviceaccounts/token";
const PODS = "/pods";
const OF_NODES: ReadonlySet<string> = new Set([TOKENS, PODS]);

const POLICY_GROUPS: ReadonlySet<string> = new Set([
  "templates.gatekeeper.sh",
  "constraints.gatekeeper.sh",
  "expansion.gatekeeper.sh",
  "mutations.gatekeeper.sh",
  "config.gatekeeper.sh",
  "syncset.gatekeeper.sh",
  "externaldata.gatekeeper.sh",
  "policy.redoubt.dev",
]);

/** Of the namespace's own objects those that say what runs there and with which policies, keys and rights. */
const OWN_RESOURCES: ReadonlySet<string> = new Set([
  "/configmaps",
  "/secrets",
  "/services",
  "/endpoints",
  "discovery.k8s.io/endpointslices",
  "/serviceaccounts",
  // A pod has the account and the keys that it names.
  PODS,
  "/pods/exec",
  "/pods/attach",
  "/pods/portforward",
  "/pods/ephemeralcontainers",
  TOKENS,
  "/replicationcontrollers",
  "/replicationcontrollers/scale",
  "apps/replicasets",
  "apps/replicasets/scale",
  "batch/jobs",
  "batch/cronjobs",
  "apps/deployments",
  "apps/deployments/scale",
  "apps/daemonsets",
  "apps/statefulsets",
  "apps/statefulsets/scale",
  "policy/poddisruptionbudgets",
  "rbac.authorization.k8s.io/roles",
  "rbac.authorization.k8s.io/rolebindings",
  "networking.k8s.io/networkpolicies",
]);

export class Protection {
  readonly #namespace: string;
  readonly #users: ReadonlySet<string>;
  readonly #groups: ReadonlySet<string>;

  constructor({ namespace, users, groups }: ProtectionOptions) {
    this.#namespace = namespace;
    this.#users = new Set([...STANDING_USERS, ...users]);
    this.#groups = new Set([...STANDING_GROUPS, ...groups]);
  }

  /** Why a request is refused; undefined where it touches nothing protected, or comes from who may do so. */
  refusal(request: AdmissionRequest): string | undefined {
    const what = this.#protected(request);
    if (what === undefined || this.#mayChange(request)) return undefined;
    const who = request.userInfo.username ?? "an unnamed user";
    return `${what} is the admission webhook's own configuration, which ${JSON.stringify(who)} may not change`;
  }

  #mayChange({ userInfo }: AdmissionRequest): boolean {
    const { username, groups = [] } = userInfo;
    // The webhook's own controllers keep certificates and statuses.
    if (username?.startsWith(`system:serviceaccount:${this.#namespace}:`) === true) return true;
    return (username !== undefined && this.#users.has(username)) || groups.some((group) => this.#groups.has(group));
  }

  #protected(request: AdmissionRequest): string | undefined {
    const { resource, subResource, namespace, name, operation, userInfo } = request;
    const path = `${resource.group}/${resource.resource}${subResource === "" ? "" : `/${subResource}`}`;
    if (POLICY_GROUPS.has(resource.group)) return `${resource.resource} ${name}`;
    if (path === "/namespaces" && name === this.#namespace && operation !== "CREATE") return `namespace ${name}`;
    if (namespace !== this.#namespace || !OWN_RESOURCES.has(path)) return undefined;
    if (OF_NODES.has(path) && userInfo.groups?.includes(NODES) === true) return undefined;
    // Schedulers, evictions and nodes delete pods; others come in their place.
    if (path === PODS && operation === "DELETE") return undefined;
    return `${path.replace(/^\//, "")} ${namespace}/${name}`;
  }
}

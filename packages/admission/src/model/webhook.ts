import {
  type ClusterSnapshot,
  type KubeObject,
  type LabelSelector,
  type MutatingWebhook,
  type Path,
  type RuleWithOperations,
  type ValidatingWebhook,
  matchesLabelSelector,
} from "@redoubt/kube";

/** One webhook of a configuration, with the defaults of its API version. */
export interface Webhook {
  readonly object: KubeObject<object>;
  readonly kind: "validating" | "mutating";
  readonly path: Path;
  readonly name: string;
  readonly value: ValidatingWebhook | MutatingWebhook;
  readonly failurePolicy: string;
  readonly matchPolicy: string;
  readonly timeoutSeconds: number;
  readonly rules: readonly RuleWithOperations[];
}

const GROUP = "admissionregistration.k8s.io";

export function webhooksOf(snapshot: ClusterSnapshot): readonly Webhook[] {
  return [
    ...snapshot
      .list(`${GROUP}/ValidatingWebhookConfiguration`)
      .flatMap((object) =>
        (object.value.webhooks ?? []).map((value, index) => toWebhook(object, "validating", value, index)),
      ),
    ...snapshot
      .list(`${GROUP}/MutatingWebhookConfiguration`)
      .flatMap((object) =>
        (object.value.webhooks ?? []).map((value, index) => toWebhook(object, "mutating", value, index)),
      ),
  ];
}

/** v1beta1 defaulted failurePolicy to Ignore, matchPolicy to Exact and the timeout to 30 seconds; v1 to Fail, Equivalent and 10. */
function toWebhook(
  object: KubeObject<object>,
  kind: Webhook["kind"],
  value: ValidatingWebhook | MutatingWebhook,
  index: number,
): Webhook {
  const old = object.apiVersion.endsWith("/v1beta1");
  return {
    object,
    kind,
    path: ["webhooks", index],
    name: value.name ?? "",
    value,
    failurePolicy: value.failurePolicy ?? (old ? "Ignore" : "Fail"),
    matchPolicy: value.matchPolicy ?? (old ? "Exact" : "Equivalent"),
    timeoutSeconds: value.timeoutSeconds ?? (old ? 30 : 10),
    rules: value.rules ?? [],
  };
}

export function ruleNames(rule: RuleWithOperations, group: string, resource: string): boolean {
  const groups = rule.apiGroups ?? [];
  const [name = "", subresource] = resource.split("/");
  return (
    (groups.includes("*") || groups.includes(group)) &&
    (rule.resources ?? []).some(
      (pattern) =>
        pattern === resource ||
        pattern === "*/*" ||
        (pattern === "*" && subresource === undefined) ||
        (subresource !== undefined && (pattern === `${name}/*` || pattern === `*/${subresource}`)),
    )
  );
}

export function ruleHasOperation(rule: RuleWithOperations, operation: string): boolean {
  const operations = rule.operations ?? [];
  return operations.includes("*") || operations.includes(operation);
}

const WORKLOADS: readonly (readonly [string, string])[] = [
  ["", "pods"],
  ["apps", "deployments"],
  ["apps", "daemonsets"],
  ["apps", "statefulsets"],
  ["batch", "jobs"],
  ["batch", "cronjobs"],
];

/** Whether the webhook sees what runs: pods or the workloads that make them. */
export function seesWorkloads(webhook: Webhook): boolean {
  return webhook.rules.some((rule) => WORKLOADS.some(([group, resource]) => ruleNames(rule, group, resource)));
}

export function seesPodCreation(webhook: Webhook): boolean {
  return webhook.rules.some((rule) => ruleNames(rule, "", "pods") && ruleHasOperation(rule, "CREATE"));
}

/** Whether the namespaceSelector takes a namespace in. Labels of namespaces that were not given are those that Kubernetes sets. */
export function selectsNamespace(
  snapshot: ClusterSnapshot,
  selector: LabelSelector | undefined,
  name: string,
): boolean {
  const given = snapshot.list("Namespace").find((namespace) => namespace.name === name);
  return (
    selector === undefined || matchesLabelSelector(selector, { ...given?.labels, "kubernetes.io/metadata.name": name })
  );
}

export interface OptOut {
  readonly key: string;
  readonly path: Path;
}

/** Requirements that an object or namespace escapes by setting a label. */
export function optOuts(selector: LabelSelector | undefined, path: Path): readonly OptOut[] {
  return (selector?.matchExpressions ?? []).flatMap(({ key = "", operator }, index) =>
    operator === "NotIn" || operator === "DoesNotExist" ? [{ key, path: [...path, "matchExpressions", index] }] : [],
  );
}

/** Requirements that an object escapes by leaving a label out. */
export function optIns(selector: LabelSelector | undefined, path: Path): readonly OptOut[] {
  return [
    ...Object.keys(selector?.matchLabels ?? {}).map((key) => ({ key, path: [...path, "matchLabels", key] })),
    ...(selector?.matchExpressions ?? []).flatMap(({ key = "", operator }, index) =>
      operator === "In" || operator === "Exists" ? [{ key, path: [...path, "matchExpressions", index] }] : [],
    ),
  ];
}

/** Whether the webhook, failing closed, would keep pods from starting that it, or the cluster, needs to come back. */
export function blocksRecovery(snapshot: ClusterSnapshot, webhook: Webhook): "itself" | "system" | undefined {
  const { value } = webhook;
  if (
    !seesPodCreation(webhook) ||
    (value.matchConditions ?? []).length > 0 ||
    Object.keys(value.objectSelector ?? {}).length > 0
  )
    return undefined;
  const own = value.clientConfig?.service?.namespace;
  if (own !== undefined && selectsNamespace(snapshot, value.namespaceSelector, own)) return "itself";
  return selectsNamespace(snapshot, value.namespaceSelector, "kube-system") ? "system" : undefined;
}

/** The index of a rule that matches every kind, or -1. */
export function ruleOverEverything({ rules }: Webhook): number {
  return rules.findIndex(
    ({ apiGroups = [], resources = [] }) =>
      apiGroups.includes("*") && resources.some((resource) => resource === "*" || resource === "*/*"),
  );
}

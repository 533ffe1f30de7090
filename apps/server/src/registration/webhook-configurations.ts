/** The configurations by which the API server asks the webhook. */
import type { JsonObject, JsonValue } from "@redoubt/kube";

export interface WebhookClient {
  /** Where the API server reaches the webhook without a Service. */
  readonly url?: string;
  readonly service?: { readonly namespace: string; readonly name: string; readonly port: number };
}

export interface ConfigurationOptions {
  /** The name of both configurations. */
  readonly name: string;
  readonly client: WebhookClient;
  /** The certificates that the webhook's is from, in PEM. */
  readonly bundle: string;
  readonly failurePolicy: "Fail" | "Ignore";
  /** The API server takes 1 to 30. */
  readonly timeoutSeconds: number;
  /** By their names, which no tenant can give a namespace; labels of a tenant's choice exempt nothing. */
  readonly exemptNamespaces: readonly string[];
  /** The webhook's own namespace: what changes there is judged too, and let through where the webhook is down, so that it can come back. */
  readonly ownNamespace?: string;
}

/** Without these, attaching, scaling and evicting would pass unseen: `*` has no subresources. */
const SUBRESOURCES = [
  "pods/attach",
  "pods/binding",
  "pods/ephemeralcontainers",
  "pods/eviction",
  "pods/exec",
  "pods/portforward",
  "pods/proxy",
  "pods/resize",
  "services/proxy",
  "nodes/proxy",
  "*/scale",
] as const;

/** Questions to the API server, and records and heartbeats that the cluster's own parts need to live. */
const NOT_JUDGED =
  '!(request.resource.group in ["authentication.k8s.io", "authorization.k8s.io", "coordination.k8s.io", "events.k8s.io"]) && ' +
  '!(request.resource.group == "" && request.resource.resource == "events")';

const NAMESPACE_NAME = "kubernetes.io/metadata.name";

export function validatingConfiguration(options: ConfigurationOptions): JsonObject {
  const rule = {
    operations: ["CREATE", "UPDATE", "DELETE", "CONNECT"],
    resources: ["*", ...SUBRESOURCES],
  };
  const main = webhook("validate.redoubt.dev", "/validate", rule, options);
  return configuration("ValidatingWebhookConfiguration", options.name, [main, ...ownWebhooks(rule, options)]);
}

export function mutatingConfiguration(options: ConfigurationOptions): JsonObject {
  const rule = { operations: ["CREATE", "UPDATE"], resources: ["*", "pods/ephemeralcontainers"] };
  const main = webhook("mutate.redoubt.dev", "/mutate", rule, options);
  // What other webhooks change is looked at again.
  return configuration("MutatingWebhookConfiguration", options.name, [{ ...main, reinvocationPolicy: "IfNeeded" }]);
}

function ownWebhooks(rule: Rule, options: ConfigurationOptions): readonly JsonObject[] {
  const { ownNamespace } = options;
  if (ownNamespace === undefined) return [];
  // Whoever gets a token of the webhook's account has its rights. Elsewhere nodes could renew no token while the webhook is down.
  const ownRule = { ...rule, resources: [...rule.resources, "serviceaccounts/token"] };
  const own = webhook("own.validate.redoubt.dev", "/validate", ownRule, options);
  return [{ ...own, failurePolicy: "Ignore", namespaceSelector: selector("In", [ownNamespace]) }];
}

interface Rule {
  readonly operations: readonly string[];
  readonly resources: readonly string[];
}

function webhook(name: string, path: string, rule: Rule, options: ConfigurationOptions): JsonObject {
  const { client, bundle, failurePolicy, timeoutSeconds, exemptNamespaces, ownNamespace } = options;
  const exempt = [...exemptNamespaces, ...(ownNamespace === undefined ? [] : [ownNamespace])].sort();
  const { url, service } = client;
  const target: JsonObject =
    service === undefined
      ? { url: `${(url ?? "").replace(/\/$/, "")}${path}` }
      : { service: { namespace: service.namespace, name: service.name, port: service.port, path } };
  return {
    name,
    clientConfig: { ...target, caBundle: Buffer.from(bundle).toString("base64") },
    rules: [
      {
        apiGroups: ["*"],
        apiVersions: ["*"],
        operations: [...rule.operations],
        resources: [...rule.resources],
        scope: "*",
      },
    ],
    failurePolicy,
    matchPolicy: "Equivalent",
    sideEffects: "None",
    timeoutSeconds,
    admissionReviewVersions: ["v1"],
    namespaceSelector: exempt.length === 0 ? {} : selector("NotIn", [...new Set(exempt)]),
    objectSelector: {},
    matchConditions: [{ name: "no-records-or-questions", expression: NOT_JUDGED }],
  };
}

function selector(operator: "In" | "NotIn", values: readonly string[]): JsonObject {
  return { matchExpressions: [{ key: NAMESPACE_NAME, operator, values: [...values] }] };
}

function configuration(kind: string, name: string, webhooks: readonly JsonValue[]): JsonObject {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind,
    metadata: { name, labels: { "app.kubernetes.io/managed-by": "redoubt" } },
    webhooks: [...webhooks],
  };
}

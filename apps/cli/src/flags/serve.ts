import { type Flag, booleanFlag, choiceFlag, listFlag, numberFlag, textFlag } from "../arguments/flag.ts";
import { durationFlag } from "./duration.ts";

export const address: Flag<string | undefined> = textFlag({
  name: "address",
  placeholder: "ADDRESS",
  description: "address to listen on (default 127.0.0.1; in a pod 0.0.0.0 or ::)",
});

export const port: Flag<number | undefined> = numberFlag({
  name: "port",
  placeholder: "PORT",
  min: 0,
  max: 65_535,
  description: "port to listen on (default 8443)",
});

export const workers: Flag<number | undefined> = numberFlag({
  name: "workers",
  placeholder: "N",
  min: 1,
  max: 64,
  description: "processes that answer requests, 1 for a single process (default one for each core, at most 4)",
});

export const tlsCert: Flag<string | undefined> = textFlag({
  name: "tls-cert",
  placeholder: "FILE",
  completion: "file",
  description:
    "serving certificate with its chain, in PEM, read again when it changes; without it Redoubt issues its own",
});

export const tlsKey: Flag<string | undefined> = textFlag({
  name: "tls-key",
  placeholder: "FILE",
  completion: "file",
  description: "key of --tls-cert",
});

export const authorityFile: Flag<string | undefined> = textFlag({
  name: "authority-file",
  placeholder: "FILE",
  completion: "file",
  description: "where Redoubt's own certificate authority is kept between runs",
});

export const serverNames: Flag<readonly string[]> = listFlag({
  name: "server-name",
  placeholder: "NAME",
  separator: ",",
  description: "DNS names and IP addresses for Redoubt's own certificate (default localhost,127.0.0.1)",
});

export const trustedFile: Flag<string | undefined> = textFlag({
  name: "ca-bundle-file",
  placeholder: "FILE",
  completion: "file",
  description: "where to write the caBundle that belongs to Redoubt's own certificate, whenever it changes",
});

export const clientAuthorities: Flag<string | undefined> = textFlag({
  name: "client-ca",
  placeholder: "FILE",
  completion: "file",
  description: "authorities of the API server's client certificate; without such a certificate nobody is answered then",
});

export const clientNames: Flag<readonly string[]> = listFlag({
  name: "client-name",
  placeholder: "NAME",
  separator: ",",
  description: "common names that a client certificate may have (default any of --client-ca)",
});

export const exemptNamespaces: Flag<readonly string[]> = listFlag({
  name: "exempt-namespace",
  placeholder: "NAMESPACE",
  separator: ",",
  description: "namespaces, by name, whose requests are admitted unjudged",
});

export const protectedNamespace: Flag<string | undefined> = textFlag({
  name: "protected-namespace",
  placeholder: "NAMESPACE",
  description:
    "the webhook's own namespace: its configuration, and policies, may then be changed by administrators only",
});

export const policyAdmins: Flag<readonly string[]> = listFlag({
  name: "policy-admin",
  placeholder: "USER",
  separator: ",",
  description: "users, besides system:masters and kube-system's controllers, who may change what is protected",
});

export const policyAdminGroups: Flag<readonly string[]> = listFlag({
  name: "policy-admin-group",
  placeholder: "GROUP",
  separator: ",",
  description: "groups of such users",
});

export const podSecurity: Flag<boolean> = booleanFlag({
  name: "pod-security",
  description: "judge by namespaces' Pod Security labels too, for API servers whose own admission does not",
});

export const drainDelay: Flag<number | undefined> = durationFlag({
  name: "drain-delay",
  description: "after SIGTERM, how long requests are still taken while the cluster sends them elsewhere (default 5s)",
});

export const logLevel: Flag<"debug" | "info" | "warn" | "error" | undefined> = choiceFlag({
  name: "log-level",
  placeholder: "LEVEL",
  choices: ["debug", "info", "warn", "error"],
  description: "lines of this level and above are logged (default info)",
});

export const cluster: Flag<boolean> = booleanFlag({
  name: "cluster",
  description:
    "watch the cluster that --kubeconfig or the pod's own account reaches: namespaces, what policies sync, Gatekeeper's kinds; say in them what is in force",
});

export const installKinds: Flag<boolean> = booleanFlag({
  name: "install-crds",
  description: "with --cluster: create Gatekeeper's kinds where the cluster has none",
});

export const policyConfigMaps: Flag<readonly string[]> = listFlag({
  name: "configmap-namespace",
  placeholder: "NAMESPACE",
  separator: ",",
  description: "with --cluster: take Rego from ConfigMaps of these namespaces labelled openpolicyagent.org/policy=rego",
});

export const replicated: Flag<readonly string[]> = listFlag({
  name: "replicate",
  placeholder: "VERSION/KIND",
  separator: ",",
  description: "with --cluster: kinds that Rego finds in data.kubernetes, such as v1/Pod or apps/v1/Deployment",
});

export const auditInterval: Flag<number | undefined> = durationFlag({
  name: "audit-interval",
  description: "with --cluster: judge what exists this often, and say in constraints and PolicyReports what is found",
});

export const auditChunk: Flag<number | undefined> = numberFlag({
  name: "audit-chunk",
  placeholder: "NUMBER",
  min: 1,
  max: 10_000,
  description: "objects that an audit asks for at once (default 100)",
});

export const violationsLimit: Flag<number | undefined> = numberFlag({
  name: "constraint-violations-limit",
  placeholder: "NUMBER",
  min: 0,
  max: 500,
  description: "violations that a constraint's status has (default 20)",
});

export const registerService: Flag<string | undefined> = textFlag({
  name: "register-service",
  placeholder: "NAMESPACE/NAME[:PORT]",
  description: "with --cluster: keep webhook configurations by which the API server asks this Service",
});

export const registerUrl: Flag<string | undefined> = textFlag({
  name: "register-url",
  placeholder: "URL",
  description: "with --cluster: the same, for an API server that reaches this https address",
});

export const failurePolicy: Flag<"fail" | "ignore" | undefined> = choiceFlag({
  name: "failure-policy",
  placeholder: "POLICY",
  choices: ["fail", "ignore"],
  description: "what such a configuration lets happen to requests that the webhook does not answer (default fail)",
});

export const webhookTimeout: Flag<number | undefined> = numberFlag({
  name: "webhook-timeout",
  placeholder: "SECONDS",
  min: 1,
  max: 30,
  description: "how long the API server waits for an answer by such a configuration (default 5)",
});

export const templateOperations: Flag<readonly string[]> = listFlag({
  name: "template-operations",
  placeholder: "OPERATION",
  separator: ",",
  description:
    "operations that Gatekeeper's templates are for which name none themselves, or * (default CREATE,UPDATE, as in Gatekeeper)",
});

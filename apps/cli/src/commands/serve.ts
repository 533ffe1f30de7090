import type { Command } from "../command.ts";
import { globalFlags } from "../flags/global.ts";
import { connectionFlags } from "../flags/live.ts";
import * as flags from "../flags/serve.ts";
import { usageCode } from "./exit-codes.ts";
import { allowProvider, policies } from "./policy-decide.ts";

export const serve: Command = {
  path: ["serve"],
  summary: "Answer an API server's admission requests",
  description:
    "The admission webhook: validating at /validate, mutating at /mutate, over HTTPS, by the same decision as `policy decide`. Policies are " +
    "read again when their files change, or on SIGHUP, and all at once. Health is at /livez and /readyz, Prometheus metrics at /metrics; " +
    "logs are JSON lines on standard error. SIGTERM ends it in order. docs/webhook.md has the rest, and docs/gatekeeper.md what it does in a cluster.",
  flags: [
    policies,
    flags.address,
    flags.port,
    flags.workers,
    flags.tlsCert,
    flags.tlsKey,
    flags.authorityFile,
    flags.serverNames,
    flags.trustedFile,
    flags.clientAuthorities,
    flags.clientNames,
    flags.exemptNamespaces,
    flags.protectedNamespace,
    flags.policyAdmins,
    flags.policyAdminGroups,
    flags.podSecurity,
    flags.drainDelay,
    flags.logLevel,
    flags.templateOperations,
    allowProvider,
    flags.cluster,
    flags.installKinds,
    flags.policyConfigMaps,
    flags.replicated,
    flags.auditInterval,
    flags.auditChunk,
    flags.violationsLimit,
    flags.registerService,
    flags.registerUrl,
    flags.failurePolicy,
    flags.webhookTimeout,
    ...connectionFlags,
    ...globalFlags,
  ],
  examples: [
    { does: "try policies here", line: "redoubt serve -p policies/" },
    {
      does: "in a pod, with cert-manager's certificate",
      line: "redoubt serve --address :: -p /policies --tls-cert /tls/tls.crt --tls-key /tls/tls.key",
    },
    {
      does: "for the API server only, and guarding itself",
      line: "redoubt serve -p policies/ --client-ca ca.crt --client-name kube-apiserver --protected-namespace redoubt",
    },
    {
      does: "in a cluster, with Gatekeeper's policies, audits, and the webhook's registration",
      line: "redoubt serve --address :: --cluster --install-crds --audit-interval 1m --register-service redoubt-system/redoubt",
    },
  ],
  success: "it was told to end, and every request was answered",
  exitCodes: [
    { ...usageCode, means: "the command line is wrong, or a policy, a certificate or the address cannot be used" },
  ],
  load: async () => (await import("../actions/serve.ts")).runServe,
};

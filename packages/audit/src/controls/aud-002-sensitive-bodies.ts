import type { Control } from "@redoubt/control";
import { type Probe, runProbe } from "../engine/probe.ts";
import { auditPoliciesOf } from "../model/given.ts";
import { type Level, isAtLeast } from "../model/policy.ts";

interface Leak extends Probe {
  readonly what: string;
  /** The lowest level whose recorded bodies hold the credential. */
  readonly leaksAt: Level;
  readonly severity: "high" | "medium";
}

/** Requests carry a body only when they write; responses carry the object for every verb. */
function leaks(what: string, severity: Leak["severity"], apiGroup: string, resource: string): readonly Leak[] {
  const leak = (verb: string, leaksAt: Level): Leak => ({ what, severity, apiGroup, resource, verb, leaksAt });
  const writes = ["create", "update", "patch"].map((verb) => leak(verb, "Request"));
  return [...writes, ...["get", "list", "watch"].map((verb) => leak(verb, "RequestResponse"))];
}

const LEAKS: readonly Leak[] = [
  ...leaks("Secrets", "high", "", "secrets"),
  ...leaks("ConfigMaps", "medium", "", "configmaps"),
  {
    what: "ServiceAccount tokens",
    severity: "high",
    verb: "create",
    apiGroup: "",
    resource: "serviceaccounts",
    subresource: "token",
    leaksAt: "RequestResponse",
  },
  {
    what: "TokenReviews",
    severity: "high",
    verb: "create",
    apiGroup: "authentication.k8s.io",
    resource: "tokenreviews",
    clusterScoped: true,
    leaksAt: "Request",
  },
];

export const sensitiveBodiesKeptOut: Control = {
  id: "AUD-002",
  title: "Credentials stay out of the audit log",
  layer: "cluster",
  item: "audit-logging",
  severity: "high",
  references: [
    { framework: "CIS", version: "1.11", id: "3.2.2" },
    { framework: "NSA-CISA", version: "1.2", id: "Audit logging & threat detection" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.001" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "At Request and RequestResponse the whole object is written to the log, so whoever reads the log, its backups or the log system reads every Secret and token that passed through the API server.",
  remediation:
    "Before any rule with level Request or RequestResponse, put a rule `level: Metadata` for secrets, configmaps, serviceaccounts/token and tokenreviews.",
  examples: {
    failing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: RequestResponse
`,
    passing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  resources:
  - resources: [secrets, configmaps, serviceaccounts/token]
  - group: authentication.k8s.io
    resources: [tokenreviews]
- level: RequestResponse
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { object, policy } of auditPoliciesOf(snapshot)) {
      const byRule = new Map<number, Map<string, { leak: Leak; verbs: Set<string> }>>();
      for (const leak of LEAKS)
        for (const { decision } of runProbe(policy, leak)) {
          if (decision.matchedRule === undefined || !isAtLeast(decision.level, leak.leaksAt)) continue;
          const found = byRule.get(decision.matchedRule) ?? new Map<string, { leak: Leak; verbs: Set<string> }>();
          byRule.set(decision.matchedRule, found);
          const entry = found.get(leak.what) ?? { leak, verbs: new Set<string>() };
          found.set(leak.what, entry);
          entry.verbs.add(leak.verb);
        }
      if (byRule.size === 0) report.pass(object);
      for (const [rule, found] of byRule) {
        const list = [...found.values()].map(({ leak, verbs }) => `${leak.what} (${[...verbs].join(", ")})`).join("; ");
        report.fail(object, {
          message: `rule ${rule + 1} writes whole objects to the log at level ${policy.rules[rule]?.level ?? ""}, among them ${list}`,
          path: ["rules", rule, "level"],
          severity: [...found.values()].some(({ leak }) => leak.severity === "high") ? "high" : "medium",
        });
      }
    }
  },
};

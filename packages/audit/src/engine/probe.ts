import type { AuditPolicy } from "../model/policy.ts";
import { type AuditDecision, type RequestAttributes, evaluateAuditPolicy } from "./evaluate.ts";

/** A kind of request that a control wants to see in the log. */
export interface Probe {
  readonly verb: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly clusterScoped?: boolean;
}

export interface ProbeResult {
  readonly probe: Probe;
  readonly namespace: string;
  readonly decision: AuditDecision;
}

/** How an ordinary authenticated user's request is recorded, in every namespace that the policy tells apart. */
export function runProbe(policy: AuditPolicy, probe: Probe): readonly ProbeResult[] {
  const namespaces = probe.clusterScoped === true ? [""] : namespacesToTry(policy);
  return namespaces.map((namespace) => {
    const attributes: RequestAttributes = {
      user: { name: "someone@example.com", groups: ["system:authenticated"] },
      verb: probe.verb,
      resourceRequest: true,
      namespace,
      apiGroup: probe.apiGroup,
      resource: probe.resource,
      subresource: probe.subresource ?? "",
      name: ["create", "list", "watch"].includes(probe.verb) && probe.subresource === undefined ? "" : "something",
    };
    return { probe, namespace, decision: evaluateAuditPolicy(policy, attributes) };
  });
}

/** A namespace that no rule names stands for all such, and comes first. */
function namespacesToTry(policy: AuditPolicy): readonly string[] {
  const named = new Set(policy.rules.flatMap(({ namespaces }) => namespaces).filter((namespace) => namespace !== ""));
  let other = "any-other";
  while (named.has(other)) other += "-one";
  return [other, ...named];
}

/** `rule 2`, counted from 1 as people count, or that no rule matched. */
export function describeDecision({ matchedRule }: AuditDecision): string {
  return matchedRule === undefined ? "no rule matches it" : `rule ${matchedRule + 1} decides it`;
}

export function describeProbe({ verb, resource, subresource, apiGroup }: Probe): string {
  const name = subresource === undefined ? resource : `${resource}/${subresource}`;
  return `${verb} ${apiGroup === "" ? name : `${name}.${apiGroup}`}`;
}

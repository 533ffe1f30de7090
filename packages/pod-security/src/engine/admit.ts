import type { ObjectMeta, Pod, PodSpec } from "@redoubt/kube";
import { DEFAULT_CONFIGURATION, type PodSecurityConfiguration } from "./admission-configuration.ts";
import { asCreated } from "./created-pod.ts";
import { evaluatePod, formatViolations } from "./evaluate-pod.ts";
import { type LevelVersion, atServer, formatLevelVersion } from "./level-version.ts";
import { quote } from "./message-text.ts";
import { type NamespacePolicy, aggregateErrors, policyOfNamespace } from "./namespace-policy.ts";
import { isSignificantUpdate } from "./pod-update.ts";

/** What Pod Security admission answers, in the API server's own words. */
export interface PodSecurityDecision {
  readonly verdict: "allow" | "deny";
  /** The whole rejection as kubectl shows it after `Error from server (Forbidden): `; absent when allowed. */
  readonly message?: string;
  /** Shown by kubectl as `Warning: ...`. */
  readonly warnings: readonly string[];
  /** Under the prefix `pod-security.kubernetes.io/` in audit events. */
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

/** Who asks, and where. */
export interface RequestContext {
  readonly namespace: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** Of the requester; for the exemption by user. */
  readonly username?: string;
  readonly configuration?: PodSecurityConfiguration;
  /**
   * Minor version of the API server that decides: `latest`, and every version newer than it, means that one to it.
   * The newest known when absent.
   */
  readonly serverMinor?: number;
}

const allowed = (auditAnnotations: Readonly<Record<string, string>> = {}): PodSecurityDecision => ({
  verdict: "allow",
  warnings: [],
  auditAnnotations,
});

/** Subresources of pods whose requests do not carry a pod spec. Any other is judged as a pod. */
const IGNORED_SUBRESOURCES: ReadonlySet<string> = new Set([
  "exec",
  "attach",
  "binding",
  "eviction",
  "log",
  "portforward",
  "proxy",
  "status",
]);

/** A request to create a pod, or with `old` to update one. `name` is what the message calls it; the pod's own when absent. */
export function admitPod(
  context: RequestContext,
  request: { readonly pod: Pod; readonly old?: Pod; readonly name?: string; readonly subresource?: string },
): PodSecurityDecision {
  if (IGNORED_SUBRESOURCES.has(request.subresource ?? "")) return allowed();
  const exemption = exemptionOf(context);
  if (exemption !== undefined) return allowed({ exempt: exemption });
  const { policy, errors } = policyOfNamespace(context.namespaceLabels, context.configuration?.defaults);
  if (errors.length === 0 && isFullyPrivileged(policy)) return allowed({ "enforce-policy": "privileged:latest" });

  const { metadata = {}, spec = {} } = request.pod;
  if (request.old !== undefined && !isSignificantUpdate(spec, request.old.spec ?? {})) return allowed();
  if (isExemptRuntimeClass(context, spec)) return allowed({ exempt: "runtimeClass" });

  const judged = asCreated(metadata, spec);
  const auditAnnotations: Record<string, string> = errors.length === 0 ? {} : { error: parseFailure(errors) };
  auditAnnotations["enforce-policy"] = formatLevelVersion(policy.enforce);
  const violation = describe(context, "would violate", policy.audit, metadata, judged);
  if (violation !== undefined) auditAnnotations["audit-violations"] = violation;

  const denial = describe(context, "violates", policy.enforce, metadata, judged);
  if (denial !== undefined) {
    const name = request.name ?? metadata.name ?? "";
    const subject = name === "" ? "pods" : `pods ${quote(name)}`;
    return { verdict: "deny", message: `${subject} is forbidden: ${denial}`, warnings: [], auditAnnotations };
  }
  const warning = describe(context, "would violate", policy.warn, metadata, judged);
  return { verdict: "allow", warnings: warning === undefined ? [] : [warning], auditAnnotations };
}

/** A request to create or update an object with a pod template (all kinds but Pod): it is warned and audited, never denied. */
export function admitWorkload(
  context: RequestContext,
  template: { readonly metadata?: ObjectMeta; readonly spec?: PodSpec },
): PodSecurityDecision {
  const exemption = exemptionOf(context);
  if (exemption !== undefined) return allowed({ exempt: exemption });
  const { policy, errors } = policyOfNamespace(context.namespaceLabels, context.configuration?.defaults);
  const { metadata = {}, spec = {} } = template;
  if (errors.length === 0 && policy.warn.level === "privileged" && policy.audit.level === "privileged")
    return allowed();
  if (isExemptRuntimeClass(context, spec)) return allowed({ exempt: "runtimeClass" });
  const violation = describe(context, "would violate", policy.audit, metadata, spec);
  const warning = describe(context, "would violate", policy.warn, metadata, spec);
  return {
    verdict: "allow",
    warnings: warning === undefined ? [] : [warning],
    auditAnnotations: {
      ...(errors.length === 0 ? {} : { error: parseFailure(errors) }),
      ...(violation === undefined ? {} : { "audit-violations": violation }),
    },
  };
}

function describe(
  { serverMinor }: RequestContext,
  verb: string,
  asked: LevelVersion,
  metadata: ObjectMeta,
  spec: PodSpec,
): string | undefined {
  const { allowed: isAllowed, results } = evaluatePod(atServer(asked, serverMinor), metadata, spec);
  return isAllowed
    ? undefined
    : `${verb} PodSecurity ${quote(formatLevelVersion(asked))}: ${formatViolations(results)}`;
}

function parseFailure(errors: Parameters<typeof aggregateErrors>[0]): string {
  return `Failed to parse policy: ${aggregateErrors(errors)}`;
}

export function isFullyPrivileged({ enforce, audit, warn }: NamespacePolicy): boolean {
  return [enforce, audit, warn].every(({ level }) => level === "privileged");
}

function exemptionOf({
  namespace,
  username,
  configuration = DEFAULT_CONFIGURATION,
}: RequestContext): string | undefined {
  const { namespaces, usernames } = configuration.exemptions;
  if (namespace !== "" && namespaces.includes(namespace)) return "namespace";
  return username !== undefined && username !== "" && usernames.includes(username) ? "user" : undefined;
}

function isExemptRuntimeClass({ configuration = DEFAULT_CONFIGURATION }: RequestContext, spec: PodSpec): boolean {
  const name = spec.runtimeClassName ?? "";
  return name !== "" && configuration.exemptions.runtimeClasses.includes(name);
}

import type { Pod } from "@redoubt/kube";
import { DEFAULT_CONFIGURATION, type PodSecurityConfiguration } from "./admission-configuration.ts";
import { type PodSecurityDecision, isFullyPrivileged } from "./admit.ts";
import { asCreated } from "./created-pod.ts";
import { evaluatePod } from "./evaluate-pod.ts";
import { type LevelVersion, atServer, compareLevels, formatLevelVersion } from "./level-version.ts";
import { quote, pluralize } from "./message-text.ts";
import {
  DEFAULT_POLICY,
  LABEL_PREFIX,
  type LabelError,
  MODES,
  type NamespacePolicy,
  aggregateErrors,
  policyOfNamespace,
} from "./namespace-policy.ts";

type Labels = Readonly<Record<string, string>>;

/** A namespace that is created, or with `old` one whose labels change. */
export interface NamespaceRequest {
  readonly name: string;
  readonly labels: Labels;
  readonly old?: { readonly labels: Labels };
  /** The pods that run in it now, in the API server's order (by name); they are judged by a stricter enforce level. */
  readonly pods?: readonly Pod[];
  readonly configuration?: PodSecurityConfiguration;
  /** Of the API server, where it is known: what `latest` means there. The newest version otherwise. */
  readonly serverMinor?: number;
}

/** The API server looks at so many pods of a namespace at most (and for one second at most, which is not imitated). */
const MAX_PODS = 3000;

/** New labels must be valid; pods that would violate a new enforce level are listed as warnings, never denied. */
export function admitNamespace(request: NamespaceRequest): PodSecurityDecision {
  const { name, labels, old, configuration = DEFAULT_CONFIGURATION } = request;
  const { policy, errors } = policyOfNamespace(labels, configuration.defaults);
  const before = old === undefined ? undefined : policyOfNamespace(old.labels, configuration.defaults);
  if (errors.length > 0 && (before === undefined || !sameErrors(errors, before.errors))) {
    const message = `Namespace ${quote(name)} is invalid: ${aggregateErrors(errors)}`;
    return { verdict: "deny", message, warnings: [], auditAnnotations: {} };
  }
  const warnings =
    before === undefined || tightens(policy.enforce, before.policy.enforce) ? warningsOf(request, policy) : [];
  return { verdict: "allow", warnings, auditAnnotations: {} };
}

function warningsOf(request: NamespaceRequest, policy: NamespacePolicy): string[] {
  const { name, labels, old, pods = [], configuration = DEFAULT_CONFIGURATION, serverMinor } = request;
  if (configuration.exemptions.namespaces.includes(name)) {
    const warning = exemptionWarning(name, policy, labels, configuration.defaults);
    return warning === undefined ? [] : [warning];
  }
  return old === undefined ? [] : warningsForPods(name, pods, policy.enforce, configuration, serverMinor);
}

/** Whether pods that run already have to be looked at again. */
function tightens(after: LevelVersion, before: LevelVersion): boolean {
  if (after.level === "privileged") return false;
  return after.version === before.version ? compareLevels(after.level, before.level) > 0 : true;
}

function sameErrors(a: readonly LabelError[], b: readonly LabelError[]): boolean {
  return a.length === b.length && a.every(({ message }, index) => message === b[index]?.message);
}

/**
 * What the API server warns of when a namespace with these pods is given a new enforce level: a headline, then one line for
 * each distinct list of reasons with the first pod's name and how many others share it.
 */
export function warningsForPods(
  namespace: string,
  pods: readonly Pod[],
  enforce: LevelVersion,
  configuration: PodSecurityConfiguration = DEFAULT_CONFIGURATION,
  serverMinor?: number,
): string[] {
  const judged = inOrderOfInterest(pods, configuration.exemptions.runtimeClasses);
  const groups = new Map<string, string[]>();
  for (const { metadata = {}, spec = {} } of judged.slice(0, MAX_PODS)) {
    const { allowed, results } = evaluatePod(atServer(enforce, serverMinor), metadata, asCreated(metadata, spec));
    if (allowed) continue;
    const reasons = results.map(({ reason }) => reason).join(", ");
    groups.set(reasons, [...(groups.get(reasons) ?? []), metadata.name ?? ""]);
  }
  const lines = [...groups].map(([reasons, names]) => {
    const [first = "", ...others] = names.sort();
    const rest = others.length === 0 ? "" : ` (and ${others.length} other ${pluralize("pod", "pods", others.length)})`;
    return `${first}${rest}: ${reasons}`;
  });
  return [
    ...(judged.length > MAX_PODS
      ? [`new PodSecurity enforce level only checked against the first ${MAX_PODS} of ${judged.length} existing pods`]
      : []),
    ...(lines.length > 0
      ? [
          `existing pods in namespace ${quote(namespace)} violate the new PodSecurity enforce level ${quote(formatLevelVersion(enforce))}`,
        ]
      : []),
    ...lines.sort(),
  ];
}

/** One pod of each controller first, the further replicas last; exempt ones left out. */
function inOrderOfInterest(pods: readonly Pod[], exemptRuntimeClasses: readonly string[]): Pod[] {
  const first: Pod[] = [];
  const replicas: Pod[] = [];
  const seen = new Set<string>();
  for (const pod of pods) {
    if (exemptRuntimeClasses.includes(pod.spec?.runtimeClassName ?? "")) continue;
    const controller = pod.metadata?.ownerReferences?.find((owner) => owner.controller === true);
    if (controller !== undefined && seen.has(controller.uid ?? "")) {
      replicas.push(pod);
      continue;
    }
    if (controller !== undefined) seen.add(controller.uid ?? "");
    first.push(pod);
  }
  return [...first, ...replicas];
}

function exemptionWarning(
  name: string,
  policy: NamespacePolicy,
  labels: Labels,
  defaults: NamespacePolicy = DEFAULT_POLICY,
): string | undefined {
  if (isFullyPrivileged(policy) || MODES.every((mode) => areEquivalent(policy[mode], defaults[mode]))) return undefined;
  const modes = MODES.filter(
    (mode) =>
      policy[mode].level !== "privileged" &&
      [mode, `${mode}-version`].some((label) => Object.hasOwn(labels, `${LABEL_PREFIX}${label}`)),
  ).map((mode) => `${mode}=${formatLevelVersion(policy[mode])}`);
  return `namespace ${quote(name)} is exempt from Pod Security, and the policy (${modes.join(", ")}) will be ignored`;
}

function areEquivalent(a: LevelVersion, b: LevelVersion): boolean {
  return (a.level === "privileged" && b.level === "privileged") || (a.level === b.level && a.version === b.version);
}

import { type Level, type Version, compareLevels, formatVersion } from "../engine/level-version.ts";
import { LABEL_PREFIX, MODES } from "../engine/namespace-policy.ts";
import type { PodSecurityPolicy } from "./pod-security-policy.ts";
import type { PolicyGrant } from "./policy-users.ts";
import { type Coverage, fitOf } from "./workload-migration.ts";

/** The labels for one namespace. */
export interface NamespaceMigration {
  readonly namespace: string;
  /** The least strict of the levels of the policies in use there. */
  readonly level: Level;
  readonly policies: readonly string[];
  /** The strictest level that every workload found here would pass: what the policies granted and nobody uses can go. */
  readonly reachable: Level;
  readonly labels: Readonly<Record<string, string>>;
  /** Shows what the labels would refuse, and changes nothing. */
  readonly dryRun: string;
  readonly apply: string;
}

export function leastStrict(levels: readonly Level[]): Level {
  return levels.reduce((least, level) => (compareLevels(level, least) < 0 ? level : least), "restricted");
}

/** The namespaces where policies are in use by workloads, and those that grants name and no workload is known of. */
export function namespacesOf(
  usable: readonly { readonly policy: PodSecurityPolicy; readonly grants: readonly PolicyGrant[] }[],
  covered: readonly Coverage[],
  levels: ReadonlyMap<string, Level>,
  version: Version,
): NamespaceMigration[] {
  const inUse = new Map<string, Set<string>>();
  const note = (namespace: string, policy: string): void => {
    inUse.set(namespace, (inUse.get(namespace) ?? new Set()).add(policy));
  };
  for (const { workload, policy } of covered) if (policy !== undefined) note(workload.namespace, policy.name);
  const withWorkloads = new Set(inUse.keys());
  for (const { policy, grants } of usable) {
    for (const { namespace } of grants) {
      if (namespace !== undefined && !withWorkloads.has(namespace)) note(namespace, policy.name);
    }
  }
  return [...inUse]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([namespace, names]) => {
      const policies = [...names].sort();
      const level = leastStrict(policies.map((name) => levels.get(name) ?? "privileged"));
      const found = covered.filter(({ workload, policy }) => workload.namespace === namespace && policy !== undefined);
      const reachable = found.length === 0 ? level : leastStrict(found.map((one) => fitOf(one, version)));
      return { namespace, level, policies, reachable, ...labelsFor(namespace, level, version) };
    });
}

/** The labels and commands that give a namespace a level, with warnings and audit events at the same one. */
export function labelsFor(
  namespace: string,
  level: Level,
  version: Version,
): Pick<NamespaceMigration, "labels" | "dryRun" | "apply"> {
  const labels = Object.fromEntries(
    MODES.flatMap((mode) => [
      [`${LABEL_PREFIX}${mode}`, level],
      [`${LABEL_PREFIX}${mode}-version`, formatVersion(version)],
    ]),
  );
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const command = (flags: string): string =>
    `kubectl label ${flags}--overwrite namespace ${namespace} ${pairs.join(" ")}`;
  return { labels, dryRun: command("--dry-run=server "), apply: command("") };
}

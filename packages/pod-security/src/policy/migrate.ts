import {
  type ClusterSnapshot,
  type Diagnostic,
  type JsonObject,
  type KubeObject,
  effectiveServiceAccountName,
} from "@redoubt/kube";
import { evaluatePod } from "../engine/evaluate-pod.ts";
import type { Level, Version } from "../engine/level-version.ts";
import { admissionPolicyFor } from "./admission-policy.ts";
import type { Constraint } from "./constraint.ts";
import { constraintsOf } from "./constraints.ts";
import { type Disagreement, fitLevel } from "./level-fit.ts";
import { type MutatingField, mutatingFields } from "./mutating-fields.ts";
import { type NamespaceMigration, leastStrict, namespacesOf } from "./namespace-migration.ts";
import { isPodSecurityPolicy, parsePodSecurityPolicy } from "./parse-policy.ts";
import type { PodSecurityPolicy } from "./pod-security-policy.ts";
import { type PolicyGrant, PolicyUsers } from "./policy-users.ts";
import { type WorkloadMigration, changesFor, coverageOf } from "./workload-migration.ts";

/** How to do without one PodSecurityPolicy. */
export interface PolicyMigration {
  readonly object: KubeObject<object>;
  readonly policy: PodSecurityPolicy;
  /** The strictest standard that refuses nothing the policy granted. */
  readonly level: Level;
  /** For each stricter standard, what the policy grants that it refuses. */
  readonly blockers: ReadonlyMap<Level, readonly Disagreement[]>;
  /** What the policy enforced beyond the level that its namespaces get: kept by `objects`. */
  readonly beyond: readonly Constraint[];
  /** What it enforced that is given up, and why. */
  readonly notKept: readonly { readonly field: string; readonly why: string }[];
  /** What the level demands on which the policy had no opinion. */
  readonly demands: readonly Disagreement[];
  /** Fields that changed pods: what they filled in must be written into the workloads. */
  readonly mutates: readonly MutatingField[];
  /** Who may use it; nobody when empty. */
  readonly grants: readonly PolicyGrant[];
  /** Where its pods run. */
  readonly namespaces: readonly string[];
  readonly workloads: number;
  /** A ValidatingAdmissionPolicy with its binding, or nothing when the level is enough. */
  readonly objects: readonly JsonObject[];
}

export interface MigrationPlan {
  readonly version: Version;
  readonly policies: readonly PolicyMigration[];
  readonly workloads: readonly WorkloadMigration[];
  readonly namespaces: readonly NamespaceMigration[];
  /** False when no role in the input lets anyone use a policy: then every workload is read as if it could use them all. */
  readonly usesRbac: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** Plans the way from PodSecurityPolicy to Pod Security labels for everything in a snapshot. */
export function migratePodSecurityPolicies(
  snapshot: ClusterSnapshot,
  options: { readonly version?: Version } = {},
): MigrationPlan {
  const version = options.version ?? "latest";
  const parsed = snapshot.objects.filter(isPodSecurityPolicy).map(parsePodSecurityPolicy);
  const users = new PolicyUsers(snapshot);
  const usable = parsed.flatMap(({ object, policy }) =>
    policy === undefined ? [] : [{ object, policy, fit: fitLevel(policy, version), grants: users.grants(policy.name) }],
  );
  const usesRbac = usable.some(({ grants }) => grants.length > 0);
  const levels = new Map(usable.map(({ policy, fit }) => [policy.name, fit.level]));

  const covered = snapshot.workloads.map((workload) => {
    const account = { namespace: workload.namespace, name: effectiveServiceAccountName(workload.podSpec) };
    const allowed = usable.map(({ policy }) => policy).filter(({ name }) => !usesRbac || users.mayUse(account, name));
    return coverageOf(workload, allowed);
  });
  const namespaces = namespacesOf(usable, covered, levels, version);
  const levelIn = new Map(namespaces.map(({ namespace, level }) => [namespace, level]));

  const policies = usable.map(({ object, policy, fit, grants }): PolicyMigration => {
    const own = namespaces.filter((namespace) => namespace.policies.includes(policy.name));
    const enforced = leastStrict([fit.level, ...own.map(({ level }) => level)]);
    const beyond = constraintsOf(policy).filter((constraint) => !isImplied(constraint, enforced, version));
    const names = own.map(({ namespace }) => namespace);
    const isAlone = own.every((namespace) => namespace.policies.length === 1);
    const mine = covered.filter((one) => one.policy?.name === policy.name).map(({ workload }) => workload);
    const accounts = mine.map(({ namespace, podSpec }) => `${namespace}/${effectiveServiceAccountName(podSpec)}`);
    const scope = {
      namespaces: names,
      level: fit.level,
      ...(isAlone ? {} : { serviceAccounts: [...new Set(accounts)].sort() }),
    };
    return {
      object,
      policy,
      ...fit,
      beyond,
      notKept: notKept(policy),
      mutates: mutatingFields(policy),
      grants,
      namespaces: names,
      workloads: mine.length,
      objects: beyond.length === 0 ? [] : admissionPolicyFor(policy.name, beyond, scope),
    };
  });
  const workloads = covered.map((one) => changesFor(one, levelIn.get(one.workload.namespace) ?? "privileged", version));
  return {
    version,
    policies,
    workloads,
    namespaces,
    usesRbac,
    diagnostics: parsed.flatMap(({ diagnostics }) => diagnostics),
  };
}

/** Whether the level refuses every pod that breaks the constraint. */
function isImplied({ violations }: Constraint, level: Level, version: Version): boolean {
  return violations.every((spec) => !evaluatePod({ level, version }, {}, spec).allowed);
}

function notKept(policy: PodSecurityPolicy): PolicyMigration["notKept"] {
  if (policy.seccomp.allowedProfiles !== undefined) return [];
  return [
    {
      field: "seccomp allowedProfileNames",
      why: "without this annotation the policy refused pods that name a seccomp profile; to name RuntimeDefault is safer than to name none, and restricted demands it",
    },
  ];
}

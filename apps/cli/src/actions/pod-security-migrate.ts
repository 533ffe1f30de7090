import { describeResource, toFieldPath } from "@redoubt/kube";
import {
  type MigrationPlan,
  type PolicyMigration,
  type WorkloadMigration,
  formatLevelVersion,
  formatVersion,
  formatViolations,
  migratePodSecurityPolicies,
  renderMigrationText,
} from "@redoubt/pod-security";
import type { Action } from "../command.ts";
import { podSecurityMigrateOutput, version } from "../commands/pod-security.ts";
import { EXIT } from "../exit-code.ts";
import { plain } from "../terminal/plain.ts";
import { writeOutput } from "../terminal/write-output.ts";
import { formatYamlDocuments } from "../terminal/yaml.ts";
import { resourcePlace } from "./place.ts";
import { readVersion } from "./pod-security-version.ts";
import { readInput } from "./read-input.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";

export const runPodSecurityMigrate: Action = async (invocation) => {
  const { args, host } = invocation;
  const targets = podSecurityMigrateOutput.targets(args);
  const ofVersion = readVersion(args.get(version));
  const { snapshot } = await readInput(invocation);
  const plan = migratePodSecurityPolicies(snapshot, ofVersion === undefined ? {} : { version: ofVersion });
  const incomplete = reportDiagnostics(host, [...snapshot.diagnostics, ...plan.diagnostics]);
  for (const { format, file } of targets) await writeOutput(host, file, RENDERERS[format](plan));
  return incomplete ? EXIT.incomplete : EXIT.clean;
};

const RENDERERS: Readonly<Record<"table" | "yaml" | "json", (plan: MigrationPlan) => string>> = {
  table: (plan) => plain(renderMigrationText(plan)),
  yaml: (plan) => formatYamlDocuments(objectsOf(plan)),
  json: (plan) => `${JSON.stringify(planValue(plan), undefined, 2)}\n`,
};

/** What to apply: the labelled namespaces, and the policies that keep what no label does. */
function objectsOf({ namespaces, policies }: MigrationPlan): readonly object[] {
  return [
    ...namespaces.map(({ namespace, labels }) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels },
    })),
    ...policies.flatMap(({ objects }) => objects),
  ];
}

function planValue(plan: MigrationPlan): object {
  return {
    version: formatVersion(plan.version),
    usesRbac: plan.usesRbac,
    policies: plan.policies.map((policy) => policyValue(policy, plan)),
    workloads: plan.workloads.map(workloadValue),
    namespaces: plan.namespaces,
  };
}

function policyValue(migration: PolicyMigration, { version: ofVersion }: MigrationPlan): object {
  const { object, policy, level, blockers, beyond, notKept, demands, mutates, grants, namespaces, workloads, objects } =
    migration;
  return {
    name: policy.name,
    place: resourcePlace(object),
    standard: formatLevelVersion({ level, version: ofVersion }),
    blockers: Object.fromEntries(blockers),
    beyond: beyond.map(({ field, says, expression }) => ({ field, says, expression })),
    notKept,
    demands,
    mutates,
    grants,
    namespaces,
    workloads,
    objects,
  };
}

function workloadValue({ workload, policy, refusal, edits, remaining }: WorkloadMigration): object {
  return {
    object: describeResource(workload.object),
    place: resourcePlace(workload.object),
    policy,
    refusal,
    edits: edits.map((edit) => ({ ...edit, path: toFieldPath(edit.path) })),
    stillRefused: remaining.length === 0 ? undefined : formatViolations(remaining),
  };
}

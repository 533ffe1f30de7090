import { type Path, describeResource, jsonText, toFieldPath } from "@redoubt/kube";
import { formatViolations } from "../engine/evaluate-pod.ts";
import { formatLevelVersion } from "../engine/level-version.ts";
import type { MigrationPlan, PolicyMigration } from "./migrate.ts";
import { labelsFor } from "./namespace-migration.ts";
import type { WorkloadMigration } from "./workload-migration.ts";

/** The plan for a reader: policy by policy, then the workloads to change, then the commands to run. Ends with a newline. */
export function renderMigrationText(plan: MigrationPlan): string {
  if (plan.policies.length === 0) return "No PodSecurityPolicy to migrate.\n";
  const blocks = [
    ...plan.policies.map((policy) => policyBlock(policy, plan)),
    workloadBlock(plan),
    namespaceBlock(plan),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

function policyBlock(migration: PolicyMigration, { version, usesRbac }: MigrationPlan): string[] {
  const { policy, level, blockers, beyond, notKept, demands, mutates, grants, namespaces, workloads } = migration;
  const covers =
    usesRbac && grants.length === 0
      ? "nobody may use it: it covers nothing"
      : `${workloads} ${workloads === 1 ? "workload" : "workloads"}${namespaces.length === 0 ? "" : ` in ${namespaces.join(", ")}`}`;
  return [
    `PodSecurityPolicy ${policy.name} -> ${formatLevelVersion({ level, version })}`,
    `  Covers: ${covers}`,
    ...list(
      "  Used by:",
      grants.map(
        ({ subject, namespace, through }) =>
          `${subject} ${namespace === undefined ? "everywhere" : `in ${namespace}`} (${through})`,
      ),
    ),
    ...[...blockers].flatMap(([stricter, grantsOfLevel]) =>
      list(
        `  Not ${stricter}, because pods may:`,
        grantsOfLevel.map(({ may, because, reason }) => `${may} (${because}); refused as "${reason}"`),
      ),
    ),
    ...list(
      `  Enforced beyond ${level}, kept by ValidatingAdmissionPolicy psp-${policy.name}:`,
      beyond.map(({ field, says }) => `${field}: ${says}`),
    ),
    ...list(
      "  Given up:",
      notKept.map(({ field, why }) => `${field}: ${why}`),
    ),
    ...list(
      `  ${level} also refuses pods that:`,
      demands.map(({ may, because, reason }) => `${may} (${because}); refused as "${reason}"`),
    ),
    ...list(
      "  Changed pods, which labels do not; write into the workloads what it did where a pod said nothing:",
      mutates.map(({ field, does }) => `${field}: ${does}`),
    ),
  ];
}

function workloadBlock({ workloads, usesRbac }: MigrationPlan): string[] {
  const note = usesRbac
    ? []
    : ["No role in the input lets anyone use a PodSecurityPolicy: each workload is read as if it could use every one."];
  const described = workloads.flatMap(describeWorkload);
  if (described.length === 0) return workloads.length === 0 ? [] : note;
  return ["Workloads", ...note.map((line) => `  ${line}`), ...described];
}

function describeWorkload({ workload, policy, refusal, edits, remaining }: WorkloadMigration): string[] {
  const name = describeResource(workload.object);
  if (policy === undefined) return [`  ${name}: no policy admits it: ${refusal ?? ""}`];
  const changes = edits.map((edit) => `${toFieldPath(edit.path)}${valueText(edit)}`);
  return [
    `  ${name} (${policy}): ${changes.length === 0 ? "nothing to change" : "set"}`,
    ...changes.map((change) => `    ${change}`),
    ...(remaining.length === 0 ? [] : [`    still refused: ${formatViolations(remaining)}`]),
  ];
}

function valueText(edit: { readonly op: string; readonly path: Path; readonly value?: unknown }): string {
  return edit.op === "remove" ? " (remove)" : `: ${jsonText(edit.value)}`;
}

function namespaceBlock({ namespaces, policies, version }: MigrationPlan): string[] {
  if (namespaces.length > 0) {
    return [
      "Namespaces: look first, then label",
      ...namespaces.flatMap(({ namespace, level, reachable, dryRun, apply }) => [
        ...(reachable === level ? [] : [`  # every workload found in ${namespace} would pass ${reachable} too`]),
        `  ${dryRun}`,
        `  ${apply}`,
      ]),
    ];
  }
  const levels = [...new Set(policies.map(({ level }) => level))];
  return [
    "Namespaces: none is known to run pods of these policies; for each that does",
    ...levels.flatMap((level) => {
      const { dryRun, apply } = labelsFor("NAMESPACE", level, version);
      return [`  ${dryRun}`, `  ${apply}`];
    }),
  ];
}

function list(headline: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [headline, ...items.map((item) => `    - ${item}`)];
}

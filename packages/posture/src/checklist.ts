import type { ControlResult, Evidence, Finding, Verdict } from "@redoubt/control";
import { EVIDENCE_GROUP, type Resource, stringAt } from "@redoubt/kube";
import { CHECKLIST, type ChecklistItem, type Requirement } from "./checklist-items.ts";
import { atLeast, severityRank } from "./order.ts";
import type { ChecklistEvidence, ChecklistResult, ControlSummary, RequirementResult } from "./report.ts";
import { plural } from "./text/plain.ts";
import { describeSubject } from "./subject.ts";

/** A failure milder than this is shown, but does not fail an item of the checklist. */
const FAILS_ITEM = "medium";

/**
 * The ten items, each judged by what was given. An item fails when a control of its own fails with severity medium or worse, passes
 * when each of its requirements is shown by evidence, and is unknown otherwise: nothing passes because nothing was found.
 */
export function judgeChecklist(
  results: readonly ControlResult[],
  summaries: readonly ControlSummary[],
): readonly ChecklistResult[] {
  const byId = new Map(results.map((result) => [result.control.id, result]));
  return CHECKLIST.map((item) => judgeItem(item, byId, summaries));
}

function judgeItem(
  item: ChecklistItem,
  results: ReadonlyMap<string, ControlResult>,
  summaries: readonly ControlSummary[],
): ChecklistResult {
  const controls = summaries.filter(({ control }) => control.item === item.id);
  const requirements = item.requirements.map((requirement) => judgeRequirement(requirement, results));
  const own = controls.flatMap(({ control }) => results.get(control.id) ?? []);
  const failing = own
    .filter(({ findings }) => findings.some(failsItem))
    .sort((a, b) => severityRank(a.control.severity) - severityRank(b.control.severity));
  const fails = failing.length > 0 || requirements.some(({ verdict }) => verdict === "fail");
  const passes = requirements.every(({ verdict }) => verdict === "pass");
  return {
    item: item.id,
    title: item.title,
    verdict: fails ? "fail" : passes ? "pass" : "unknown",
    controls,
    requirements,
    evidence: item.requirements.flatMap((requirement) => evidenceOf(requirement, results)),
    needs: needsOf(failing, requirements, own),
  };
}

function failsItem({ verdict, severity }: Finding): boolean {
  return verdict === "fail" && atLeast(severity, FAILS_ITEM);
}

function judgeRequirement(requirement: Requirement, results: ReadonlyMap<string, ControlResult>): RequirementResult {
  const { text, needs } = requirement;
  const verdicts = requirement.controls.map((id) => verdictFor(requirement, results.get(id)));
  if (verdicts.includes("fail")) {
    const failed = requirement.controls.filter((_, index) => verdicts[index] === "fail");
    return { text, verdict: "fail", needs: `mend what ${failed.join(", ")} found` };
  }
  const shown = verdicts.length > 0 && verdicts.every((verdict) => verdict === "pass");
  return shown ? { text, verdict: "pass" } : { text, verdict: "unknown", needs };
}

/** A live requirement is not shown by what files hold, whatever a control makes of them. */
function verdictFor({ kind }: Requirement, result: ControlResult | undefined): Verdict {
  if (result === undefined) return "not-applicable";
  if (kind === "live" && result.verdict === "pass" && !result.passed.every(isLive)) return "unknown";
  return result.verdict;
}

function isLive(resource: Resource): boolean {
  return resource.origin.kind === "cluster" || (resource.type === "object" && resource.group === EVIDENCE_GROUP);
}

function needsOf(
  failing: readonly ControlResult[],
  requirements: readonly RequirementResult[],
  own: readonly ControlResult[],
): readonly string[] {
  const mend = failing.map(({ control, findings }) => {
    const count = findings.filter(failsItem).length;
    return `mend ${plural(count, "finding")} of ${control.id} (${control.title})`;
  });
  const show = requirements.flatMap(({ verdict, text, needs }) =>
    verdict === "unknown" && needs !== undefined ? [`show that ${text}: ${needs}`] : [],
  );
  const shared = requirements.flatMap(({ verdict, needs }) =>
    verdict === "fail" && needs !== undefined && failing.length === 0 ? [needs] : [],
  );
  const unknown = own.flatMap(({ findings }) =>
    findings.flatMap(({ verdict, needs }) => (verdict === "unknown" && needs !== undefined ? [`give ${needs}`] : [])),
  );
  return [...new Set([...mend, ...shared, ...show, ...unknown])];
}

function evidenceOf(
  requirement: Requirement,
  results: ReadonlyMap<string, ControlResult>,
): readonly ChecklistEvidence[] {
  return requirement.controls.flatMap((id) => {
    const result = results.get(id);
    const [first] = result?.passed ?? [];
    if (result === undefined || first === undefined || verdictFor(requirement, result) !== "pass") return [];
    const time =
      first.type === "object" && first.group === EVIDENCE_GROUP ? stringAt(first.value, ["time"]) : undefined;
    return [
      {
        control: id,
        kind: kindOfEvidence(first),
        source: sourceOf(first, result.passed.length),
        ...(time === undefined ? {} : { time }),
      },
    ];
  });
}

/** Configuration files of cluster components, which no API shows. */
const COMPONENT_GROUP = /(?:^|\.)(?:config\.k8s\.io|audit\.k8s\.io|kubeadm\.k8s\.io)$/;

/** What was taken by doing something harmless, to see what happens. */
const PROBES: ReadonlySet<string> = new Set(["AuditProbe", "AnonymousProbe"]);

function kindOfEvidence(resource: Resource): Evidence["kind"] {
  if (resource.type === "object" && resource.group === EVIDENCE_GROUP)
    return resource.kind === "ComponentMetrics" ? "metric" : PROBES.has(resource.kind) ? "drill" : "api";
  if (resource.origin.kind === "cluster") return "api";
  if (resource.type === "artifact" || COMPONENT_GROUP.test(resource.group)) return "config-file";
  return "manifest";
}

function sourceOf(first: Resource, count: number): string {
  const taken = takenFrom(first);
  const file = first.origin.kind === "file" && first.type === "object" ? ` in ${first.origin.file}` : "";
  const more = count === 1 ? "" : ` and ${count - 1} more`;
  return `${describeSubject(first)}${taken}${file}${more}`;
}

/** Of evidence, where it was taken and when: ` from /metrics at 2026-11-24T01:02:03Z`. */
function takenFrom(resource: Resource): string {
  if (resource.type !== "object" || resource.group !== EVIDENCE_GROUP) return "";
  const source = stringAt(resource.value, ["source"]);
  const time = stringAt(resource.value, ["time"])?.replace(/\.\d+Z$/, "Z");
  return `${source === undefined ? "" : ` from ${source}`}${time === undefined ? "" : ` at ${time}`}`;
}

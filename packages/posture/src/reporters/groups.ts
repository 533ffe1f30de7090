import { type Control, SEVERITIES, type Severity } from "@redoubt/control";
import { type Report, type ReportedFinding, isOpen } from "../report.ts";

/** Open findings of one control and severity. */
export interface FindingGroup {
  readonly severity: Severity;
  readonly control: Control;
  readonly findings: readonly ReportedFinding[];
}

/** Open findings, worst first, those of a control together: how people read them. */
export function openGroups({ findings }: Report): readonly FindingGroup[] {
  const groups: { severity: Severity; control: Control; findings: ReportedFinding[] }[] = [];
  // A report's order keeps the findings of a group together.
  let group: (typeof groups)[number] | undefined;
  for (const reported of findings) {
    if (!isOpen(reported)) continue;
    const { severity, control } = reported.finding;
    if (group === undefined || group.control !== control || group.severity !== severity) {
      group = { severity, control, findings: [] };
      groups.push(group);
    }
    group.findings.push(reported);
  }
  return groups;
}

/** What is not known, said once: the same words about many resources, or by many controls about the same gap, are one line. */
export interface UnknownGroup {
  readonly control: Control;
  /** How many controls say the same, beyond that one. */
  readonly others: number;
  readonly message: string;
  readonly needs: string;
  readonly count: number;
}

export function unknownGroups(report: Report): readonly UnknownGroup[] {
  const groups = new Map<string, { controls: Set<Control>; message: string; needs: string; resources: Set<unknown> }>();
  for (const { finding } of report.findings) {
    if (finding.verdict !== "unknown") continue;
    const { control, resource, message, needs = "" } = finding;
    const key = `${resource === undefined ? "" : control.id}\n${message}\n${needs}`;
    const group = groups.get(key) ?? { controls: new Set(), message, needs, resources: new Set() };
    group.controls.add(control);
    group.resources.add(resource ?? "");
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ controls, message, needs, resources }) => {
    const [control] = controls;
    return control === undefined ? [] : [{ control, others: controls.size - 1, message, needs, count: resources.size }];
  });
}

/** `3 critical, 15 high`; the empty string when there are none. */
export function countSeverities(counts: Readonly<Record<Severity, number>>): string {
  return SEVERITIES.flatMap((severity) => (counts[severity] === 0 ? [] : [`${counts[severity]} ${severity}`])).join(
    ", ",
  );
}

/** What a reader must know of findings that are not listed as open. */
export function setAside(report: Report): readonly string[] {
  const excepted = report.findings.filter(({ exception }) => exception !== undefined).length;
  const lines: string[] = [];
  if (excepted > 0) lines.push(`${excepted} accepted by exceptions`);
  if (report.baseline !== undefined) {
    lines.push(`${report.baseline.unchanged} already in the baseline`, `${report.baseline.fixed} of the baseline gone`);
  }
  return lines;
}

import { type Finding, SEVERITIES, type Severity } from "@redoubt/control";

const RANK: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3, info: 4 };

/** 0 is the worst. */
export function severityRank(severity: Severity): number {
  return RANK[severity];
}

export function atLeast(severity: Severity, threshold: Severity): boolean {
  return RANK[severity] <= RANK[threshold];
}

export function isSeverity(text: string): text is Severity {
  return (SEVERITIES as readonly string[]).includes(text);
}

/**
 * The order of a report: worst first, failures before what is unknown, then control, file, document and object. It needs no line
 * numbers, which cost a parse of the document. Findings of one object stay in the order in which the control gave them.
 */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    RANK[a.severity] - RANK[b.severity] ||
    compareTexts(a.verdict, b.verdict) ||
    compareTexts(a.control.id, b.control.id) ||
    compareResources(a, b)
  );
}

function compareResources({ resource: a }: Finding, { resource: b }: Finding): number {
  if (a === undefined || b === undefined) return (a === undefined ? 0 : 1) - (b === undefined ? 0 : 1);
  if (a === b) return 0;
  if (a.origin.kind === "file" && b.origin.kind === "file") {
    return (
      compareTexts(a.origin.file, b.origin.file) ||
      a.origin.document - b.origin.document ||
      Number(a.origin.base.at(-1) ?? 0) - Number(b.origin.base.at(-1) ?? 0)
    );
  }
  return compareTexts(subject(a), subject(b));
}

function subject(resource: NonNullable<Finding["resource"]>): string {
  return resource.type === "artifact" ? resource.name : `${resource.namespace}/${resource.kind}/${resource.name}`;
}

/** By UTF-16 code units, the same on every machine. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

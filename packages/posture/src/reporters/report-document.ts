import { type Finding, SEVERITIES } from "@redoubt/control";
import { type Diagnostic, type Region, toFieldPath } from "@redoubt/kube";
import type { Exception, ExceptionUse } from "../exception.ts";
import { findingIdentity } from "../finding-identity.ts";
import { type Place, placesOf } from "../place.ts";
import {
  type ChecklistResult,
  type ControlSummary,
  type Report,
  type ReportedFinding,
  isIncomplete,
  isOpen,
  openBySeverity,
} from "../report.ts";
import type { Structured } from "./structured.ts";
import { describeSubject } from "../subject.ts";

/** A report as data, documented and versioned: docs/schema/report-v1.schema.json. Findings are made as they are read. */
export function reportDocument(report: Report): { readonly [key: string]: Structured } {
  return {
    apiVersion: "redoubt.dev/v1",
    kind: "Report",
    metadata: { generatedAt: report.time, tool: { name: "redoubt", version: report.version } },
    summary: summary(report),
    score: {
      value: report.score.value,
      coverage: report.score.coverage,
      items: report.score.items.map(({ item, points, judged }) => ({
        item,
        points: round(points),
        judged: round(judged),
      })),
    },
    checklist: report.checklist.map(checklistItem),
    controls: report.controls.map(controlSummary),
    findings: findings(report),
    coverage: {
      objects: report.coverage.objects,
      workloads: report.coverage.workloads,
      artifacts: report.coverage.artifacts,
      namespaces: report.coverage.namespaces,
      files: [...report.coverage.files],
      kinds: report.coverage.kinds.map(({ kind, count }) => ({ kind, count })),
    },
    exceptions: report.exceptions.map(exceptionUse),
    baseline: report.baseline === undefined ? undefined : { ...report.baseline },
    diagnostics: [...report.configuration, ...report.coverage.diagnostics].map(diagnosticDocument),
  };
}

/** Two decimals, rounded down like the score. */
function round(points: number): number {
  return Math.floor(points * 100 + 1e-9) / 100;
}

function summary(report: Report): Structured {
  const open = openBySeverity(report);
  const count = (test: (reported: ReportedFinding) => boolean): number => report.findings.filter(test).length;
  return {
    incomplete: isIncomplete(report),
    open: Object.fromEntries(SEVERITIES.map((severity) => [severity, open[severity]])),
    excepted: count(({ exception }) => exception !== undefined),
    unchanged: count(({ baseline }) => baseline === "unchanged"),
    unknown: count(({ finding }) => finding.verdict === "unknown"),
    controls: Object.fromEntries(
      (["pass", "fail", "unknown", "not-applicable"] as const).map((verdict) => [
        verdict,
        report.controls.filter((control) => control.verdict === verdict).length,
      ]),
    ),
  };
}

function checklistItem({ item, title, verdict, requirements, evidence, needs, controls }: ChecklistResult): Structured {
  return {
    item,
    title,
    verdict,
    requirements: requirements.map((requirement) => ({
      text: requirement.text,
      verdict: requirement.verdict,
      needs: requirement.needs,
    })),
    evidence: evidence.map(({ control, kind, source, time, digest }) => ({ control, kind, source, time, digest })),
    needs,
    controls: controls.map(({ control }) => control.id),
  };
}

function controlSummary({ control, verdict, passed, failed, unknown }: ControlSummary): Structured {
  const { id, title, layer, item, severity, fixable, references } = control;
  return {
    id,
    title,
    layer,
    item,
    severity,
    fixable,
    references: references.map(({ framework, version, id: reference }) => ({ framework, version, id: reference })),
    verdict,
    passed,
    failed,
    unknown,
  };
}

function* findings(report: Report): Generator<Structured, void, undefined> {
  const places = placesOf(report.findings.map(({ finding }) => finding));
  for (const reported of report.findings) yield findingDocument(reported, places.get(reported.finding));
}

function findingDocument(reported: ReportedFinding, place: Place | undefined): Structured {
  const { finding, exception, baseline } = reported;
  const { control, verdict, severity, message, needs, path, fix } = finding;
  return {
    key: findingIdentity(finding),
    control: control.id,
    verdict,
    severity,
    open: isOpen(reported),
    message,
    needs,
    resource: resourceDocument(finding),
    field: path.length === 0 ? undefined : toFieldPath(path),
    place: place === undefined ? undefined : { file: place.file, rendered: place.rendered, ...lines(place.region) },
    fix: fix === undefined ? undefined : { description: fix.description, caution: fix.caution },
    exception:
      exception === undefined
        ? undefined
        : { reason: exception.reason, owner: exception.owner, expires: exception.expires },
    baseline,
  };
}

function resourceDocument({ resource }: Finding): Structured {
  if (resource === undefined) return undefined;
  if (resource.type === "artifact") return { artifact: resource.artifact, name: resource.name };
  const { apiVersion, kind, namespace, name, origin } = resource;
  const cluster = origin.kind === "cluster" ? { context: origin.context, uid: origin.uid } : undefined;
  return { apiVersion, kind, namespace: namespace === "" ? undefined : namespace, name, cluster };
}

function lines(region: Region | undefined): { readonly [key: string]: Structured } {
  if (region === undefined) return {};
  const { start, end } = region;
  return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

function diagnosticDocument({ code, severity, message, hint, file, region }: Diagnostic): Structured {
  return { code, severity, message, hint, file, line: region?.start.line, column: region?.start.column };
}

function exceptionUse({ exception, state, findings: count }: ExceptionUse): Structured {
  const { control, reason, owner, expires } = exception;
  return { control, state, findings: count, reason, owner, expires, source: sourceOf(exception) };
}

function sourceOf({ from }: Exception): Structured {
  if (from.kind === "annotation") return { kind: "annotation", resource: describeSubject(from.resource) };
  return { kind: "file", file: from.place.file, line: from.place.region?.start.line };
}

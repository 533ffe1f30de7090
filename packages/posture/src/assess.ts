import { type Control, type ControlResult, type Finding, evaluate } from "@redoubt/control";
import { type ClusterSnapshot, type Diagnostic, kindKey } from "@redoubt/kube";
import { type Baseline, type BaselineState, compareWithBaseline } from "./baseline.ts";
import { catalogue } from "./catalogue.ts";
import { judgeChecklist } from "./checklist.ts";
import { annotatedExceptions } from "./exception-annotation.ts";
import type { ExceptionList } from "./exception-file.ts";
import { type Exception, type ExceptionUse, matches } from "./exception.ts";
import { normalFile } from "./finding-identity.ts";
import { compareFindings, compareTexts } from "./order.ts";
import type { BaselineSummary, ControlSummary, Coverage, Report, ReportedFinding } from "./report.ts";
import { weighRights } from "./paths/weigh-rights.ts";
import { scoreOf } from "./score.ts";
import { plural } from "./text/plain.ts";
import { describeSubject } from "./subject.ts";

export interface AssessOptions {
  /** RFC 3339: when this is. Decides which exceptions have expired. */
  readonly time: string;
  /** Version of Redoubt, for the report. */
  readonly version: string;
  /** Runs these only; the score still counts all. Default: the whole catalogue. */
  readonly controls?: readonly Control[];
  /** From `parseExceptions`. */
  readonly exceptions?: ExceptionList;
  /** Whether objects may except themselves by annotation. Default: yes. */
  readonly annotations?: boolean;
  readonly baseline?: Baseline;
}

/** Judges a snapshot by every control and says what it means: docs/reports.md. Pure: it reads no file and no clock. */
export function assess(snapshot: ClusterSnapshot, options: AssessOptions): Report {
  const { results: judged, diagnostics } = evaluate(options.controls ?? catalogue, snapshot);
  const results = weighRights(snapshot, judged);
  const findings = results.flatMap((result) => result.findings).sort(compareFindings);
  const files = filesOf(snapshot);
  const annotated = options.annotations === false ? { exceptions: [], problems: [] } : annotatedExceptions(snapshot);
  const exceptions = [...(options.exceptions?.exceptions ?? []), ...annotated.exceptions];
  const excepted = applyExceptions(exceptions, findings, Date.parse(options.time));
  const comparison =
    options.baseline === undefined
      ? undefined
      : compareWithBaseline(
          options.baseline,
          findings.filter(({ verdict }) => verdict === "fail"),
          files,
        );
  const controls = results.map(summarise).sort((a, b) => compareTexts(a.control.id, b.control.id));
  const checklist = judgeChecklist(results, controls);
  return {
    time: options.time,
    version: options.version,
    findings: findings.map((finding) => annotate(finding, excepted.by.get(finding), comparison?.states.get(finding))),
    controls,
    checklist,
    score: scoreOf(checklist, catalogue),
    coverage: coverageOf(snapshot, files, [
      ...snapshot.diagnostics,
      ...diagnostics,
      ...excepted.uses.flatMap(warningOf),
    ]),
    exceptions: excepted.uses,
    ...(comparison === undefined ? {} : { baseline: summariseBaseline(comparison.states, comparison.fixed) }),
    configuration: [...(options.exceptions?.problems ?? []), ...annotated.problems],
  };
}

function annotate(
  finding: Finding,
  exception: Exception | undefined,
  baseline: BaselineState | undefined,
): ReportedFinding {
  if (exception === undefined && baseline === undefined) return { finding };
  return {
    finding,
    ...(exception === undefined ? {} : { exception }),
    ...(baseline === undefined ? {} : { baseline }),
  };
}

function summarise({ control, verdict, passed, findings }: ControlResult): ControlSummary {
  const failed = findings.filter((finding) => finding.verdict === "fail").length;
  return { control, verdict, passed: passed.length, failed, unknown: findings.length - failed };
}

function summariseBaseline(states: ReadonlyMap<Finding, BaselineState>, fixed: number): BaselineSummary {
  const added = [...states.values()].filter((state) => state === "new").length;
  return { new: added, unchanged: states.size - added, fixed };
}

interface Excepted {
  readonly by: ReadonlyMap<Finding, Exception>;
  readonly uses: readonly ExceptionUse[];
}

/** The first exception that matches a finding and has not expired marks it. Only failures need one. */
function applyExceptions(exceptions: readonly Exception[], findings: readonly Finding[], now: number): Excepted {
  const by = new Map<Finding, Exception>();
  if (exceptions.length === 0) return { by, uses: [] };
  const failures = Map.groupBy(
    findings.filter(({ verdict }) => verdict === "fail"),
    ({ control }) => control.id,
  );
  const uses = exceptions.map((exception): ExceptionUse => {
    const matched = (failures.get(exception.control) ?? []).filter((finding) => matches(exception, finding));
    // A time that cannot be read lets no exception apply.
    const expired = !(now < exception.endsAt);
    if (!expired) for (const finding of matched) if (!by.has(finding)) by.set(finding, exception);
    return {
      exception,
      state: expired ? "expired" : matched.length > 0 ? "applied" : "unused",
      findings: matched.length,
    };
  });
  return { by, uses };
}

function warningOf({ exception, state, findings }: ExceptionUse): readonly Diagnostic[] {
  if (state === "applied") return [];
  const what = `exception for ${exception.control} (${exception.owner})`;
  const message =
    state === "expired"
      ? `${what} expired on ${exception.expires}: ${plural(findings, "finding")} ${findings === 1 ? "counts" : "count"} again`
      : `${what} matches no finding`;
  const code = state === "expired" ? "EXCEPTION_EXPIRED" : "EXCEPTION_UNUSED";
  const hint = state === "expired" ? "mend the findings, or have the owner renew it" : "remove it";
  return [{ code, severity: "warning", message: `${message}${subjectOf(exception)}`, hint, ...placeOf(exception) }];
}

function subjectOf({ from }: Exception): string {
  return from.kind === "annotation" ? ` (annotation of ${describeSubject(from.resource)})` : "";
}

function placeOf({ control, from }: Exception): Pick<Diagnostic, "file" | "region"> {
  if (from.kind === "file") return from.place;
  const { origin } = from.resource;
  if (origin.kind !== "file") return {};
  if (origin.rendered !== undefined) return { file: origin.file };
  return { file: origin.file, region: origin.locate(["metadata", "annotations", `redoubt.dev/exception.${control}`]) };
}

function filesOf(snapshot: ClusterSnapshot): ReadonlySet<string> {
  const files = new Set<string>();
  for (const { origin } of [...snapshot.objects, ...snapshot.artifacts])
    if (origin.kind === "file") files.add(normalFile(origin.file));
  return files;
}

function coverageOf(
  snapshot: ClusterSnapshot,
  files: ReadonlySet<string>,
  diagnostics: readonly Diagnostic[],
): Coverage {
  const counts = new Map<string, number>();
  for (const { group, kind } of snapshot.objects) increment(counts, kindKey(group, kind));
  for (const { artifact } of snapshot.artifacts) increment(counts, artifact);
  return {
    objects: snapshot.objects.length,
    workloads: snapshot.workloads.length,
    artifacts: snapshot.artifacts.length,
    namespaces: snapshot.namespaces.size,
    files,
    kinds: [...counts].map(([kind, count]) => ({ kind, count })).sort((a, b) => compareTexts(a.kind, b.kind)),
    diagnostics,
  };
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

import {
  type ClusterSnapshot,
  type Diagnostic,
  type Path,
  type Resource,
  type SnapshotGap,
  describeResource,
} from "@redoubt/kube";
import type { Control, Failure, Fix, Severity, Unknown, Verdict } from "./control.ts";

/** A control's word on one resource that is not a pass. */
export interface Finding {
  readonly control: Control;
  readonly verdict: "fail" | "unknown";
  readonly severity: Severity;
  /** Undefined when the very thing to look at was not given. */
  readonly resource: Resource | undefined;
  readonly path: Path;
  readonly message: string;
  /** For `unknown`: what input would tell. */
  readonly needs?: string;
  readonly fix?: Fix;
}

/** Everything one control said about a snapshot. */
export interface ControlResult {
  readonly control: Control;
  /** The worst of what was said: fail, then unknown, then pass; not-applicable when nothing was. */
  readonly verdict: Verdict;
  readonly passed: readonly Resource[];
  readonly findings: readonly Finding[];
}

export interface Evaluation {
  readonly results: readonly ControlResult[];
  /** Controls that could not finish; each is also an `unknown` finding. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Runs controls over a snapshot. A control that throws is reported, as `CONTROL_FAILED`, and the others go on. */
export function evaluate(controls: readonly Control[], snapshot: ClusterSnapshot): Evaluation {
  const diagnostics: Diagnostic[] = [];
  const results = controls.map((control) => {
    const passed: Resource[] = [];
    const findings: Finding[] = [];
    const report = {
      pass: (resource: Resource): void => void passed.push(resource),
      fail: (resource: Resource, failure: Failure): void => void findings.push(failed(control, resource, failure)),
      unknown: (resource: Resource | undefined, unknown: Unknown): void =>
        void findings.push(unknownFinding(control, resource, unknown)),
    };
    try {
      const gaps = snapshot.gapsReadBy(() => control.check(snapshot, report));
      for (const gap of gaps) report.unknown(undefined, unreadable(gap));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      diagnostics.push({
        code: "CONTROL_FAILED",
        severity: "error",
        message: `${control.id} could not be evaluated: ${reason}`,
        hint: "this is a fault of Redoubt, not of the input: please report it with the input",
      });
      findings.push(
        unknownFinding(control, undefined, {
          message: `${control.id} could not be evaluated: ${reason}`,
          needs: "a corrected version of Redoubt",
        }),
      );
    }
    return { control, verdict: worst(passed, findings), passed, findings };
  });
  return { results, diagnostics };
}

/** A control that looked at what could not be read has not seen everything: it must not pass. */
function unreadable(gap: SnapshotGap): Unknown {
  const where = gap.namespace === undefined ? "" : ` in namespace ${gap.namespace}`;
  const group = gap.group === "" ? "" : `.${gap.group}`;
  return {
    message: `${gap.resource}${group}${where} could not be read: ${gap.message}`,
    needs:
      gap.failure === "forbidden" || gap.failure === "unauthorized"
        ? `the right to list ${gap.resource}${group}${where} (redoubt rbac-for-scan prints what a scan needs)`
        : "another scan when the API server answers",
  };
}

/** Without spreads: there may be a hundred thousand of them. */
function failed(control: Control, resource: Resource, failure: Failure): Finding {
  const { message, fix, path = [], severity = control.severity } = failure;
  return fix === undefined
    ? { control, verdict: "fail", severity, resource, path, message }
    : { control, verdict: "fail", severity, resource, path, message, fix };
}

function unknownFinding(control: Control, resource: Resource | undefined, unknown: Unknown): Finding {
  return {
    control,
    verdict: "unknown",
    severity: control.severity,
    resource,
    path: unknown.path ?? [],
    message: unknown.message,
    needs: unknown.needs,
  };
}

function worst(passed: readonly Resource[], findings: readonly Finding[]): Verdict {
  if (findings.some(({ verdict }) => verdict === "fail")) return "fail";
  if (findings.length > 0) return "unknown";
  return passed.length > 0 ? "pass" : "not-applicable";
}

/** Stable across runs and edits elsewhere in the file: what baselines and exceptions key on. */
export function findingKey(finding: Finding): string {
  const subject =
    finding.resource === undefined
      ? ""
      : finding.resource.type === "artifact"
        ? finding.resource.name
        : `${finding.resource.group}/${describeResource(finding.resource)}`;
  return `${finding.control.id}|${subject}|${finding.path.join("/")}`;
}

import type { Control, Finding } from "@redoubt/control";
import { type Resource, toFieldPath } from "@redoubt/kube";
import { findingIdentity } from "../finding-identity.ts";
import { type Place, formatPlaceOf, placesOf } from "../place.ts";
import { type ControlSummary, type Report, type ReportedFinding, isOpen } from "../report.ts";
import { plain, plural } from "../text/plain.ts";
import { type Reporter, inChunks } from "./reporter.ts";
import { type Structured, writeJson } from "./structured.ts";
import { uuid } from "./uuid.ts";
import { describeSubject } from "../subject.ts";

const NS = "https://redoubt.dev/ns/oscal";

/**
 * OSCAL 1.1.2 assessment results (NIST): an observation for each finding and for what each control passed, a risk for each control
 * that failed, and a finding for each control that had something to judge. Not-applicable controls are not reviewed controls.
 */
export const oscal: Reporter = (report) => inChunks(writeJson(document(report)));

interface Observed {
  readonly reported: ReportedFinding;
  readonly id: string;
}

function document(report: Report): Structured {
  const identities = report.findings.map(({ finding }) => findingIdentity(finding)).join("\u0000");
  const scope = uuid("report", report.time, report.version, identities);
  const observed = observe(report, scope);
  const judged = report.controls.filter(({ verdict }) => verdict !== "not-applicable");
  const failed = judged.filter(({ verdict }) => verdict === "fail");
  const byControl = Map.groupBy(observed, ({ reported }) => reported.finding.control);
  const plan = uuid(scope, "plan");
  const time = new Date(report.time).toISOString();
  return {
    "assessment-results": {
      uuid: scope,
      metadata: {
        title: "Redoubt assessment results",
        "last-modified": time,
        version: report.version,
        "oscal-version": "1.1.2",
      },
      "import-ap": { href: `#${plan}` },
      results: [
        {
          uuid: uuid(scope, "result"),
          title: "Redoubt assessment",
          description: `${plural(report.coverage.objects, "object")} judged by ${plural(judged.length, "control")}; score ${report.score.value} of 100, ${report.score.coverage}% of what is scored could be judged.`,
          start: time,
          end: time,
          "local-definitions": nonEmpty("inventory-items", inventory(report, scope)),
          "reviewed-controls": {
            "control-selections": [
              judged.length === 0
                ? {
                    description: "No control had anything to judge.",
                    "exclude-controls": report.controls.map(({ control }) => ({ "control-id": control.id })),
                  }
                : { "include-controls": judged.map(({ control }) => ({ "control-id": control.id })) },
            ],
          },
          observations: judged.length === 0 ? undefined : observations(report, judged, observed, scope),
          risks:
            failed.length === 0
              ? undefined
              : failed.map(({ control }) => risk(control, byControl.get(control) ?? [], scope)),
          findings:
            judged.length === 0
              ? undefined
              : judged.map((summary) => controlFinding(summary, byControl.get(summary.control) ?? [], scope)),
        },
      ],
      "back-matter": {
        resources: [
          {
            uuid: plan,
            title: "Automated assessment",
            description: "Redoubt's catalogue of controls; no assessment plan was written.",
          },
        ],
      },
    },
  };
}

function nonEmpty(key: string, items: readonly Structured[]): Structured {
  return items.length === 0 ? undefined : { [key]: items };
}

/** Findings may share an identity: each gets an id of its own. */
function observe(report: Report, scope: string): readonly Observed[] {
  const seen = new Map<string, number>();
  return report.findings.map((reported) => {
    const identity = findingIdentity(reported.finding);
    const ordinal = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, ordinal);
    return { reported, id: uuid(scope, "observation", identity, String(ordinal)) };
  });
}

function inventory(report: Report, scope: string): readonly Structured[] {
  const resources = new Set(report.findings.flatMap(({ finding: found }) => found.resource ?? []));
  const items = new Map([...resources].map((resource) => [subjectId(resource, scope), resource]));
  return [...items].map(([id, resource]) => ({ uuid: id, description: text(describeSubject(resource)) }));
}

function subjectId(resource: Resource, scope: string): string {
  const where =
    resource.origin.kind === "file"
      ? `${resource.origin.file}#${resource.origin.document}/${resource.origin.base.join("/")}`
      : resource.origin.uid;
  return uuid(scope, "resource", describeSubject(resource), where);
}

function* observations(
  report: Report,
  judged: readonly ControlSummary[],
  observed: readonly Observed[],
  scope: string,
): Generator<Structured, void, undefined> {
  const collected = new Date(report.time).toISOString();
  for (const { control, passed } of judged) {
    if (passed === 0) continue;
    yield {
      uuid: passId(control, scope),
      title: `${control.id} passed`,
      description: `${plural(passed, "resource")} passed: ${control.title}`,
      methods: ["TEST"],
      collected,
    };
  }
  const places = placesOf(observed.map(({ reported }) => reported.finding));
  for (const { reported, id } of observed)
    yield {
      uuid: id,
      ...observation(reported.finding, places.get(reported.finding), scope),
      methods: ["TEST"],
      collected,
      props: props(reported),
    };
}

function passId(control: Control, scope: string): string {
  return uuid(scope, "passed", control.id);
}

function observation(
  finding: Finding,
  place: Place | undefined,
  scope: string,
): { readonly [key: string]: Structured } {
  const { control, resource, path, message, needs } = finding;
  const where = formatPlaceOf(finding, place);
  const field = toFieldPath(path);
  return {
    title: text(`${control.id} ${resource === undefined ? control.title : describeSubject(resource)}`),
    description: text(message),
    subjects:
      resource === undefined
        ? undefined
        : [
            {
              "subject-uuid": subjectId(resource, scope),
              type: "inventory-item",
              title: text(describeSubject(resource)),
            },
          ],
    "relevant-evidence":
      where === undefined ? undefined : [{ description: text(field === "" ? where : `${where} (${field})`) }],
    remarks: needs === undefined ? undefined : text(`To know, give ${needs}.`),
  };
}

function props(reported: ReportedFinding): Structured {
  const { finding: found, exception, baseline } = reported;
  return [
    { name: "severity", ns: NS, value: found.severity },
    { name: "verdict", ns: NS, value: found.verdict },
    ...(exception === undefined
      ? []
      : [
          { name: "accepted-by", ns: NS, value: text(exception.owner) },
          { name: "accepted-until", ns: NS, value: exception.expires },
          { name: "accepted-because", ns: NS, value: text(exception.reason) },
        ]),
    ...(baseline === undefined ? [] : [{ name: "baseline", ns: NS, value: baseline }]),
  ];
}

function risk(control: Control, observed: readonly Observed[], scope: string): Structured {
  const failures = observed.filter(({ reported }) => reported.finding.verdict === "fail");
  const accepted = failures.every(({ reported }) => reported.exception !== undefined);
  const open = failures.filter(({ reported }) => isOpen(reported)).length;
  return {
    uuid: riskId(control, scope),
    title: `${control.id} ${control.title}`,
    description: `${plural(failures.length, "finding")}, ${open} open.`,
    statement: control.rationale,
    props: [{ name: "severity", ns: NS, value: control.severity }],
    status: accepted ? "deviation-approved" : "open",
    remediations: [
      {
        uuid: uuid(scope, "remediation", control.id),
        lifecycle: "recommendation",
        title: `Remediation of ${control.id}`,
        description: control.remediation,
      },
    ],
    "related-observations": failures.map(({ id }) => ({ "observation-uuid": id })),
  };
}

function riskId(control: Control, scope: string): string {
  return uuid(scope, "risk", control.id);
}

/** OSCAL knows satisfied and not satisfied; what is unknown is not satisfied for another reason than failing. */
function controlFinding(
  { control, verdict, passed }: ControlSummary,
  observed: readonly Observed[],
  scope: string,
): Structured {
  const related = [...(passed > 0 ? [passId(control, scope)] : []), ...observed.map(({ id }) => id)];
  const reason = verdict === "pass" || verdict === "fail" ? verdict : "other";
  return {
    uuid: uuid(scope, "finding", control.id),
    title: `${control.id} ${control.title}`,
    description: control.rationale,
    target: {
      type: "objective-id",
      "target-id": control.id,
      status: { state: verdict === "pass" ? "satisfied" : "not-satisfied", reason },
    },
    "related-observations": related.map((id) => ({ "observation-uuid": id })),
    "related-risks": verdict === "fail" ? [{ "risk-uuid": riskId(control, scope) }] : undefined,
  };
}

/** OSCAL's strings are one line and neither begin nor end with a blank. */
function text(value: string): string {
  return plain(value).trim() || "-";
}

import { type Control, type Layer, LAYERS } from "@redoubt/control";
import { type Diagnostic, formatPlace } from "@redoubt/kube";
import { type Place, formatPlaceOf, placesOf } from "../place.ts";
import { type ControlSummary, type Report, type ReportedFinding, isOpen } from "../report.ts";
import { type Reporter, inChunks } from "./reporter.ts";
import { describeSubject } from "../subject.ts";

/** JUnit XML as Jenkins and GitLab read it: a suite for each control, a case for each finding and one for what passed. */
export const junit: Reporter = (report) => inChunks(document(report));

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function* document(report: Report): Generator<string, void, undefined> {
  const findings = Map.groupBy(report.findings, ({ finding }) => finding.control);
  const places = placesOf(report.findings.map(({ finding }) => finding));
  const time = new Date(report.time).toISOString().slice(0, 19);
  const problems = [...report.configuration, ...report.coverage.diagnostics].filter(
    ({ severity }) => severity === "error",
  );
  const suites = report.controls.map((summary) => ({ summary, own: findings.get(summary.control) ?? [] }));
  const totals = [...suites.map(({ summary, own }) => countsOf(summary, own)), inputCounts(problems)].reduce(add);
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="redoubt"${attributes(totals)}>\n`;
  if (problems.length > 0) yield* inputSuite(problems, time);
  for (const layer of LAYERS) {
    for (const { summary, own } of suites) {
      if (summary.control.layer === layer && summary.verdict !== "not-applicable")
        yield* suite(summary, own, layer, time, places);
    }
  }
  yield "</testsuites>\n";
}

function countsOf(summary: ControlSummary, own: readonly ReportedFinding[]): Counts {
  const failures = own.filter(isOpen).length;
  return { tests: own.length + (summary.passed > 0 ? 1 : 0), failures, errors: 0, skipped: own.length - failures };
}

function inputCounts(problems: readonly Diagnostic[]): Counts {
  return { tests: problems.length, failures: 0, errors: problems.length, skipped: 0 };
}

function add(a: Counts, b: Counts): Counts {
  return {
    tests: a.tests + b.tests,
    failures: a.failures + b.failures,
    errors: a.errors + b.errors,
    skipped: a.skipped + b.skipped,
  };
}

function attributes({ tests, failures, errors, skipped }: Counts): string {
  return ` tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="0"`;
}

function* suite(
  summary: ControlSummary,
  own: readonly ReportedFinding[],
  layer: Layer,
  time: string,
  places: ReadonlyMap<ReportedFinding["finding"], Place>,
): Generator<string, void, undefined> {
  const { control, passed } = summary;
  const name = `${control.id} ${control.title}`;
  yield `  <testsuite name="${escape(name)}" timestamp="${time}"${attributes(countsOf(summary, own))}>\n`;
  if (passed > 0) yield `    <testcase name="${passed} passed" classname="${className(layer, control)}" time="0"/>\n`;
  for (const reported of own) yield testCase(reported, className(layer, control), places.get(reported.finding));
  yield "  </testsuite>\n";
}

function className(layer: Layer, control: Control): string {
  return escape(`redoubt.${layer}.${control.id}`);
}

function testCase(reported: ReportedFinding, classname: string, place: Place | undefined): string {
  const { finding, exception, baseline } = reported;
  const at = formatPlaceOf(finding, place);
  const where = at === undefined ? "" : ` at ${at}`;
  const subject = finding.resource === undefined ? "not given" : describeSubject(finding.resource);
  const head = `    <testcase name="${escape(`${subject}${where}`)}" classname="${classname}" time="0">\n`;
  const skipped = (reason: string): string => `${head}      <skipped message="${escape(reason)}"/>\n    </testcase>\n`;
  if (finding.verdict === "unknown")
    return skipped(`unknown: ${finding.message}; give ${finding.needs ?? "more input"}`);
  if (exception !== undefined)
    return skipped(`accepted until ${exception.expires} by ${exception.owner}: ${exception.reason}`);
  if (baseline === "unchanged") return skipped(`in the baseline: ${finding.message}`);
  const text = [
    finding.message,
    finding.control.remediation,
    ...(finding.fix === undefined ? [] : [`Fix: ${finding.fix.description}`]),
  ];
  return `${head}      <failure message="${escape(finding.message)}" type="${finding.severity}">${escape(text.join("\n"), true)}</failure>\n    </testcase>\n`;
}

function* inputSuite(problems: readonly Diagnostic[], time: string): Generator<string, void, undefined> {
  yield `  <testsuite name="input" timestamp="${time}"${attributes(inputCounts(problems))}>\n`;
  for (const problem of problems) {
    yield `    <testcase name="${escape(formatPlace(problem) || problem.code)}" classname="redoubt.input" time="0">\n`;
    yield `      <error message="${escape(problem.message)}" type="${escape(problem.code)}">${escape(problem.hint ?? "", true)}</error>\n    </testcase>\n`;
  }
  yield "  </testsuite>\n";
}

/** XML 1.0 has no way to write most control characters and lone surrogates: they become U+FFFD. */
// oxlint-disable-next-line no-control-regex -- these are what XML cannot hold
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escape(text: string, keepLines = false): string {
  const escaped = text
    .toWellFormed()
    .replaceAll(NOT_XML, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
  return keepLines ? escaped : escaped.replaceAll("\r", "&#13;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");
}

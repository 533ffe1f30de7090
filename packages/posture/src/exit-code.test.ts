import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "@redoubt/kube";
import { type GateOptions, exitCode } from "./exit-code.ts";
import type { Report } from "./report.ts";
import { sampleReport } from "./sample-report.ts";

const error: Diagnostic = { code: "X", severity: "error", message: "x" };
const report = sampleReport();
const incomplete: Report = { ...report, coverage: { ...report.coverage, diagnostics: [error] } };
const misconfigured: Report = { ...incomplete, configuration: [error] };

// The sample has an open high and an open medium finding, an accepted critical one, and a score of 47.
const cases: readonly (readonly [string, Report, GateOptions, number])[] = [
  ["findings at the threshold fail", report, { failOn: "high" }, 1],
  ["findings above the threshold fail", report, { failOn: "medium" }, 1],
  ["accepted findings do not fail", report, { failOn: "critical" }, 0],
  ["nothing fails when asked for none", report, { failOn: "none" }, 0],
  ["a score below the least fails", report, { failOn: "none", minScore: 48 }, 4],
  ["a score at the least passes", report, { failOn: "none", minScore: 47 }, 0],
  ["findings come before the score", report, { failOn: "high", minScore: 48 }, 1],
  ["incomplete comes before findings", incomplete, { failOn: "high" }, 3],
  ["incomplete never passes", incomplete, { failOn: "none" }, 3],
  ["configuration comes before everything", misconfigured, { failOn: "high" }, 2],
  [
    "warnings fail nothing",
    { ...report, coverage: { ...report.coverage, diagnostics: [{ ...error, severity: "warning" }] } },
    { failOn: "none" },
    0,
  ],
];
for (const [what, given, options, expected] of cases)
  test(what, () => assert.equal(exitCode(given, options), expected));

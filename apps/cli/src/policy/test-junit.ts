import type { TestResult } from "@redoubt/rego";
import { createColors } from "picocolors";
import { failureText } from "./test-report.ts";

/** Results of tests in the XML of JUnit, as CI servers read it: a suite for each package. */
export function testsJunit(results: readonly TestResult[]): string {
  const suites = Map.groupBy(results, (result) => result.package);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts(results)}>`,
    ...[...suites].flatMap(([name, tests]) => [
      `  <testsuite name="${escaped(name)}" ${counts(tests)}>`,
      ...tests.flatMap(testCase),
      "  </testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
}

function counts(results: readonly TestResult[]): string {
  const count = (outcome: TestResult["outcome"]): number =>
    results.filter((result) => result.outcome === outcome).length;
  const time = results.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0n);
  return `tests="${results.length}" failures="${count("fail")}" errors="${count("error")}" skipped="${count("skip")}" time="${seconds(time)}"`;
}

function testCase(result: TestResult): string[] {
  const { location, package: packageName, name, outcome, nanoseconds, output } = result;
  const open = `    <testcase classname="${escaped(packageName)}" name="${escaped(name)}" file="${escaped(location.source.file)}" line="${location.row}" time="${seconds(nanoseconds)}"`;
  const inside = [
    ...(outcome === "skip" ? ["      <skipped/>"] : []),
    ...(outcome === "fail" || outcome === "error" ? [problem(result)] : []),
    ...(output === "" ? [] : [`      <system-out>${escaped(output)}</system-out>`]),
  ];
  return inside.length === 0 ? [`${open}/>`] : [`${open}>`, ...inside, "    </testcase>"];
}

function problem(result: TestResult): string {
  const element = result.outcome === "fail" ? "failure" : "error";
  const message = result.error === undefined ? "the test did not hold" : result.error.message;
  const text = escaped(failureText(result, createColors(false)));
  return `      <${element} message="${escaped(message)}">${text}</${element}>`;
}

function seconds(nanoseconds: bigint): string {
  return (Number(nanoseconds) / 1e9).toFixed(6);
}

// oxlint-disable-next-line no-control-regex -- XML 1.0 has no way to write these
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(NOT_XML, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

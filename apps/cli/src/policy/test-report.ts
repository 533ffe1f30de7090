import {
  type CaseResult,
  type ExplainedExpr,
  type ExplainedRule,
  type NamedValue,
  type TestResult,
  termText,
} from "@redoubt/rego";
import type { createColors } from "picocolors";
import { plain } from "../terminal/plain.ts";
import { evaluationErrorLines } from "./evaluation-errors.ts";

type Paint = ReturnType<typeof createColors>;

const RULE = "-".repeat(80);
const MAX_VALUE = 200;
const OUTCOMES: Readonly<Record<TestResult["outcome"], string>> = {
  pass: "PASS",
  fail: "FAIL",
  skip: "SKIPPED",
  error: "ERROR",
};

/** Results of tests for people; those that pass only with `verbose`. */
export function testReport(results: readonly TestResult[], verbose: boolean, paint: Paint): string {
  const shown = results.filter(({ outcome }) => verbose || outcome !== "pass");
  const lines = shown.flatMap((result) => testLines(result, verbose, paint));
  return [...lines, ...(shown.length === 0 ? [] : [RULE]), ...summaryLines(results), ""].join("\n");
}

function testLines(result: TestResult, verbose: boolean, paint: Paint): string[] {
  const { location, package: packageName, name, outcome, nanoseconds, output, cases, failure, error } = result;
  const color = outcome === "pass" ? paint.green : outcome === "skip" ? paint.yellow : paint.red;
  const took = outcome === "skip" ? "" : ` (${formatDuration(nanoseconds)})`;
  return [
    plain(`${location.source.file}:${location.row}:`),
    `${plain(`${packageName}.${name}`)}: ${color(OUTCOMES[outcome])}${took}`,
    ...caseLines(cases, verbose, "  "),
    ...(error === undefined ? [] : evaluationErrorLines(error).map((line) => `  ${plain(line)}`)),
    ...(failure === undefined ? [] : ruleLines(failure, "  ", paint)),
    ...(output === ""
      ? []
      : [
          "",
          ...output
            .trimEnd()
            .split("\n")
            .map((line) => `  ${plain(line)}`),
          "",
        ]),
  ];
}

function caseLines(cases: readonly CaseResult[], verbose: boolean, indent: string): string[] {
  return cases.flatMap(({ name, failed, cases: inner }) =>
    failed || verbose
      ? [`${indent}${plain(name)}: ${failed ? "FAIL" : "PASS"}`, ...caseLines(inner, verbose, `${indent}  `)]
      : [],
  );
}

/** The expressions of a rule, each with its row, its outcome and its values. */
function ruleLines({ expressions }: ExplainedRule, indent: string, paint: Paint): string[] {
  const width = Math.max(...expressions.map(({ location }) => String(location.row).length));
  return expressions.flatMap((expr) => exprLines(expr, width, indent, paint));
}

const MARKS: Readonly<Record<ExplainedExpr["outcome"], string>> = { passed: "✓", failed: "✗", "not reached": " " };

function exprLines(expr: ExplainedExpr, width: number, indent: string, paint: Paint): string[] {
  const { location, text, outcome, values, tried } = expr;
  const color = outcome === "failed" ? paint.red : outcome === "passed" ? paint.green : paint.dim;
  const [first = "", ...rest] = text.split("\n");
  const gutter = " ".repeat(width + 4);
  const inner = `${indent}${gutter}`;
  return [
    `${indent}${String(location.row).padStart(width)} ${color(`${MARKS[outcome]} ${plain(first.trimEnd())}`)}`,
    ...rest.map((line) => `${indent}${" ".repeat(width + 3)}${color(plain(line.trimEnd()))}`),
    ...values.filter(isWorthShowing).map(({ text: name, value }) => `${inner}${plain(name)}: ${valueText(value)}`),
    ...tried.flatMap((rule) => [
      `${inner}${plain(`${rule.name} (${rule.location.source.file}:${rule.location.row})`)} did not hold:`,
      ...ruleLines(rule, `${inner}  `, paint),
    ]),
  ];
}

/** A literal is its own value. */
function isWorthShowing({ text, value }: NamedValue): boolean {
  return value === undefined || termText(value) !== text;
}

function valueText(value: NamedValue["value"]): string {
  if (value === undefined) return "undefined";
  const text = termText(value);
  return plain(text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}...` : text);
}

function summaryLines(results: readonly TestResult[]): string[] {
  const counts = { pass: 0, fail: 0, skip: 0, error: 0 };
  for (const { outcome, cases } of results) {
    if (cases.length > 0 && (outcome === "pass" || outcome === "fail")) {
      for (const failed of leavesOf(cases)) counts[failed ? "fail" : "pass"] += 1;
    } else {
      counts[outcome] += 1;
    }
  }
  const total = counts.pass + counts.fail + counts.skip + counts.error;
  return (["pass", "fail", "skip", "error"] as const).flatMap((outcome) =>
    counts[outcome] === 0 ? [] : [`${OUTCOMES[outcome]}: ${counts[outcome]}/${total}`],
  );
}

function leavesOf(cases: readonly CaseResult[]): boolean[] {
  return cases.flatMap(({ failed, cases: inner }) => (inner.length === 0 ? [failed] : leavesOf(inner)));
}

/** As Go writes it: `1.5ms`, `250µs`. */
export function formatDuration(nanoseconds: bigint): string {
  const ns = Number(nanoseconds);
  if (ns < 1000) return `${ns}ns`;
  if (ns < 1_000_000) return `${ns / 1000}µs`;
  if (ns < 1_000_000_000) return `${ns / 1_000_000}ms`;
  return `${ns / 1_000_000_000}s`;
}

/** Why a test failed, without colours: for reports that machines read. */
export function failureText(result: TestResult, paint: Paint): string {
  return [
    ...caseLines(result.cases, false, ""),
    ...(result.error === undefined ? [] : evaluationErrorLines(result.error)),
    ...(result.failure === undefined ? [] : ruleLines(result.failure, "", paint)),
  ].join("\n");
}

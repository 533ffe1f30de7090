import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite, test } from "node:test";
import { parseBaseline, writeBaseline } from "../baseline.ts";
import type { Report } from "../report.ts";
import { sampleReport } from "../sample-report.ts";
import { REPORT_FORMATS, type ReportFormat, reporters } from "./formats.ts";
import type { ReporterOptions } from "./reporter.ts";
import { checklistTable } from "./table.ts";

const folder = new URL("../../testdata/golden/", import.meta.url);

function write(format: ReportFormat, report: Report = sampleReport(), options: ReporterOptions = {}): string {
  return [...reporters[format](report, options)].join("");
}

/** `REDOUBT_UPDATE_GOLDEN=1` writes what was given as what is expected. */
function assertGolden(name: string, actual: string): void {
  const file = fileURLToPath(new URL(name, folder));
  if (process.env["REDOUBT_UPDATE_GOLDEN"] === "1") {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, actual);
  }
  assert.equal(actual, readFileSync(file, "utf8"));
}

const brackets = (name: string) => (text: string) => `<${name}>${text}</>`;

suite("golden", () => {
  test("table", () => assertGolden("table.golden", write("table")));
  test("table, narrow and painted", () => {
    const paint = {
      bold: brackets("b"),
      dim: brackets("d"),
      red: brackets("r"),
      yellow: brackets("y"),
      green: brackets("g"),
      cyan: brackets("c"),
      magenta: brackets("m"),
    };
    assertGolden("table-narrow.golden", write("table", sampleReport(), { width: 60, paint }));
  });
  test("checklist", () => assertGolden("checklist.golden", [...checklistTable(sampleReport())].join("")));
  for (const format of ["markdown", "html", "csv", "yaml"] as const)
    test(format, () => assertGolden(`${format}.golden`, write(format)));
});

suite("every format", () => {
  for (const format of REPORT_FORMATS) {
    test(`${format} is the same each time`, () => assert.equal(write(format), write(format)));
    test(`${format} takes a report on nothing`, () => assert.ok(write(format, sampleReport({ text: "" })).length > 0));
    test(`${format} holds no control character that a terminal would obey`, () => {
      // oxlint-disable-next-line no-control-regex -- escape sequences begin with them
      assert.doesNotMatch(write(format), /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/);
    });
  }

  test("table says how much is not shown", () => {
    const text = Array.from(
      { length: 15 },
      (_, index) => `apiVersion: v1\nkind: Namespace\nmetadata: { name: n${index} }\n`,
    ).join("---\n");
    assert.match(write("table", sampleReport({ text })), /and 5 more \(use -o json\)/);
  });

  test("table marks what is new and counts what the baseline had", () => {
    const first = sampleReport().findings.find(({ finding }) => finding.control.id === "NET-001");
    assert.ok(first !== undefined);
    const text = write("table", sampleReport({ baseline: parseBaseline(writeBaseline([first.finding]), "b") }));
    assert.match(text, /\[new\]/);
    assert.match(text, /1 already in the baseline/);
    assert.doesNotMatch(text, /^ {2}NET-001/m);
  });

  test("markdown stays below what a forge takes", () => {
    const text = Array.from(
      { length: 400 },
      (_, index) => `apiVersion: v1\nkind: Namespace\nmetadata: { name: n${index} }\n`,
    ).join("---\n");
    const report = sampleReport({ text });
    const noisy: Report = { ...report, findings: Array.from({ length: 100 }, () => report.findings).flat() };
    assert.ok(write("markdown", noisy).length < 65_536);
  });
});

suite("csv", () => {
  test("is RFC 4180 and cannot start a formula", () => {
    const rows = write("csv").split("\r\n");
    assert.equal(rows.pop(), "");
    assert.ok(rows.some((row) => row.includes(`"'=HYPERLINK(""https://example.com""),`)));
    for (const row of rows) assert.doesNotMatch(row, /(?:^|,)"?[=+@]/);
  });
});

suite("html", () => {
  const page = write("html");
  test("loads nothing and runs nothing but its own script", () => {
    assert.doesNotMatch(page, /<(?:link|img|iframe|object)\b/i);
    assert.doesNotMatch(page, /\s(?:src|href|on\w+)=/i);
    assert.equal(page.match(/<script>/g)?.length, 1);
    assert.match(page, /Content-Security-Policy" content="default-src 'none'/);
  });

  test("shows hostile text as text", () => {
    assert.ok(page.includes("&lt;img src=x onerror=alert(1)&gt;") || page.includes("&lt;b&gt;"));
    assert.doesNotMatch(page, /<img|<b>/);
  });

  test("closes every element it opens", () => {
    const open: string[] = [];
    const body = page.replace(/<script>.*<\/script>/s, "").replace(/<style>.*<\/style>/s, "");
    for (const [, slash, name = ""] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
      if (["meta", "input"].includes(name)) continue;
      if (slash === "") open.push(name);
      else assert.equal(open.pop(), name);
    }
    assert.deepEqual(open, []);
  });
});

suite("gitlab", () => {
  test("lists open findings with places and fingerprints of their own", () => {
    const issues: unknown = JSON.parse(write("gitlab"));
    assert.ok(Array.isArray(issues));
    assert.equal(issues.length, 2);
    assert.equal(new Set(issues.map(({ fingerprint }: { fingerprint: string }) => fingerprint)).size, 2);
    assert.deepEqual(issues[0].location, { path: "manifests/shop app.yaml", lines: { begin: 18 } });
    assert.equal(issues[0].severity, "critical");
  });
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { snapshotFromText } from "@redoubt/kube";
import { assess } from "./assess.ts";
import { parseBaseline, writeBaseline } from "./baseline.ts";
import { exitCode } from "./exit-code.ts";
import type { Report } from "./report.ts";
import { json } from "./reporters/json.ts";
import { SAMPLE_TEXT, sampleControls } from "./sample-report.ts";

const FILE = "deploy/shop.yaml";

function scan(text: string, file = FILE, baseline?: string): Report {
  return assess(snapshotFromText(text, { file }), {
    time: "2026-11-24T00:00:00Z",
    version: "0.1.0",
    controls: sampleControls,
    ...(baseline === undefined ? {} : { baseline: parseBaseline(baseline, "baseline.json") }),
  });
}

const before = scan(SAMPLE_TEXT);
const full = [...json(before)].join("");
const compact = writeBaseline(
  before.findings.filter(({ finding }) => finding.verdict === "fail").map(({ finding }) => finding),
);

suite("a baseline", () => {
  for (const [form, baseline] of [
    ["a JSON report", full],
    ["the compact form", compact],
  ] as const) {
    test(`as ${form} has everything when nothing changed`, () => {
      assert.deepEqual(scan(SAMPLE_TEXT, FILE, baseline).baseline, { new: 0, unchanged: 3, fixed: 0 });
      assert.equal(exitCode(scan(SAMPLE_TEXT, FILE, baseline), { failOn: "info" }), 0);
    });

    test(`as ${form} survives comments, reordered containers and ./`, () => {
      const moved = SAMPLE_TEXT.replace(
        "      - name: web",
        "      - name: first\n        image: a:1\n      - name: web",
      ).replace("---\n", "---\n# more\n\n");
      assert.deepEqual(scan(moved, `./${FILE}`, baseline).baseline, { new: 0, unchanged: 3, fixed: 0 });
    });

    test(`as ${form} lets new findings fail`, () => {
      const report = scan(SAMPLE_TEXT.replace("shop/proxy:1.2.3", "shop/proxy"), FILE, baseline);
      assert.deepEqual(report.baseline, { new: 1, unchanged: 3, fixed: 0 });
      assert.equal(exitCode(report, { failOn: "high" }), 1);
      assert.deepEqual(
        report.findings.filter((reported) => reported.baseline === "new").map(({ finding }) => finding.message),
        ["container proxy runs shop/proxy, which has no tag | <b>"],
      );
    });

    test(`as ${form} counts what was mended`, () => {
      assert.deepEqual(scan(SAMPLE_TEXT.replace("image: shop/web\n", "image: shop/web:1\n"), FILE, baseline).baseline, {
        new: 0,
        unchanged: 2,
        fixed: 1,
      });
    });

    test(`as ${form} knows a file that was renamed`, () => {
      assert.deepEqual(scan(SAMPLE_TEXT, "renamed.yaml", baseline).baseline, { new: 0, unchanged: 3, fixed: 0 });
    });
  }

  test("does not cover the same finding in a second file", () => {
    const both = snapshotFromText(SAMPLE_TEXT, { file: FILE });
    const copy = snapshotFromText(SAMPLE_TEXT, { file: "copy.yaml" });
    const joined = new (Object.getPrototypeOf(both).constructor)({ objects: [...both.objects, ...copy.objects] });
    const report = assess(joined, {
      time: "2026-11-24T00:00:00Z",
      version: "0.1.0",
      controls: sampleControls,
      baseline: parseBaseline(compact, "b"),
    });
    assert.equal(report.baseline?.unchanged, 3);
    assert.equal(report.baseline?.new, 3);
  });

  for (const [what, text] of [
    ["no JSON", "exceptions: []"],
    ["another document", '{"kind":"List"}'],
    ["null", "null"],
    ["findings without keys", '{"apiVersion":"redoubt.dev/v1","kind":"Baseline","findings":[{"file":"a"}]}'],
  ] as const) {
    test(`that is ${what} is refused`, () => {
      assert.throws(() => parseBaseline(text, "b.json"), { code: "BASELINE_INVALID" });
    });
  }
});

/** Machine formats against the schemas of those who read them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { suite, test } from "node:test";
import { isJsonObject, snapshotFromText } from "@redoubt/kube";
import { Ajv, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { assess } from "../assess.ts";
import { parseBaseline, writeBaseline } from "../baseline.ts";
import { catalogue } from "../catalogue.ts";
import type { Report } from "../report.ts";
import { SAMPLE_TEXT, sampleReport } from "../sample-report.ts";
import { type ReportFormat, reporters } from "./formats.ts";

const require = createRequire(import.meta.url);

function read(url: URL | string): object {
  const value: unknown = JSON.parse(readFileSync(url, "utf8"));
  assert.ok(isJsonObject(value));
  return value;
}

function compile(ajv: Ajv, schema: object): ValidateFunction {
  addFormats.default(ajv);
  return ajv.compile(schema);
}

/** The official schema is of draft 4: what ajv would not take is its own name and dialect. */
function sarifSchema(): object {
  const {
    id: _id,
    $schema: _dialect,
    ...schema
  } = { id: "", $schema: "", ...read(require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")) };
  return schema;
}

const schemas: readonly (readonly [ReportFormat, ValidateFunction])[] = [
  [
    "json",
    compile(
      new Ajv2020({ strict: true, allErrors: true }),
      read(new URL("../../../../docs/schema/report-v1.schema.json", import.meta.url)),
    ),
  ],
  // One of its patterns is not valid with the u flag.
  ["sarif", compile(new Ajv({ strict: false, allErrors: true, unicodeRegExp: false }), sarifSchema())],
  [
    "oscal",
    compile(
      new Ajv2020({ strict: true, strictRequired: false, allErrors: true }),
      read(new URL("../../testdata/schemas/oscal-assessment-results.schema.json", import.meta.url)),
    ),
  ],
];

const denied = sampleReport().findings.find(({ finding }) => finding.control.id === "NET-001");
assert.ok(denied !== undefined);
const problem = {
  code: "KUBE_PARSE",
  severity: "error",
  message: "bad \u0007",
  file: "a b.yaml",
  region: { start: { line: 1, column: 1, offset: 0 }, end: { line: 1, column: 1, offset: 0 } },
} as const;
const sample = sampleReport();
const all = snapshotFromText(
  catalogue.map(({ examples }) => (examples.file === undefined ? examples.failing : "")).join("\n---\n"),
  { file: "all.yaml" },
);

const reports: readonly (readonly [string, Report])[] = [
  ["the sample", sample],
  ["nothing", sampleReport({ text: "" })],
  ["a baseline", sampleReport({ baseline: parseBaseline(writeBaseline([denied.finding]), "b") })],
  [
    "problems",
    {
      ...sample,
      configuration: [problem],
      coverage: { ...sample.coverage, diagnostics: [problem, { ...problem, severity: "warning" }] },
    },
  ],
  [
    "an expired exception",
    assess(snapshotFromText(SAMPLE_TEXT, { file: "/absolute/path.yaml" }), {
      time: "2030-01-01T00:00:00Z",
      version: "0.1.0",
    }),
  ],
  ["every control's failing example", assess(all, { time: "2026-11-24T00:00:00Z", version: "0.1.0" })],
];

for (const [format, validate] of schemas) {
  suite(`${format} is valid`, () => {
    for (const [what, report] of reports) {
      test(`for ${what}`, () => {
        const document: unknown = JSON.parse([...reporters[format](report, { baseUri: "file:///repo/" })].join(""));
        assert.ok(validate(document), JSON.stringify(validate.errors?.slice(0, 5), null, 2));
      });
    }
  });
}

test("yaml is the same document as json", () => {
  for (const [, report] of reports) {
    const document: unknown = JSON.parse([...reporters.json(report)].join(""));
    const { artifacts, objects } = snapshotFromText([...reporters.yaml(report)].join(""), { file: "report.yaml" });
    assert.deepEqual(objects[0]?.value ?? artifacts[0]?.value, document);
  }
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { formatDiagnostic, snapshotFromText } from "@redoubt/kube";
import { type AssessOptions, assess } from "./assess.ts";
import { parseExceptions } from "./exception-file.ts";
import { globMatches } from "./exception.ts";
import { exitCode } from "./exit-code.ts";
import { SAMPLE_TEXT, SAMPLE_TIME, sampleControls } from "./sample-report.ts";
import type { Report } from "./report.ts";

const VALID = `exceptions:
- control: IMG-001
  match: { kind: Deployment, namespace: shop, name: we* }
  reason: the tag is set by the pipeline
  owner: web@example.com
  expires: "2026-12-31"
`;

function scan(exceptions: string, options: Partial<AssessOptions> = {}): Report {
  return assess(snapshotFromText(SAMPLE_TEXT, { file: "deploy/shop.yaml" }), {
    time: SAMPLE_TIME,
    version: "0.1.0",
    controls: sampleControls,
    exceptions: parseExceptions(exceptions, "exceptions.yaml"),
    ...options,
  });
}

suite("an exceptions file", () => {
  const errors: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "holds no list",
      "control: IMG-001\n",
      ["exceptions.yaml:1:1: error EXCEPTION_INVALID: the file must hold a list named `exceptions`"],
    ],
    [
      "lacks fields",
      "exceptions:\n- control: IMG-001\n",
      [
        "exceptions.yaml:2:3: error EXCEPTION_INVALID: reason is missing",
        "exceptions.yaml:2:3: error EXCEPTION_INVALID: owner is missing",
        "exceptions.yaml:2:3: error EXCEPTION_INVALID: expires is missing",
        "exceptions.yaml:2:3: error EXCEPTION_INVALID: match is missing (give at least one of kind, namespace, name, labels, file)",
      ],
    ],
    [
      "matches everything",
      VALID.replace(/match: .*/, "match: {}"),
      [
        "exceptions.yaml:3:3: error EXCEPTION_INVALID: match must say which resources it is for (give at least one of kind, namespace, name, labels, file)",
      ],
    ],
    [
      "names no control",
      VALID.replace("IMG-001", "IMG-01O"),
      ['exceptions.yaml:2:3: error EXCEPTION_INVALID: there is no control "IMG-01O"'],
    ],
    [
      "ends on the 31st of February",
      VALID.replace("2026-12-31", "2026-02-31"),
      ['exceptions.yaml:6:3: error EXCEPTION_INVALID: expires is "2026-02-31", which is not a date'],
    ],
    [
      "ends never",
      VALID.replace("2026-12-31", "never"),
      ['exceptions.yaml:6:3: error EXCEPTION_INVALID: expires is "never", which is not a date'],
    ],
    [
      "misspells a field",
      VALID.replace("reason:", "raeson:"),
      [
        'exceptions.yaml:4:3: error EXCEPTION_INVALID: unknown field "raeson" (did you mean reason?)',
        "exceptions.yaml:2:3: error EXCEPTION_INVALID: reason is missing",
      ],
    ],
    [
      "has a number for a label",
      VALID.replace("name: we*", "labels: { tier: 1 }"),
      [
        "exceptions.yaml:3:47: error EXCEPTION_INVALID: match.labels must be a mapping of label names to texts (quote numbers and true/false)",
      ],
    ],
  ];
  for (const [what, text, expected] of errors) {
    test(`that ${what} is a configuration error with its place`, () => {
      const { exceptions, problems } = parseExceptions(text, "exceptions.yaml");
      assert.deepEqual(exceptions, []);
      const found = problems.map(formatDiagnostic);
      assert.equal(found.length, expected.length, found.join("\n"));
      for (const [index, message] of expected.entries())
        assert.ok(found[index]?.startsWith(message), `${found[index]}\n  is not\n${message}`);
      assert.equal(exitCode(scan(text), { failOn: "none" }), 2);
    });
  }

  test("that is empty has no exceptions", () => {
    assert.deepEqual(parseExceptions("", "exceptions.yaml"), { exceptions: [], problems: [] });
  });

  test("marks what it matches, keeps it in the report, and does not raise the score", () => {
    const report = scan(VALID);
    const marked = report.findings.find(({ finding }) => finding.control.id === "IMG-001");
    assert.equal(marked?.exception?.owner, "web@example.com");
    assert.equal(report.exceptions[0]?.state, "applied");
    assert.equal(report.score.value, scan("", { annotations: false }).score.value);
    assert.equal(report.checklist.find(({ item }) => item === "image-scanning")?.verdict, "fail");
  });

  const others: readonly (readonly [string, string])[] = [
    ["another kind", VALID.replace("Deployment", "Pod")],
    ["another namespace", VALID.replace("namespace: shop", "namespace: shops")],
    ["another name", VALID.replace("we*", "ap*")],
    ["a label that is not there", VALID.replace("name: we*", "labels: { tier: front }")],
    ["another file", VALID.replace("name: we*", "file: other/*")],
  ];
  for (const [what, text] of others) {
    test(`for ${what} is unused, which is reported`, () => {
      const report = scan(text);
      assert.equal(report.exceptions[0]?.state, "unused");
      assert.match(
        report.coverage.diagnostics.map(formatDiagnostic).join("\n"),
        /^exceptions.yaml:2:3: warning EXCEPTION_UNUSED: exception for IMG-001/,
      );
      assert.equal(report.findings.find(({ finding }) => finding.control.id === "IMG-001")?.exception, undefined);
    });
  }

  test("for its file matches with or without ./", () => {
    assert.equal(scan(VALID.replace("name: we*", "file: deploy/*.yaml")).exceptions[0]?.state, "applied");
  });

  const moments: readonly (readonly [string, string, "applied" | "expired"])[] = [
    ["2026-12-31", "2026-12-31T23:59:59Z", "applied"],
    ["2026-12-31", "2027-01-01T00:00:00Z", "expired"],
    ["2026-12-31T12:00:00+01:00", "2026-12-31T10:59:59Z", "applied"],
    ["2026-12-31T12:00:00+01:00", "2026-12-31T11:00:00Z", "expired"],
    ["2026-12-31", "no time", "expired"],
  ];
  for (const [expires, time, state] of moments) {
    test(`that expires ${expires} has ${state} at ${time}`, () => {
      const report = scan(VALID.replace("2026-12-31", expires), { time });
      assert.equal(report.exceptions[0]?.state, state);
      const expired = report.coverage.diagnostics.some(({ code }) => code === "EXCEPTION_EXPIRED");
      assert.equal(expired, state === "expired");
      assert.equal(
        report.findings.find(({ finding }) => finding.control.id === "IMG-001")?.exception !== undefined,
        state === "applied",
      );
    });
  }
});

suite("an exception by annotation", () => {
  test("is for its own object", () => {
    const report = scan("");
    const excepted = report.findings.filter(({ exception }) => exception !== undefined);
    assert.deepEqual(
      excepted.map(({ finding, exception }) => [finding.control.id, exception?.reason, exception?.owner]),
      [["RBAC-001", "agreed with the team", "ops@example.com"]],
    );
  });

  test("can be switched off", () => {
    assert.equal(
      scan("", { annotations: false }).findings.filter(({ exception }) => exception !== undefined).length,
      0,
    );
  });

  test("that lacks a field is a configuration error with its place", () => {
    const text = SAMPLE_TEXT.replace("; owner=ops@example.com", "");
    const report = assess(snapshotFromText(text, { file: "a.yaml" }), {
      time: SAMPLE_TIME,
      version: "0.1.0",
      controls: sampleControls,
    });
    assert.match(
      report.configuration.map(formatDiagnostic).join("\n"),
      /^a.yaml:28:5: error EXCEPTION_INVALID: annotation redoubt.dev\/exception.RBAC-001 of ConfigMap shop\/settings: owner is missing/,
    );
    assert.equal(exitCode(report, { failOn: "none" }), 2);
  });
});

test("a glob's star is any text and its question mark one character", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["*", "", true],
    ["a*", "abc", true],
    ["*c", "abc", true],
    ["a*c", "abbbc", true],
    ["a*c", "abbb", false],
    ["?", "a", true],
    ["?", "", false],
    ["a.c", "abc", false],
    ["*a*b*", "xxaxxbxx", true],
    [`${"*a".repeat(30)}b`, "a".repeat(5000), false],
  ];
  for (const [pattern, text, expected] of cases)
    assert.equal(globMatches(pattern, text), expected, `${pattern} ${text.slice(0, 20)}`);
});

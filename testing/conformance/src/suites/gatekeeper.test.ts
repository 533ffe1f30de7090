import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { runSuite } from "../run-suite.ts";
import { gatekeeper } from "./gatekeeper.ts";

const TEMPLATE = `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: denyall }
spec:
  crd:
    spec:
      names: { kind: DenyAll }
      validation: { openAPIV3Schema: { type: object, properties: { why: { type: string } } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package denyall
        violation[{"msg": msg}] { msg := sprintf("denied: %v", [input.parameters.why]) }
`;
const CONSTRAINT =
  "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: DenyAll\nmetadata: { name: all }\nspec: { parameters: { why: policy } }\n";
const POD = "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n";

function suiteText(tests: string): string {
  return `kind: Suite\napiVersion: test.gatekeeper.sh/v1alpha1\ntests:\n${tests}`;
}

suite("the gatekeeper suite", () => {
  const folder = mkdtempSync(join(tmpdir(), "gatekeeper-"));
  test.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "a"));
  writeFileSync(join(folder, "a/template.yaml"), TEMPLATE);
  writeFileSync(join(folder, "a/constraint.yaml"), CONSTRAINT);
  writeFileSync(join(folder, "a/bad.yaml"), CONSTRAINT.replace("why: policy", "why: 1"));
  writeFileSync(join(folder, "a/pod.yaml"), POD);
  const judge = async (tests: string): Promise<string> => {
    writeFileSync(join(folder, "a/suite.yaml"), suiteText(tests));
    const { passed, failures, skips } = await runSuite(gatekeeper, folder);
    return `${passed} ${failures.length} ${skips.length}: ${failures.map(({ message }) => message).join("; ")}`;
  };
  const head = "- name: t\n  template: template.yaml\n  constraint: constraint.yaml\n";

  test("counts, yes, no and messages are judged", async () => {
    const cases = [
      "- { name: count, object: pod.yaml, assertions: [{ violations: 1 }] }",
      "- { name: yes, object: pod.yaml, assertions: [{ violations: yes, message: 'den.*pol' }] }",
      "- { name: no, object: pod.yaml, assertions: [{ violations: no, message: other }] }",
      "- { name: default, object: pod.yaml, assertions: [{ message: denied }] }",
      "- { name: skipped, skip: true, object: pod.yaml, assertions: [{}] }",
    ];
    assert.equal(await judge(`${head}  cases:\n${cases.map((item) => `  ${item}\n`).join("")}`), "4 0 1: ");
  });

  test("what does not hold fails, with the messages there were", async () => {
    const cases =
      "  cases:\n  - { name: a, object: pod.yaml, assertions: [{ violations: no }] }\n  - { name: b, object: pod.yaml, assertions: [] }\n";
    assert.equal(
      await judge(head + cases),
      "0 2 0: unexpected number of violations: got 1 violations but want none: got messages [denied: policy]; invalid case: assertions must be non-empty",
    );
  });

  test("`invalid` wants a schema error", async () => {
    assert.equal(
      await judge(`- { name: t, template: template.yaml, constraint: bad.yaml, invalid: true }\n`),
      "1 0 0: ",
    );
    assert.match(
      await judge(`- { name: t, template: template.yaml, constraint: constraint.yaml, invalid: true }\n`),
      /^0 1 0: expected/,
    );
    assert.match(
      await judge(`- { name: t, template: template.yaml, constraint: bad.yaml }\n`),
      /^0 1 0: schema validation failed/,
    );
  });

  test("a file that is not there fails", async () => {
    assert.match(await judge(`- { name: t, template: none.yaml, constraint: constraint.yaml }\n`), /^0 1 0: ENOENT/);
  });
});

const corpus = join(import.meta.dirname, "../../../../..", "shared", "corpora", "gatekeeper");

test(
  "every suite of gatekeeper-library passes, with each engine that its template has",
  { skip: existsSync(corpus) ? false : "the suites are not here" },
  async () => {
    const { passed, failures, skips } = await runSuite(gatekeeper, corpus);
    assert.deepEqual(failures, []);
    assert.deepEqual(skips, []);
    assert.ok(passed > 250);
  },
);

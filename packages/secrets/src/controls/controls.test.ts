import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { evaluate } from "@redoubt/control";
import { snapshotFromText } from "@redoubt/kube";
import { controls } from "./index.ts";

suite("every control on its own examples", () => {
  for (const control of controls) {
    const run = (text: string): ReturnType<typeof evaluate>["results"][number] | undefined => {
      const { file } = control.examples;
      const snapshot = snapshotFromText(text, file === undefined ? {} : { file });
      assert.deepEqual(snapshot.diagnostics, []);
      const evaluation = evaluate([control], snapshot);
      assert.deepEqual(evaluation.diagnostics, []);
      return evaluation.results[0];
    };
    test(`${control.id} fails`, () => {
      const result = run(control.examples.failing);
      assert.equal(result?.verdict, "fail");
      for (const { message, resource, path } of result?.findings ?? []) {
        assert.match(message, /^\S.*\S$/s);
        assert.ok(resource?.origin.kind !== "file" || resource.origin.locate(path).start.line > 0);
      }
    });
    test(`${control.id} passes`, () => assert.equal(run(control.examples.passing)?.verdict, "pass"));
  }

  test("ids are in order and fixes are where they are promised", () => {
    const ids = controls.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)].sort());
    for (const control of controls) {
      const { file } = control.examples;
      const [result] = evaluate(
        [control],
        snapshotFromText(control.examples.failing, file === undefined ? {} : { file }),
      ).results;
      assert.equal(
        result?.findings.some(({ fix }) => fix !== undefined),
        control.fixable,
        control.id,
      );
    }
  });
});

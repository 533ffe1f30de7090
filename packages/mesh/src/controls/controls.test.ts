import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { evaluate } from "@redoubt/control";
import { snapshotFromText } from "@redoubt/kube";
import { controls } from "./index.ts";

suite("every control", () => {
  test("has an id of its own, in order", () => {
    const ids = controls.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)].toSorted());
  });

  for (const control of controls) {
    test(`${control.id} fails its failing example and passes its passing one`, () => {
      const failing = evaluate([control], snapshotFromText(control.examples.failing)).results[0];
      assert.equal(failing?.verdict, "fail", "the failing example");
      assert.equal(
        failing.findings.some(({ fix }) => fix !== undefined),
        control.fixable,
        "fixable",
      );
      const passing = evaluate([control], snapshotFromText(control.examples.passing)).results[0];
      assert.deepEqual(
        passing?.findings.map(({ message }) => message),
        [],
        "the passing example",
      );
      assert.notEqual(passing?.passed.length, 0, "the passing example is judged");
    });
  }
});

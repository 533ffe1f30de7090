import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Control, evaluate } from "@redoubt/control";
import { type ClusterSnapshot, formatDiagnostic, snapshotFromText } from "@redoubt/kube";
import { catalogue, findControl } from "./catalogue.ts";
import { CHECKLIST } from "./checklist-items.ts";
import { fixSnapshot } from "./fix/fix-snapshot.ts";

function read(text: string, { examples }: Control): ClusterSnapshot {
  const snapshot = snapshotFromText(text, examples.file === undefined ? {} : { file: examples.file });
  assert.deepEqual(snapshot.diagnostics.filter(({ severity }) => severity === "error").map(formatDiagnostic), []);
  return snapshot;
}

suite("the catalogue", () => {
  test("has unique ids of one form, in order", () => {
    const ids = catalogue.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)].sort());
    assert.deepEqual(
      ids.filter((id) => !/^[A-Z]{3,4}-\d{3}$/.test(id)),
      [],
    );
  });

  test("has at least 80 controls and one for each item of the checklist that objects can speak about", () => {
    assert.ok(catalogue.length >= 80, `${catalogue.length} controls`);
    const items = new Set(catalogue.map(({ item }) => item));
    for (const { id } of CHECKLIST) assert.ok(items.has(id), `no control is for ${id}`);
  });

  test("says of every control why it matters and what to do", () => {
    for (const { id, title, rationale, remediation } of catalogue) {
      assert.ok(title.length > 5 && rationale.length > 20 && remediation.length > 10, `${id} says too little`);
      assert.ok(!title.endsWith("."), `${id}: a title is no sentence`);
    }
  });

  for (const control of catalogue) {
    suite(control.id, () => {
      test("fails on its failing example", () => {
        const { results, diagnostics } = evaluate([control], read(control.examples.failing, control));
        assert.deepEqual(diagnostics, []);
        assert.equal(results[0]?.verdict, "fail");
        const fixes = results[0].findings.filter(({ fix }) => fix !== undefined);
        if (!control.fixable) assert.equal(fixes.length, 0, "carries a fix although it is not fixable");
      });

      test("passes on its passing example", () => {
        const { results, diagnostics } = evaluate([control], read(control.examples.passing, control));
        assert.deepEqual(diagnostics, []);
        assert.deepEqual(
          results[0]?.findings.filter(({ verdict }) => verdict === "fail").map(({ message }) => message),
          [],
        );
        assert.ok((results[0]?.passed.length ?? 0) > 0, "nothing passes");
      });

      if (control.fixable) {
        test("is fixable: the fix of the failing example leaves nothing to fix", () => {
          const plan = fixSnapshot(read(control.examples.failing, control), [control]);
          assert.ok(plan.applied.length > 0, "no fix is made");
          assert.deepEqual(plan.refused, []);
          assert.deepEqual(
            plan.left.filter(({ fix }) => fix !== undefined).map(({ message }) => message),
            [],
          );
        });
      }
    });
  }
});

suite("findControl", () => {
  for (const id of ["RBAC-001", "rbac-001", "rbac-1", " RBAC001 "]) {
    test(`finds ${JSON.stringify(id)}`, () => {
      const found = findControl(id);
      assert.equal(found.kind, "found");
      assert.equal(found.control.id, "RBAC-001");
    });
  }

  test("suggests what may have been meant", () => {
    const found = findControl("RBCA-001");
    assert.equal(found.kind, "unknown");
    assert.equal(found.suggestions[0]?.id, "RBAC-001");
  });

  test("suggests nothing for something else", () => {
    assert.deepEqual(findControl("x".repeat(1000)), { kind: "unknown", suggestions: [] });
  });
});

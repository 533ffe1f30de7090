import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { CHECKLIST_ITEMS, type Control } from "@redoubt/control";
import { snapshotFromText } from "@redoubt/kube";
import { assess } from "./assess.ts";
import { catalogue } from "./catalogue.ts";
import { CHECKLIST } from "./checklist-items.ts";
import type { ChecklistResult } from "./report.ts";

const options = { time: "2026-11-24T00:00:00Z", version: "0.1.0" };

function judge(text: string, item: string, controls?: readonly Control[], file?: string): ChecklistResult {
  const snapshot = snapshotFromText(text, file === undefined ? {} : { file });
  const found = assess(snapshot, { ...options, ...(controls === undefined ? {} : { controls }) }).checklist.find(
    (result) => result.item === item,
  );
  assert.ok(found !== undefined);
  return found;
}

test("the checklist is the guide's ten items in its order", () => {
  assert.deepEqual(
    CHECKLIST.map(({ id }) => id),
    [...CHECKLIST_ITEMS],
  );
});

test("every requirement that objects can show names controls that exist", () => {
  const ids = new Set(catalogue.map(({ id }) => id));
  for (const { id, requirements } of CHECKLIST) {
    assert.ok(requirements.length > 0);
    for (const requirement of requirements) {
      if (requirement.kind === "live") continue;
      assert.ok(requirement.controls.length > 0, `${id}: nothing can show that ${requirement.text}`);
      for (const control of requirement.controls) assert.ok(ids.has(control), `${id} names ${control}`);
    }
  }
});

suite("an item", () => {
  test("is unknown for every item when nothing is given, and says what would tell", () => {
    const { checklist } = assess(snapshotFromText(""), options);
    for (const { item, verdict, needs, evidence } of checklist) {
      assert.equal(verdict, "unknown", item);
      assert.ok(needs.length > 0, item);
      assert.deepEqual(evidence, []);
    }
  });

  test("fails when one of its controls fails", () => {
    const failing = catalogue.find(({ id }) => id === "RBAC-001")?.examples.failing ?? "";
    const result = judge(failing, "rbac");
    assert.equal(result.verdict, "fail");
    assert.match(result.needs.join("\n"), /mend 1 finding of RBAC-001/);
  });

  test("with evidence for some requirements is unknown, not pass", () => {
    const passing = catalogue.find(({ id }) => id === "INF-001")?.examples.passing ?? "";
    const result = judge(passing, "secrets-at-rest", undefined, "encryption.yaml");
    assert.notEqual(result.verdict, "pass");
    assert.equal(result.requirements[0]?.verdict, "pass");
    assert.deepEqual(result.evidence[0], {
      control: "INF-001",
      kind: "config-file",
      source: "EncryptionConfiguration in encryption.yaml",
    });
    assert.match(result.needs.join("\n"), /encryption-provider-config/);
  });

  test("passes when every requirement is shown", () => {
    const ids = CHECKLIST.find(({ id }) => id === "image-scanning")?.requirements.flatMap((requirement) =>
      requirement.kind === "objects" ? requirement.controls : [],
    );
    assert.ok(ids !== undefined);
    const controls = catalogue
      .filter(({ id }) => ids.includes(id))
      .map((control): Control => ({
        ...control,
        check: (snapshot, report) => snapshot.objects.forEach((object) => report.pass(object)),
      }));
    const result = judge("apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n", "image-scanning", controls);
    assert.equal(result.verdict, "pass");
    assert.deepEqual(result.needs, []);
  });

  test("is not failed by findings of low severity", () => {
    const low: Control = {
      ...(catalogue.find(({ id }) => id === "RBAC-001") ?? assert.fail()),
      severity: "low",
      check: (snapshot, report) => snapshot.objects.forEach((object) => report.fail(object, { message: "small" })),
    };
    assert.equal(
      judge("apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n", "rbac", [{ ...low, id: "RBAC-999" }]).verdict,
      "unknown",
    );
  });
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { findAt, mergeDocuments, replaceAt } from "./merge.ts";

suite("documents", () => {
  test("merge key by key; where they cannot, the first wins", () => {
    assert.deepEqual(mergeDocuments({ a: { b: 1 }, c: 1 }, { a: { d: 2 }, c: { e: 3 } }), { a: { b: 1, d: 2 }, c: 1 });
    assert.equal(mergeDocuments(undefined, 1), 1);
    assert.equal(mergeDocuments(1, undefined), 1);
  });

  test("are replaced in part without a change to the original", () => {
    const original = { a: { b: 1, c: 2 }, d: 3 };
    assert.deepEqual(replaceAt(original, ["a", "b"], 9), { a: { b: 9, c: 2 }, d: 3 });
    assert.deepEqual(original, { a: { b: 1, c: 2 }, d: 3 });
    assert.deepEqual(replaceAt(undefined, ["a", "b"], 9), { a: { b: 9 } });
    assert.deepEqual(replaceAt("text", ["a"], 9), { a: 9 });
    assert.equal(replaceAt(original, [], 9), 9);
  });

  test("are read by a path in which digits are a key", () => {
    assert.equal(findAt({ a: { 1: "x" } }, ["a", 1]), "x");
    assert.equal(findAt({ a: ["x", "y"] }, ["a", 1]), "y");
    assert.equal(findAt({ a: 1 }, ["a", "b"]), undefined);
  });
});

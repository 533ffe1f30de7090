import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type JsonValue, jsonText, parseJson } from "@redoubt/kube";
import * as fc from "fast-check";
import { PatchError, type PatchOperation, applyPatch, diff } from "./json-patch.ts";

const json: fc.Arbitrary<JsonValue> = fc.json({ noUnicodeString: false, maxDepth: 4 }).map(parseJson);

suite("JSON Patch", () => {
  test("the difference of any two values leads from one to the other, and leaves both as they are", () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const [one, two] = [jsonText(before), jsonText(after)];
        assert.deepEqual(parseJson(jsonText(applyPatch(before, diff(before, after)))), parseJson(two));
        assert.deepEqual([jsonText(before), jsonText(after)], [one, two]);
      }),
      { numRuns: 500 },
    );
  });

  test("operations of the RFC", () => {
    const document = { a: [1, 2], "x/y": { "~": 1 } };
    const results: readonly (readonly [readonly PatchOperation[], unknown])[] = [
      [[{ op: "add", path: "/a/1", value: 9 }], { ...document, a: [1, 9, 2] }],
      [[{ op: "add", path: "/a/-", value: 9 }], { ...document, a: [1, 2, 9] }],
      [[{ op: "replace", path: "/x~1y/~0", value: 2 }], { ...document, "x/y": { "~": 2 } }],
      [[{ op: "remove", path: "/a/0" }], { ...document, a: [2] }],
      [[{ op: "move", from: "/a", path: "/b" }], { "x/y": { "~": 1 }, b: [1, 2] }],
      [[{ op: "copy", from: "/a/0", path: "/a/-" }], { ...document, a: [1, 2, 1] }],
      [[{ op: "test", path: "/a", value: [1, 2] }], document],
      [[{ op: "remove", path: "/a/-1" }], { ...document, a: [1] }],
      [[{ op: "replace", path: "/new", value: 1 }], { ...document, new: 1 }],
    ];
    for (const [patch, expected] of results) assert.deepEqual(applyPatch(document, patch), expected);
    const failing: readonly PatchOperation[] = [
      { op: "remove", path: "/b" },
      { op: "replace", path: "/a/2", value: 1 },
      { op: "add", path: "/a/3", value: 1 },
      { op: "remove", path: "/a/-3" },
      { op: "add", path: "/b/c", value: 1 },
      { op: "add", path: "a", value: 1 },
      { op: "copy", from: "/none/x", path: "/b" },
      { op: "test", path: "/a/0", value: 2 },
    ];
    for (const operation of failing) assert.throws(() => applyPatch(document, [operation]), PatchError);
    assert.deepEqual(Object.keys(applyPatch({}, [{ op: "add", path: "/__proto__", value: 1 }]) ?? {}), ["__proto__"]);
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { groupBy } from "./node-20.ts";

const keyOf = (item: number, index: number): boolean => (item + index) % 2 === 0;

test("groups as Map.groupBy does", () => {
  for (const items of [[], [1], [3, 1, 2, 3, 4]]) {
    assert.deepEqual(groupBy(items, keyOf), Map.groupBy(items, keyOf));
  }
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Value } from "../values/value.ts";
import { type DataPath, Documents, formatDataPath, hasValueAt } from "./documents.ts";

type Puts = readonly (readonly [DataPath, Value])[];

function join(puts: Puts): unknown {
  const documents = new Documents();
  for (const [place, value] of puts) {
    const conflict = documents.put(place, value);
    if (conflict !== undefined) return { conflict };
  }
  return documents.value;
}

suite("documents of several sources", () => {
  const table: readonly (readonly [string, Puts, unknown])[] = [
    ["one at the root", [[[], { a: 1 }]], { a: 1 }],
    ["one at a place", [[["x", "y"], [1]]], { x: { y: [1] } }],
    [
      "objects are joined",
      [
        [[], { a: { b: { c: 1 } } }],
        [["a"], { b: { d: 2 } }],
        [["a", "b", "e"], 3],
      ],
      { a: { b: { c: 1, d: 2, e: 3 } } },
    ],
    [
      "a value stands already",
      [
        [[], { a: { b: 1 } }],
        [["a"], { b: 1 }],
      ],
      { conflict: ["a", "b"] },
    ],
    [
      "an object over a value",
      [
        [["a"], 1],
        [["a"], { b: 1 }],
      ],
      { conflict: ["a"] },
    ],
    [
      "a place inside a value",
      [
        [["a"], [1]],
        [["a", "b", "c"], 1],
      ],
      { conflict: ["a"] },
    ],
    [
      "arrays are not joined",
      [
        [["a"], [1]],
        [["a"], [2]],
      ],
      { conflict: ["a"] },
    ],
    ["no object at the root", [[[], [1]]], { conflict: "not an object" }],
    [
      "null is a value",
      [
        [["a"], null],
        [["a"], {}],
      ],
      { conflict: ["a"] },
    ],
  ];
  for (const [title, puts, expected] of table) {
    test(title, () => {
      assert.deepEqual(join(puts), expected);
    });
  }

  test("what was put in is not changed", () => {
    const first = { a: { b: 1 } };
    join([
      [[], first],
      [["a", "c"], 2],
    ]);
    assert.deepEqual(first, { a: { b: 1 } });
  });
  test("names of JavaScript are keys like any other", () => {
    const value = join([
      [["__proto__", "x"], 1],
      [["__proto__"], { y: 2 }],
      [["constructor"], { prototype: 3 }],
    ]);
    assert.equal(JSON.stringify(value), '{"__proto__":{"x":1,"y":2},"constructor":{"prototype":3}}');
    assert.equal(Object.hasOwn(Object.prototype, "x"), false);
  });
  test("objects may be nested deeply on both sides", () => {
    const deep = (last: string): Value => {
      let value: Value = { [last]: 1 };
      for (let depth = 0; depth < 50_000; depth += 1) value = { a: value };
      return value;
    };
    assert.notEqual(
      join([
        [[], deep("x")],
        [[], deep("y")],
      ]),
      undefined,
    );
  });
});

test("a path is written as Rego does", () => {
  assert.equal(formatDataPath(["a", "b c", 'd"']), 'data.a["b c"]["d\\""]');
});

test("a value is found at its path", () => {
  assert.deepEqual(
    [["a"], ["a", "b"], ["a", "x"], ["a", "b", "c"], ["toString"]].map((path) => hasValueAt({ a: { b: null } }, path)),
    [true, true, false, false, false],
  );
});

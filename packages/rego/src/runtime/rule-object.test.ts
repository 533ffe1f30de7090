import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { jsonText } from "../values/index.ts";
import { RuleObject } from "./rule-object.ts";

const place = { source: { file: "p.rego", text: "" }, row: 1, col: 1, offset: 0, end: 0 };

suite("the object that rules fill", () => {
  test("nests what is put at longer paths", () => {
    const object = new RuleObject();
    object.put(["a", "b"], 1, place);
    object.put(["a", "c"], 2, place);
    object.add(["s", "t"], "x", place);
    object.add(["s", "t"], "x", place);
    object.put([[1], null], true, place);
    assert.equal(jsonText(object.build()), '{"[1]":{"null":true},"a":{"b":1,"c":2},"s":{"t":["x"]}}');
  });

  test("takes the same value twice", () => {
    const object = new RuleObject();
    object.put(["a"], [1], place);
    object.put(["a"], [1], place);
    assert.equal(jsonText(object.build()), '{"a":[1]}');
  });

  const conflicts: readonly (readonly [name: string, fill: (object: RuleObject) => void])[] = [
    ["two values at one path", (object) => [1, 2].forEach((value) => object.put(["a"], value, place))],
    [
      "a value in the way of a longer path",
      (object) => {
        object.put(["a"], {}, place);
        object.put(["a", "b"], 1, place);
      },
    ],
    [
      "a value where longer paths have been",
      (object) => {
        object.put(["a", "b"], 1, place);
        object.put(["a"], { b: 1 }, place);
      },
    ],
    [
      "members where a value is",
      (object) => {
        object.put(["a"], 1, place);
        object.add(["a"], 1, place);
      },
    ],
  ];
  for (const [name, fill] of conflicts) {
    test(`refuses ${name}`, () => assert.throws(() => fill(new RuleObject()), /object keys must be unique/));
    test(`does not see ${name} under a key that is not wanted`, () => {
      const object = new RuleObject([[0, "z"]]);
      fill(object);
      object.put(["z"], 0, place);
      assert.equal(jsonText(object.build()), '{"z":0}');
    });
  }
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseDocument } from "./construct.ts";
import { parseTree } from "./tree.ts";

suite("lines inside flow collections and quotes may be indented in any way", () => {
  const table: readonly [string, unknown][] = [
    ["a: [\n  x,\n  z\n]\nb: 1\n", { a: ["x", "z"], b: 1 }],
    ["a: {\n  x: 1 # one\n}\n", { a: { x: 1 } }],
    ["l:\n- a: [\n'x # y', # why\n\n'z'\n]\n", { l: [{ a: ["x # y", "z"] }] }],
    ["a:\r\n  b: {\r\n    c: 1\r\n  }\r\n", { a: { b: { c: 1 } } }],
    ["a: \"one\ntwo\"\nb: 'x\n\ny # z\n'\n", { a: "one two", b: "x\ny # z " }],
  ];
  for (const [text, value] of table) {
    test(JSON.stringify(text), () => {
      assert.deepEqual(parseDocument(text).value, value);
      assert.equal(parseTree(text)?.end, text.trimEnd().length);
    });
  }
});

test("what is wrong elsewhere is still told", () => {
  assert.equal(parseDocument("a: [\n]\nb: [\n").problems[0]?.code, "KUBE_PARSE");
});

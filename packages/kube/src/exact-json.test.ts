import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { integerValue, jsonText, parseJson } from "./exact-json.ts";

test("integers of 64 bits keep their digits, everything else is the double that JSON.parse gives", () => {
  const cases: readonly (readonly [string, number | bigint])[] = [
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", 9007199254740993n],
    ["-9007199254740993", -9007199254740993n],
    ["9223372036854775807", 9223372036854775807n],
    ["-9223372036854775808", -9223372036854775808n],
    ["9223372036854775808", 2 ** 63],
    ["-9223372036854775809", -(2 ** 63)],
    ["123456789012345678901234567890", 1.2345678901234568e29],
    ["100000000000000000", 100000000000000000n],
    ["1e17", 1e17],
    ["9007199254740993.0", 9007199254740992],
    ["0.1234567890123456789", 0.12345678901234568],
    ["1.0", 1],
  ];
  for (const [text, value] of cases) {
    for (const [around, where] of [
      [text, value],
      [` [${text} ]`, [value]],
      [`{"a":{"b" : ${text}},"c":[1,${text}]}`, { a: { b: value }, c: [1, value] }],
    ] as const)
      assert.deepEqual(parseJson(around), where, around);
  }
});

test("text that holds a long integer is otherwise read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 6 }).filter((text) => !/[0-9]{16}/.test(text)),
      fc.constantFrom(undefined, 1),
      (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), undefined, indent);
        const expected: unknown = JSON.parse(`[${spaced},0]`);
        const read = parseJson(`[${spaced},9007199254740993]`);
        assert.ok(Array.isArray(read) && Array.isArray(expected));
        assert.deepEqual(read, [...expected.slice(0, 1), 9007199254740993n]);
      },
    ),
  );
});

test("keys and strings mean what they mean to JSON.parse", () => {
  const text = String.raw`{"a\"b":9007199254740993,"__proto__":{"x":1},"1":"\u0041\\","x":"9007199254740993","":[],"x":{"":null}}`;
  const expected: unknown = JSON.parse(text.replace("9007199254740993", "0"));
  const read = parseJson(text);
  assert.equal(jsonText(read), JSON.stringify(expected).replace('"a\\"b":0', '"a\\"b":9007199254740993'));
  assert.ok(typeof read === "object" && read !== null && Object.hasOwn(read, "__proto__"));
});

test("text that is no JSON is refused, and deep text is read", () => {
  for (const text of ["", "[9007199254740993", "{9007199254740993:1}", "[9007199254740993,]", "09007199254740993", "-"])
    assert.throws(() => parseJson(text), SyntaxError, text);
  let read = parseJson(`${"[".repeat(5000)}9007199254740993${"]".repeat(5000)}`);
  while (Array.isArray(read)) read = read[0] ?? null;
  assert.equal(read, 9007199254740993n);
});

test("what is read is written as it was", () => {
  for (const text of [
    "9007199254740993",
    '{"a":[9223372036854775807,-1,"x\\n",null,true,{}],"b":{"c":[]},"d":1.5}',
    "[-9223372036854775808]",
  ])
    assert.equal(jsonText(parseJson(text)), text);
  assert.equal(jsonText({ a: [1n, undefined], b: undefined }), '{"a":[1,null]}');
  const value = { a: [1, { b: [] }], c: { d: "x" }, e: {} };
  const spaced = JSON.stringify({ ...value, f: 0 }, undefined, 2).replace('"f": 0', '"f": 9007199254740993');
  assert.equal(jsonText({ ...value, f: 9007199254740993n }, 2), spaced);
});

test("an integer is a bigint only where a double would change it", () => {
  assert.equal(integerValue(5n), 5);
  assert.equal(integerValue(2n ** 53n), 2n ** 53n);
  assert.equal(integerValue(2n ** 63n), 2 ** 63);
});

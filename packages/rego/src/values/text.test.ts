import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { JsonSyntaxError, isJson, parseJson } from "./json-read.ts";
import { jsonText, toJson } from "./json-write.ts";
import { objectFrom } from "./object.ts";
import { equal } from "./order.ts";
import { RegoSet } from "./set.ts";
import { termText } from "./term-text.ts";
import { byteLength, characterCount, fromUtf8, toUtf8 } from "./utf8.ts";
import type { Value } from "./value.ts";

suite("values as terms", () => {
  const cases: readonly (readonly [value: Value, text: string])[] = [
    [null, "null"],
    ['a"b\\c\n\t\u0001é\u{1f512}\u2028', '"a\\"b\\\\c\\n\\t\\x01é🔒\\u2028"'],
    [[1, "a", [true]], '[1, "a", [true]]'],
    [{ b: 1, a: 2 }, '{"a": 2, "b": 1}'],
    [{}, "{}"],
    [RegoSet.from([2, 1]), "{1, 2}"],
    [RegoSet.from([]), "set()"],
    [objectFrom([[RegoSet.from([1]), [RegoSet.from([])]]]), "{{1}: [set()]}"],
    [12345678901234567890n, "12345678901234567890"],
    [1e21, "1e+21"],
  ];
  for (const [value, text] of cases) {
    test(text, () => assert.equal(termText(value), text));
  }
});

suite("values as JSON", () => {
  test("sets are sorted arrays, keys that are no strings are their JSON", () => {
    const value = objectFrom([
      [RegoSet.from([2, 1]), RegoSet.from(["b", "a"])],
      [1, null],
    ]);
    assert.equal(jsonText(value), '{"1":null,"[1,2]":["a","b"]}');
    assert.ok(equal(toJson(value), { "1": null, "[1,2]": ["a", "b"] }));
  });

  test("what JSON says is read and written without losing a digit", () => {
    for (const text of [
      "0",
      "-0",
      "1.0",
      "1e3",
      "9007199254740993",
      "-123456789012345678901234567890",
      "0.1000",
      "3.141592653589793238",
      '"\\ud83d\\udd12"',
      '{"__proto__":{"a":1}}',
      "[[[[]]]]",
    ]) {
      const value = parseJson(text);
      assert.equal(jsonText(value), text.replace('"\\ud83d\\udd12"', '"\u{1f512}"'));
    }
  });

  test("it reads what JSON.parse reads, and refuses what that refuses", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.json().map((text) => text.slice(0, -1)),
        ),
        (text) => {
          let expected: unknown;
          try {
            expected = JSON.parse(text);
          } catch {
            assert.equal(isJson(text), false);
            assert.throws(() => parseJson(text), JsonSyntaxError);
            return;
          }
          assert.equal(isJson(text), true);
          const written: unknown = JSON.parse(jsonText(parseJson(text)));
          assert.deepEqual(written, JSON.parse(JSON.stringify(expected)));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("hostile JSON is refused: truncated, nested without end", () => {
    for (const text of ["[".repeat(100_000), '{"a":'.repeat(50_000), '"', "-", "1e", "[1", "nul", "\u0000"]) {
      assert.throws(() => parseJson(text), JsonSyntaxError);
      assert.equal(isJson(text), false);
    }
  });
});

suite("UTF-8", () => {
  test("text goes to bytes and back, and is counted in characters and bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        assert.equal(fromUtf8(toUtf8(text)), text);
        assert.equal(byteLength(text), Buffer.byteLength(text));
        assert.equal(characterCount(text), Array.from(text).length);
      }),
    );
  });

  test("bytes that are no text come back as they were", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        assert.deepEqual(toUtf8(fromUtf8(bytes)), bytes);
      }),
    );
  });
});

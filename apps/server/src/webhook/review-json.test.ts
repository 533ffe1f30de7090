import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  array,
  assert as check,
  boolean,
  constant,
  constantFrom,
  dictionary,
  integer,
  letrec,
  nat,
  oneof,
  property,
  string,
  tuple,
} from "fast-check";
import { isJsonObject, parseJson } from "@redoubt/kube";
import { readReviewJson } from "./review-json.ts";

const DEPTH = 8;

/** Strings as an AdmissionReview has them, and such as look like members. */
const text = oneof(
  constantFrom("a", "b", ":8080", 'x":', "image:1.0", "is : so", "\\", '\\":', "__proto__", "\u{1f600}", "\\ud800"),
  string({ maxLength: 6 }),
);
const json = letrec<{ value: unknown }>((tie) => ({
  value: oneof(
    { maxDepth: DEPTH - 3 },
    oneof(text, integer(), boolean(), constant(null)),
    array(tie("value"), { maxLength: 3 }),
    dictionary(text, tie("value"), { maxKeys: 4 }),
  ),
})).value;
const space = constantFrom("", "", "", " ", "\n\t", "\r\n");

/** Text that begins at any address of four: bodies are cut from what a connection brought. */
function bytesAt(offset: number, body: string): Buffer {
  return Buffer.from(" ".repeat(offset) + body).subarray(offset);
}

function spaced(value: unknown, before: string, after: string): string {
  if (Array.isArray(value)) return `[${before}${value.map((item) => spaced(item, before, after)).join(`${after},`)}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, member]) => `${before}${JSON.stringify(key)}${after}:${before}${spaced(member, before, after)}`,
  );
  return `{${members.join(",")}${after}}`;
}

/** Holds the reader against JSON.parse, but for what it refuses besides. */
function assertAsJsonParse(given: string): void {
  const bytes = Buffer.from(given);
  const body = bytes.toString("utf8");
  const read = readReviewJson(bytes, DEPTH);
  let value: unknown;
  try {
    value = parseJson(body);
  } catch {
    assert.equal(read.kind, "refused", body);
    return;
  }
  if (read.kind === "review") assert.deepEqual(read.review, value, body);
  else if (isJsonObject(value)) assert.match(read.message, /twice|nested|surrogate/, body);
  else assert.equal(read.message, "the body must be a JSON object", body);
}

describe("reading a review", () => {
  test("objects of any texts and spaces are read as JSON.parse reads them", () => {
    check(
      property(dictionary(text, json, { maxKeys: 4 }), space, space, nat(3), (value, before, after, offset) => {
        const body = spaced(value, before, after);
        assert.deepEqual(readReviewJson(bytesAt(offset, body), DEPTH), { kind: "review", review: JSON.parse(body) });
      }),
    );
  });

  test("a key that stands twice is found wherever it is", () => {
    check(
      property(
        array(tuple(text, json), { maxLength: 4 }),
        text,
        json,
        space,
        nat(3),
        (others, key, value, after, offset) => {
          const member = ([name, content]: readonly [string, unknown]): string =>
            `${JSON.stringify(name)}${after}:${spaced(content, "", after)}`;
          const inner = [...others, [key, value] as const, [key, null] as const].map(member).join(",");
          const read = readReviewJson(bytesAt(offset, `{"request":[{${inner}}]}`), DEPTH);
          assert.deepEqual(read, { kind: "refused", message: "the body holds an object with the same key twice" });
        },
      ),
    );
  });

  test("what JSON.parse refuses is refused, and what it takes is the same value", () => {
    const damage = tuple(nat(400), nat(2), constantFrom(...'{}[]:,"\\u0e.-+1 tn\n\u0001é'.split("")));
    check(
      property(dictionary(text, json, { maxKeys: 4 }), array(damage, { maxLength: 3 }), (value, damages) => {
        let body = JSON.stringify(value);
        for (const [at, length, put] of damages) {
          const place = at % (body.length + 1);
          body = body.slice(0, place) + put + body.slice(place + length);
        }
        assertAsJsonParse(body);
      }),
      { numRuns: 2000 },
    );
  });

  test("every way to write a value is read or refused as JSON.parse has it", () => {
    const values = [
      "0",
      "-0",
      "-",
      "01",
      "-01",
      "1.",
      ".5",
      "1.5",
      "1e",
      "1e5",
      "1E+2",
      "1e-2",
      "1e400",
      "+1",
      "0x1",
      "Infinity",
      "NaN",
      "1_0",
      "--1",
      "1.2.3",
      "00",
      "123456789012345",
      "1234567890123456",
      "-9007199254740993",
      "9223372036854775807",
      "9223372036854775808",
      "12345678901234567890123",
      "1.0000000000000000",
      "true",
      "tru",
      "truee",
      "TRUE",
      "false",
      "fals",
      "null",
      "nul",
      "nulls",
      "undefined",
      '""',
      '"',
      '"a',
      '"\\"',
      '"\\\\"',
      '"\\x"',
      '"\\u12"',
      '"\\u0041"',
      '"\\/"',
      '"\t"',
      '"\\t"',
      '"\u007f"',
      '"é"',
      '"\u2028"',
      "'a'",
      "[]",
      "[",
      "[1",
      "[1,",
      "[1,]",
      "[,1]",
      "[1 2]",
      "[1]]",
      "{}",
      "{",
      '{"a"',
      '{"a":',
      '{"a":1',
      '{"a":1,',
      '{"a":1,}',
      '{"a" 1}',
      "{a:1}",
      "{1:2}",
      "{}{}",
      "[{}]",
      "//",
      "/**/1",
      "\ufeff1",
      "1\u00a0",
    ];
    for (const value of values) {
      for (const body of [`{"a":${value}}`, `{"a": ${value} }`, `{"a":[${value}]}`, value, `${value} `])
        assertAsJsonParse(body);
    }
  });

  test("a key that stands twice among many is found, and none is taken for another", () => {
    const members = Array.from({ length: 5000 }, (_, index) => `"key-${index}":"value-${index}"`);
    assertAsJsonParse(`{${members.join(",")}}`);
    for (const again of [0, 20, 30, 4999]) {
      const body = Buffer.from(`{${members.join(",")},"key-${again}":1}`);
      assert.equal(readReviewJson(body, DEPTH).kind, "refused");
    }
  });

  test("integers of 64 bits keep their digits", () => {
    const body = '{"a":[9007199254740993,-9007199254740993,9007199254740991,1e300]}';
    const a = [9007199254740993n, -9007199254740993n, 9007199254740991, 1e300];
    assert.deepEqual(readReviewJson(Buffer.from(body), DEPTH), { kind: "review", review: { a } });
  });

  for (const [size, filler] of [
    ["small", ""],
    ["large", "x".repeat(70_000)],
  ] as const) {
    test(`nesting is bounded in a ${size} body`, () => {
      const nested = (levels: number): Buffer =>
        Buffer.from(`{"filler":"${filler}","a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`);
      assert.equal(readReviewJson(nested(DEPTH), DEPTH).kind, "review");
      assert.deepEqual(readReviewJson(nested(DEPTH + 1), DEPTH), {
        kind: "refused",
        message: `the body is nested deeper than ${DEPTH} levels`,
      });
      assert.equal(readReviewJson(nested(10_000), DEPTH).kind, "refused");
    });

    test(`what is no review is refused with its reason in a ${size} body`, () => {
      const cases: readonly (readonly [string | Buffer, string])[] = [
        [`["${filler}"]`, "the body must be a JSON object"],
        [`{"a":"${filler}"`, "the body is not JSON"],
        [
          Buffer.concat([Buffer.from(`{"a":"${filler}`), Buffer.from([0xff]), Buffer.from('"}')]),
          "the body is not UTF-8",
        ],
        [`{"b":"${filler}","a":"\\ud800"}`, "the body holds half of a UTF-16 surrogate pair"],
        [`{"b":"${filler}","a":1,"\\u0061":2}`, "the body holds an object with the same key twice"],
      ];
      for (const [body, message] of cases)
        assert.deepEqual(readReviewJson(Buffer.from(body), DEPTH), { kind: "refused", message });
    });
  }
});

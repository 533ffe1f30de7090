import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { parseTermText } from "../syntax/parse-query.ts";
import { constantOf } from "../plan/constants.ts";
import { compositeKey, scalarKey } from "./key.ts";
import { isNumber } from "./kinds.ts";
import { RegoNumber } from "./number.ts";
import { objectFrom, objectGet, objectKeys, RegoObject } from "./object.ts";
import { compare, equal, sortValues } from "./order.ts";
import { emptySet, RegoSet } from "./set.ts";
import { termText } from "./term-text.ts";
import type { Value } from "./value.ts";

/** A term without variables as the value that it is. */
function value(term: string): Value {
  if (term === "set()") return emptySet;
  const parsed = parseTermText(term).term;
  const constant = parsed && constantOf(parsed);
  return constant === undefined ? assert.fail(term) : constant;
}

const numbers = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt().map((integer) => (Number.isSafeInteger(Number(integer)) ? Number(integer) : integer)),
  fc.constantFrom("1.0", "1e3", "-0", "0.10", "12345678901234567890.5").map((text) => new RegoNumber(text)),
);
const strings = fc.oneof(fc.string(), fc.constantFrom("", "__proto__", "constructor", "é", "\u{1f512}", "\u2028"));
const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Value>(null, true, false),
    numbers,
    strings,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(tie("value"), { maxLength: 4 }).map((members) => RegoSet.from(members)),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 }).map((entries) => objectFrom(entries)),
  ),
})).value;

suite("the order of values", () => {
  test("kinds come in OPA's order, and each in its own", () => {
    const ordered = [
      "null",
      "false",
      "true",
      "-1e3",
      "-1",
      "0",
      "0.5",
      "1",
      "9007199254740993",
      "100000000000000000000.5",
      '""',
      '"A"',
      '"a"',
      '"ab"',
      '"é"',
      '"\u{1f512}"',
      "[]",
      "[1]",
      "[1, 0]",
      "[2]",
      "{}",
      '{"a": 1}',
      '{"a": 1, "b": 1}',
      '{"a": 2}',
      '{"b": 1}',
      "set()",
      "{1}",
      "{1, 2}",
      "{2}",
    ];
    for (const [i, low] of ordered.entries()) {
      for (const high of ordered.slice(i + 1)) {
        assert.equal(Math.sign(compare(value(low), value(high))), -1, `${low} < ${high}`);
        assert.equal(Math.sign(compare(value(high), value(low))), 1, `${high} > ${low}`);
        assert.equal(equal(value(low), value(high)), false);
      }
    }
    assert.deepEqual(
      sortValues(ordered.toReversed().map(value)).map(termText),
      ordered.map((term) => termText(value(term))),
    );
  });

  test("strings compare by their characters, not by JavaScript's halves of them", () => {
    assert.ok(compare("\uffff", "\u{10000}") < 0);
    assert.ok(compare("\ufffd", "\u{1f512}") < 0);
  });

  test("it is total: values are equal just when they compare so and have one key", () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const order = compare(a, b);
        assert.equal(compare(a, a), 0);
        assert.equal(Math.sign(order), -Math.sign(compare(b, a)) + 0);
        assert.equal(equal(a, b), order === 0);
        assert.equal(compositeKey(a) === compositeKey(b), order === 0);
        if (order <= 0 && compare(b, c) <= 0) assert.ok(compare(a, c) <= 0);
      }),
      { numRuns: 2000 },
    );
  });

  test("numbers written in other ways are one value", () => {
    for (const [a, b] of [
      ["1", "1.0"],
      ["1000", "1e3"],
      ["0", "-0"],
      ["0.1", "0.10"],
      ["100000000000000000000", "1e20"],
      ["9007199254740993", "9007199254740993.0"],
    ] as const) {
      assert.ok(equal(value(a), value(b)), `${a} == ${b}`);
      assert.equal(compositeKey(value(a)), compositeKey(value(b)));
    }
    assert.ok(!equal(value("9007199254740993"), value("9007199254740992")));
    assert.ok(!equal(value("0.1"), value("0.10000000000000001")));
  });

  test("scalars that have a key of their own share it with no other", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [x, y] = [scalarKey(a), scalarKey(b)];
        if (x === undefined || y === undefined) return;
        assert.equal(Object.is(x, y) || (isNumber(a) && x === y), equal(a, b));
      }),
    );
  });
});

suite("sets", () => {
  test("members are there once, whatever way they are written in", () => {
    const set = RegoSet.from(["1", "1.0", "[1]", "[1.0]", '"1"', "{1}", "{1.0}", "null"].map(value));
    assert.equal(set.size, 5);
    assert.equal(termText(set), '{null, 1, "1", [1], {1}}');
    assert.ok(set.has(value("1e0")));
    assert.ok(!set.has(value("true")));
  });

  test("a set holds what was put in, sorted, and is a subset of any that holds more", () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 8 }), fc.array(values, { maxLength: 4 }), (members, more) => {
        const set = RegoSet.from(members);
        assert.ok(members.every((member) => set.has(member)));
        const sorted = set.sorted();
        assert.equal(sorted.length, set.size);
        for (const [i, member] of sorted.entries()) {
          const next = sorted[i + 1];
          if (next !== undefined) assert.ok(compare(member, next) < 0);
        }
        assert.ok(set.isSubsetOf(RegoSet.from([...more, ...members])));
      }),
    );
  });
});

suite("objects", () => {
  test("they are plain while all keys are strings, and find a key by its value", () => {
    assert.ok(!(objectFrom([["a", 1]]) instanceof RegoObject));
    const object = objectFrom([
      [1, "one"],
      [value("[1.0]"), "list"],
      ["1", "text"],
    ]);
    assert.ok(object instanceof RegoObject);
    assert.equal(objectGet(object, value("1.0")), "one");
    assert.equal(objectGet(object, value("[1]")), "list");
    assert.equal(objectGet(object, "1"), "text");
    assert.equal(objectGet(object, 2), undefined);
    assert.deepEqual(objectKeys(object).map(termText), ["1", '"1"', "[1.0]"]);
  });

  test("names that objects inherit are keys like others", () => {
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      assert.equal(objectGet(objectFrom([["a", 1]]), name), undefined);
      const object = objectFrom([[name, { polluted: true }]]);
      assert.deepEqual(objectKeys(object), [name]);
      assert.equal(termText(object), `{"${name}": {"polluted": true}}`);
    }
    assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
  });
});

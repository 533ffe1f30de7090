/** Expressions and values that mean harm get an answer, in bounded time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { BOOL, DYN, Environment, type Native } from "./index.ts";

const environment = new Environment({ variables: { object: DYN } });

function outcome(expression: string, object: Native = {}): string {
  const compiled = environment.compile(expression);
  if (compiled.kind === "error") return compiled.message;
  const result = compiled.program.evaluate({ resolve: (name) => (name === "object" ? object : undefined) });
  return result.kind === "error" ? result.message : "value";
}

test("when brackets nest too deep, the expression is refused", () => {
  assert.match(outcome(`${"(".repeat(2000)}1${")".repeat(2000)}`), /expression recursion limit exceeded: 250/);
  assert.match(outcome("[".repeat(5000)), /expression recursion limit exceeded: 250/);
});

test("when operators chain too long, the expression is refused", () => {
  assert.match(outcome(Array.from({ length: 400 }, () => "1").join(" + ")), /max recursion depth exceeded/);
  assert.match(outcome(`object${".a".repeat(400)}`), /max recursion depth exceeded/);
});

test("when an expression is larger than 100,000 code points, it is refused", () => {
  assert.match(outcome("1 + ".repeat(30_000)), /expression code point size exceeds limit: size: 120000, limit 100000/);
});

test("when loops nest, the cost limit ends them", () => {
  const object = { list: Array.from({ length: 2000 }, (_, index) => index) };
  assert.equal(
    outcome("object.list.all(a, object.list.all(b, object.list.all(c, a + b + c >= 0)))", object),
    "operation cancelled: actual cost limit exceeded",
  );
});

test("when a range would not fit into memory, the cost limit ends it", () => {
  assert.equal(
    outcome("lists.range(9000000000000000000).size() > 0"),
    "operation cancelled: actual cost limit exceeded",
  );
});

test("when a pattern makes backtracking engines run for hours, it takes no time", () => {
  assert.equal(outcome("object.text.matches('^(a+)+$')", { text: `${"a".repeat(5000)}!` }), "value");
});

test("keys of JavaScript's own objects are no fields", () => {
  for (const key of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    assert.equal(outcome(`object.${key}`), `no such key: ${key}`);
    assert.equal(outcome(`has(object.${key}) || true`), "value");
  }
});

test("when a variable is missing, reading it is an error", () => {
  const compiled = environment.compile("object == 1", [BOOL]);
  assert.equal(compiled.kind, "program");
  if (compiled.kind !== "program") return;
  const result = compiled.program.evaluate({ resolve: () => undefined });
  assert.deepEqual(result.kind === "error" ? result.message : "", "no such attribute(s): object");
});

test("any text is an expression or an error", () => {
  const pieces = fc.constantFrom(
    "object",
    ".",
    "a",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "1",
    "'x'",
    "+",
    "-",
    "&&",
    "||",
    "!",
    "?",
    ":",
    ",",
    "has",
    "all",
    "in",
    "\\",
    '"',
    "\u{1f600}",
    "size",
    "b'",
    'r"',
    "0x",
    "1.",
    "u",
    " ",
    "\n",
    "//",
    "`",
    "=",
    "==",
    "null",
    "true",
    "matches",
    "%s",
    "format",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => typeof outcome(parts.join("")) === "string"),
    { numRuns: 3000 },
  );
});

test("any JSON can be judged", () => {
  const expressions = [
    "object.a.b == 1",
    "object.a.size() > 1",
    "object.a.all(x, x == object.b)",
    "object.?a.?b.orValue(1) == 1",
    "'%s'.format([object]) != ''",
    "object.a + object.b == object.c",
    "object.a in object.b",
    "object.a < object.b",
    "string(object.a) == ''",
    "object.a.b.matches(object.b)",
  ];
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...expressions), (object, expression) => {
      const value: Native = JSON.parse(JSON.stringify({ a: object, b: object, c: 1 }));
      return typeof outcome(expression, value) === "string";
    }),
    { numRuns: 1000 },
  );
});

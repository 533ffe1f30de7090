import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type ParseOptions, formatBody, formatTerm, parseQuery, parseTerm } from "./index.ts";

/** A query and how OPA writes it back: operators as calls, collections sorted. */
type Written = readonly (readonly [string, string])[];

function expectWritten(title: string, table: Written, options: ParseOptions = {}): void {
  suite(title, () => {
    for (const [text, written] of table) {
      test(JSON.stringify(text), () => {
        const { body, errors } = parseQuery(text, options);
        assert.deepEqual(errors, []);
        assert.equal(body && formatBody(body), written);
      });
    }
  });
}

expectWritten("queries", [
  ["1", "1"],
  ["-1.50", "-1.50"],
  ["1e3", "1e3"],
  [".5", ".5"],
  ["null", "null"],
  ["true", "true"],
  ["false", "false"],
  ['"a\\n\\u00e9\\ud83d\\ude00"', '"a\\né😀"'],
  ["`a\\n`", '"a\\\\n"'],
  ["x", "x"],
  ["_", "_"],
  ["input", "input"],
  ["data", "data"],
  ["input.a.b", "input.a.b"],
  ['input["a b"][x].c', 'input["a b"][x].c'],
  ["a[_][_]", "a[_][_]"],
  ["a[b[c]].d", "a[b[c]].d"],
  ["[]", "[]"],
  ["[1, x, [2]]", "[1, x, [2]]"],
  ["{}", "{}"],
  ["set()", "set()"],
  ["{1}", "{1}"],
  ["{2, 1, 2}", "{1, 2}"],
  ['{"b": 1, "a": {x: y}}', '{"a": {x: y}, "b": 1}'],
  ["[x | x := a[_]; x > 1]", "[x | assign(x, a[_]); gt(x, 1)]"],
  ["{x | some x in xs}", "{x | some x in xs}"],
  ["{k: v | v := a[k]}", "{k: v | assign(v, a[k])}"],
  ["f(x)", "f(x)"],
  ["a.b.f(x, y).c[0]", "a.b.f(x, y).c[0]"],
  ["1 + 2 * 3", "plus(1, mul(2, 3))"],
  ["(1 + 2) * 3", "mul(plus(1, 2), 3)"],
  ["1 - 2 - 3", "minus(minus(1, 2), 3)"],
  ["x & y | z", "or(and(x, y), z)"],
  ["a == b", "equal(a, b)"],
  ["a != b", "neq(a, b)"],
  ["1 < 2", "lt(1, 2)"],
  ["a in b", "internal.member_2(a, b)"],
  ["a, b in c", "internal.member_3(a, b, c)"],
  ["[a, b in c]", "[a, internal.member_2(b, c)]"],
  ["f(a, b in c)", "f(a, internal.member_2(b, c))"],
  ["{a in b}", "{internal.member_2(a, b)}"],
  ["x := 1", "assign(x, 1)"],
  ["x = y", "x = y"],
  ["-x", "minus(0, x)"],
  ["5 % 2", "rem(5, 2)"],
  ["{(a | b)}", "{or(a, b)}"],
  ["{a | b | c}", "{a | or(b, c)}"],
  ["[1,]", "[1]"],
  ["{1: 2,}", "{1: 2}"],
  ["f(1,)", "f(1)"],
  ["[, 1]", "[1]"],
  ["x with input as 1 with data.a.b as {2}", "x with input as 1 with data.a.b as {2}"],
  ["not x", "not x"],
  ["not x with f as g", "not x with f as g"],
  ["some x", "some x"],
  ["some x, y, z", "some x, y, z"],
  ["some x in xs", "some x in xs"],
  ["some k, v in xs", "some k, v in xs"],
  ['some {"a": x}, [y] in xs', 'some {"a": x}, [y] in xs'],
  ["every x in xs { x > 1 }", "every x in xs { gt(x, 1) }"],
  ["every k, v in xs { k; v }\ny", "every k, v in xs { k; v }; y"],
  ["a; b; c", "a; b; c"],
  ["a\nb", "a; b"],
  ["a # c\nb", "a; b"],
  ["input.default", 'input["default"]'],
  ["default.x", "default.x"],
  ["input.if.in", 'input["if"]["in"]'],
  ['$"a {x} b{1}{"s"} \\{ {f(y)}"', '$"a {x} b1s \\{ {f(y)}"'],
  ["$`a\\n{x}`", '$"a\\\\n{x}"'],
  ['$""', '$""'],
  ['contains("a", x)', 'contains("a", x)'],
  ["or(x, y)", "or(x, y)"],
  ['{"a": 1}.a', '{"a": 1}.a'],
  ["[1][0]", "[1][0]"],
  ["{x | x}[y]", "{x | x}[y]"],
  ["f(x)[y](z)", "f(x)[y](z)"],
  ["walk(x, [p, v])", "walk(x, [p, v])"],
  ["a.b", "a.b"],
  ["internal.member_2(1, x)", "internal.member_2(1, x)"],
]);

expectWritten(
  "queries of v2",
  [
    ["a and b", "a and b"],
    ["a or b and c", "a or b and c"],
    ["(a or b) and c", "(a or b) and c"],
    ["a and b or c and d", "a and b or c and d"],
    ["{ x := 1; x } and y", "{ assign(x, 1); x } and y"],
    ["not { a; b }", "not {a; b}"],
    ["not a", "not a"],
    ["not (a or b)", "not (a or b)"],
    ["a or { b; c } with input as 1", "a or { b; c } with input as 1"],
    ["(a with input as 1) and b", "(a with input as 1) and b"],
    ["({1}) and x", "({1}) and x"],
    ["or(x, y)", "or(x, y)"],
    ["and(x, y) and z", "and(x, y) and z"],
    ["a.and.or", "a.and.or"],
    ["x & y", "and(x, y)"],
    ["[x | a or b]", "[x | a or b]"],
  ],
  { version: "v2" },
);

expectWritten(
  "words that are no keywords in v0",
  [
    ["if; contains; every; in; and; or", "if; contains; every; in; and; or"],
    ["every = x", "every = x"],
  ],
  { version: "v0" },
);

expectWritten("keywords that a query may use without importing them", [["a and not {b; c}", "a and not {b; c}"]], {
  futureKeywords: ["and", "not"],
});

suite("queries and terms", () => {
  test("an empty query has an empty body", () => {
    assert.deepEqual(parseQuery(" # nothing\n"), { body: [], errors: [] });
  });
  test("a query may not import", () => {
    assert.equal(parseQuery("import data.a").errors[0]?.message, "expected body but got import");
  });
  test("each wildcard is a variable of its own", () => {
    const { body = [] } = parseQuery("a[_]; b[_]");
    const names = body.map((expr) => (expr.type === "termExpr" && expr.term.type === "ref" ? expr.term.path : []));
    assert.notDeepEqual(names[0], names[1]);
  });
  test("a set keeps what is written once, an object what is written twice", () => {
    const { term } = parseTerm('[{1, 1.0, 1}, {"a": 1, "a": 2}]');
    assert.ok(term?.type === "array");
    const [set, object] = term.items;
    assert.ok(set?.type === "set" && object?.type === "object");
    assert.deepEqual([set.items.length, object.entries.length], [1, 2]);
  });
  test("a call is a term", () => {
    const { term } = parseTerm("count(x)");
    assert.equal(term && formatTerm(term), "count(x)");
  });
  for (const text of ["x; y", "not x", "x with input as 1", "", "some x"]) {
    test(`${JSON.stringify(text)} is not one term`, () => {
      assert.match(parseTerm(text).errors[0]?.message ?? "", /^expected exactly one term/);
    });
  }
  test("a keyword that nobody knows cannot be imported", () => {
    assert.deepEqual(
      parseQuery("x", { futureKeywords: ["xor"] }).errors.map(({ message }) => message),
      ["unknown future keyword: xor"],
    );
  });
});

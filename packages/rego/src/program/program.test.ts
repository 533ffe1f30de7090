import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { compile, EvaluationError, jsonText, type Value } from "../index.ts";

/** What the rule `x` of a policy gives, as JSON; undefined if it has no value. */
function valueOf(policy: string, input?: Value): string | undefined {
  const value = compile({ modules: { "p.rego": `package p\n${policy}` } })
    .prepare("data.p.x")
    .value(input);
  return value === undefined ? undefined : jsonText(value);
}

const lines = (...texts: readonly string[]): string => texts.join("\n");

suite("a rule gives", () => {
  const cases: readonly (readonly [name: string, policy: string, expected: string | undefined, input?: Value])[] = [
    ["a constant", "x := 1", "1"],
    ["nothing where its body fails", "x if 1 == 2", undefined],
    ["its default", lines("default x := 7", "x := 8 if input.a"), "7", {}],
    ["false", "x := input.a", "false", { a: false }],
    ["null", "x := input.a", "null", { a: null }],
    ["what else says", lines("x := 1 if input.a == 1", "else := 2 if input.a == 2", "else := 0"), "2", { a: 2 }],
    ["null by else, and goes no further", lines("x := 1 if false", "else := null if true", "else := 3"), "null"],
    ["a set", "x contains v if some v in [3, 1, 3]", "[1,3]"],
    ["an object", 'x[k] := v if some k, v in {"a": 1, "b": 2}', '{"a":1,"b":2}'],
    [
      "an object of nested references",
      lines('x.a[k].b := v if some k, v in {"c": 1}', "x.a.d.e := 2"),
      '{"a":{"c":{"b":1},"d":{"e":2}}}',
    ],
    [
      "sets in an object",
      lines("x[k] contains v if {", '  some k, vs in {"a": [2, 1]}', "  some v in vs", "}"),
      '{"a":[1,2]}',
    ],
    ["one value of several definitions", lines("x := 1 if input.a", "x := 1 if input.b"), "1", { b: true }],
    [
      "what a function makes of patterns",
      lines("f([a, 1]) := a", 'f({"k": a}) := a', 'x := [f([7, 1]), f({"k": 8})]'),
      "[7,8]",
    ],
    ["a function's default", lines("default f(_) := 0", "f(a) := 1 if a > 5", "x := [f(1), f(9)]"), "[0,1]"],
    [
      "the definition that an operand asks for",
      lines(...["a", "b", "c", "d", "e"].map((name, i) => `f("${name}") := ${i}`), 'x := [f("d"), f("a")]'),
      "[3,0]",
    ],
    [
      "the definition that the input asks for",
      lines(...[1, 2, 3, 4, 5].map((n) => `x := ${n} if input.n == ${n}`)),
      "4",
      { n: 4 },
    ],
    ["true for every", "x if every v in input.vs { v > 1 }", "true", { vs: [2, 3] }],
    ["true for every of nothing", "x if every v in [] { v > 1 }", "true"],
    ["nothing for every of what is no collection", "x if every v in input.vs { v > 1 }", undefined, { vs: 3 }],
    ["true for not of what is undefined", "x if not input.a.b", "true", {}],
    [
      "comprehensions in the order of keys",
      'x := [[v | some v in {2, 1}], [k | some k, _ in {"b": 1, "a": 2}], {k: v | some k, v in {"a": 1}}]',
      '[[1,2],["a","b"],{"a":1}]',
    ],
    ["what both sides of an equation say", 'x := [a, b] if [a, {"k": 2}] = [1, {"k": b}]', "[1,2]"],
    ["all places of a walk", "x := count(vs) if vs := [v | walk(input, [_, v])]", "4", { a: [1, 2] }],
    [
      "a value under another input",
      lines("y := input.a", "x := [y, z] if z := y with input.a as 2"),
      "[1,2]",
      { a: 1 },
    ],
    ["a value under another document", lines("y := data.base.v", "x := v if v := y with data.base.v as 5"), "5"],
    ["a value with a rule replaced", lines("y := 1", "z := y + 1", "x := v if v := z with data.p.y as 10"), "11"],
    ["a value in the place of a builtin", "x := v if v := count([1, 2]) with count as 9", "9"],
    [
      "a function in the place of a builtin",
      lines("f(_) := 3", "y := count([1, 2])", "x := [y, z] if z := y with count as f"),
      "[2,3]",
    ],
    [
      "a function that calls what it replaces",
      lines("f(a) := count(a) + 1", "x := v if v := count([1]) with count as f"),
      "2",
    ],
    [
      "a document in the place of a builtin, which nobody needs who does not call it",
      lines(
        "x := [a, b] if {",
        "  a := 1 with count as data.p.none",
        "  b := count([]) with count as data.p.seven",
        "}",
        "seven := 7",
        "none := 1 if input.none",
      ),
      "[1,7]",
    ],
    [
      "nothing for a call that is ordered before its operand has a value, where that has none",
      lines("f(_, 1, 1)", 'x contains {1: data.q.none[v], "a": {u | 1}, true: f(1, v, 1)} if [][u]'),
      "[]",
    ],
    ["integers of any size", "x := 9007199254740993 + 1", "9007199254740994"],
    ["equality of numbers of one amount", "x if input.a == 1.0", "true", { a: 1 }],
    ["the text of a template", 'x := $"{input.a}-{input.none}"', String.raw`"1-\u003cundefined\u003e"`, { a: 1 }],
  ];
  for (const [name, policy, expected, input] of cases) {
    test(name, () => assert.equal(valueOf(policy, input), expected));
  }
});

suite("an evaluation ends with the error", () => {
  const cases: readonly (readonly [name: string, policy: string, expected: RegExp])[] = [
    [
      "of definitions that disagree",
      lines("x := 1", "x := 2"),
      /^p\.rego:3: eval_conflict_error: rule data\.p\.x produced conflicting values:\n {2}1 at p\.rego:2\n {2}2 at p\.rego:3$/,
    ],
    [
      "of one definition with two values",
      "x := v if some v in [1, 2]",
      /^p\.rego:2: eval_conflict_error: rule data\.p\.x produced conflicting values/,
    ],
    [
      "of a function with two values",
      lines("f(_) := v if some v in [1, 2]", "x := f(0)"),
      /^p\.rego:2: eval_conflict_error: function data\.p\.f produced conflicting values/,
    ],
    [
      "of an object with two values for a key",
      lines('x[k] := v if some k, v in {"a": 1}', "x.a := 2"),
      /^p\.rego:3: eval_conflict_error: object keys must be unique$/,
    ],
    [
      "of an object comprehension",
      'x := {"k": v | some v in [1, 2]}',
      /^p\.rego:2: eval_conflict_error: object keys must be unique$/,
    ],
  ];
  for (const [name, policy, expected] of cases) {
    test(name, () => {
      assert.throws(
        () => valueOf(policy),
        (error) => error instanceof EvaluationError && expected.test(error.toString()),
      );
    });
  }

  test("of a builtin, where errors are strict", () => {
    const query = compile({ modules: { "p.rego": "package p\nx if to_number(input.a) == 1" } }).prepare("data.p.x");
    assert.deepEqual(query.evaluate({ a: "no" }), []);
    assert.throws(
      () => query.evaluate({ a: "no" }, { strictErrors: true }),
      (error) =>
        error instanceof EvaluationError && error.toString().startsWith("p.rego:2: eval_builtin_error: to_number: "),
    );
  });

  test("not of a conflict under another key", () => {
    const program = compile({
      modules: {
        "p.rego": lines(
          "package p",
          "x[k] := v if {",
          '  some k, vs in {"a": [1], "b": [1, 2]}',
          "  some v in vs",
          "}",
        ),
      },
    });
    assert.equal(program.prepare("data.p.x.a").value(), 1);
    assert.throws(() => program.prepare("data.p.x.b").value(), EvaluationError);
    assert.throws(() => program.prepare("data.p.x").value(), EvaluationError);
  });
});

suite("a query", () => {
  const program = compile({
    modules: {
      "p.rego": lines(
        "package p",
        "allow := input.ok",
        "names contains name if some name in input.names",
        "f(a) := a + 1",
      ),
    },
    data: { base: { b: [1, { c: 2 }] } },
  });
  const ask = (query: string, input?: Value): unknown =>
    program
      .evaluate(query, input)
      .map(({ bindings, expressions }) => [bindings, expressions.map(({ value }) => value)]);
  const cases: readonly (readonly [query: string, expected: unknown])[] = [
    ["data.p.allow", [[{}, [false]]]],
    ["data.p.allow; true", []],
    ["data.p.none", []],
    ["x := data.p.f(1)", [[{ x: 2 }, [true]]]],
    [
      "data.p.names[n]",
      [
        [{ n: "a" }, ["a"]],
        [{ n: "b" }, ["b"]],
      ],
    ],
    ["data.base.b[i].c", [[{ i: 1 }, [2]]]],
    ["data.base.b[_] = 1", [[{}, [true]]]],
    ["1 == 2", [[{}, [false]]]],
    ["x = data[k].b", [[{ k: "base", x: [1, { c: 2 }] }, [true]]]],
  ];
  for (const [query, expected] of cases) {
    test(query, () => assert.deepEqual(ask(query, { ok: false, names: ["b", "a"] }), expected));
  }

  test("shows the text of its expressions", () => {
    const [result] = program.evaluate("data.p.f(1) == 2; x := 1");
    assert.deepEqual(
      result?.expressions.map(({ text }) => text),
      ["data.p.f(1) == 2", "x := 1"],
    );
  });

  test("sees the rules of its package by name", () => {
    assert.equal(program.prepare("f(4)", { package: "data.p" }).value(), 5);
  });
});

suite("an observer", () => {
  test("is told of each definition and expression that is tried, and of those that hold", () => {
    const query = compile({
      modules: { "p.rego": lines("package p", "x if {", "  input.a == 1", "  input.b == 2", "}") },
    }).prepare("data.p.x", { observed: true });
    const seen: string[] = [];
    query.observer = { observe: (event, { location }) => seen.push(`${event} ${location.row}`) };
    query.value({ a: 1, b: 3 });
    assert.deepEqual(
      seen.filter((text) => !text.endsWith(" 1")),
      ["enter 2", "eval 3", "pass 3", "eval 4"],
    );
  });
});

suite("a host's answers", () => {
  test("are waited for", async () => {
    const asked: string[] = [];
    const program = compile({
      modules: { "p.rego": lines("package p", 'x := http.send({"method": "get", "url": input.url}).body') },
      host: {
        httpSend: async (request) => {
          asked.push(jsonText(request));
          return { body: "hello" };
        },
      },
    });
    const results = await program.prepare("data.p.x").evaluateAsync({ url: "http://a.example" });
    assert.deepEqual(
      results.map(({ expressions }) => expressions.map(({ value }) => value)),
      [["hello"]],
    );
    assert.equal(asked.length, 1);
  });

  test("are not had without one", () => {
    const program = compile({
      modules: { "p.rego": 'package p\nx := http.send({"method": "get", "url": "http://a.example"})' },
    });
    assert.deepEqual(program.evaluate("data.p.x"), []);
  });
});

test("a builtin's failure that is fatal comes before a conflict met later", () => {
  const policy = lines("package p", 'y contains to_number("a")', "x := y", "x := 1");
  const query = compile({ modules: { "p.rego": policy } }).prepare("data.p.x");
  assert.throws(
    () => query.evaluate(undefined, { strictErrors: true }),
    (error) => error instanceof EvaluationError && error.code === "eval_builtin_error",
  );
});

test("a declaration is no expression of a result", () => {
  const [result] = compile({ modules: {} }).evaluate("some x; x = 1");
  assert.deepEqual(result?.bindings, { x: 1 });
  assert.deepEqual(
    result.expressions.map(({ text }) => text),
    ["x = 1"],
  );
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { compile, EvaluationError, type EvaluationOptions, parseJson, type Value } from "../index.ts";

function run(policy: string, options: EvaluationOptions, input?: Value): Value | undefined {
  return compile({ modules: { "p.rego": `package p\n${policy}` } })
    .prepare("data.p.x")
    .value(input, options);
}

function stops(policy: string, options: EvaluationOptions, message: RegExp, input?: Value): void {
  assert.throws(
    () => run(policy, options, input),
    (error) => error instanceof EvaluationError && error.code === "eval_cancel_error" && message.test(error.message),
  );
}

const join = `x := count([1 |
  some a in numbers.range(1, 5000)
  some b in numbers.range(1, 5000)
  some c in numbers.range(1, 5000)
  a + b == c
])`;

suite("a policy that does not come to an end stops", () => {
  test("at its budget, in loops inside loops", () => stops(join, { budget: 1_000_000 }, /1000000 steps/));
  test("at its deadline", () => stops(join, { deadline: 200 }, /200 ms/));
  test("once it is aborted", () => stops(join, { signal: AbortSignal.abort() }, /cancelled/));
  test("at its budget, in calls of calls", () => {
    const functions = Array.from({ length: 40 }, (_, i) => `f${i}(a) := f${i + 1}(a + 1) + f${i + 1}(a + 2)`);
    stops([...functions, "f40(a) := a", "x := f0(0)"].join("\n"), { budget: 2_000_000 }, /steps/);
  });
  test("at its budget, with output of hundreds of megabytes", () => {
    stops(
      `x := concat("", [s | some _ in numbers.range(1, 2000); some _ in numbers.range(1, 2000); s := "${"a".repeat(500)}"])`,
      { budget: 3_000_000 },
      /steps/,
    );
  });
  test("at its budget, inside a builtin", () => {
    stops("x := count(numbers.range(1, 1000000000))", { budget: 1_000_000 }, /steps/);
  });
});

suite("a policy", () => {
  test("goes on after one evaluation was stopped", () => {
    const query = compile({ modules: { "p.rego": `package p\n${join}\ny := 1` } }).prepare("data.p.y");
    const stopped = compile({ modules: { "p.rego": `package p\n${join}` } }).prepare("data.p.x");
    assert.throws(() => stopped.value({}, { budget: 1000 }), EvaluationError);
    assert.throws(() => stopped.value({}, { budget: 1000 }), EvaluationError);
    assert.equal(query.value({}, { budget: 1000 }), 1);
  });

  test("matches a pattern that takes other engines forever in no time", () => {
    const text = `${"a".repeat(5000)}!`;
    assert.equal(run('x := regex.match("^(a+)+$", input)', {}, text), false);
  });

  test("compares data nested a hundred thousand levels deep, or says that it cannot", () => {
    let value: Value = 1;
    for (let i = 0; i < 100_000; i += 1) value = [value];
    let other: Value = 1;
    for (let i = 0; i < 100_000; i += 1) other = [other];
    assert.throws(
      () => run("x if input.a == input.b", {}, { a: value, b: other }),
      (error) => error instanceof EvaluationError && error.code === "eval_internal_error",
    );
  });
});

suite("names and texts of a policy stay what they are", () => {
  const awkward = [
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "length",
    "`${process.exit(1)}`",
    '\\"); process.exit(1); (\\"',
    "line\\u2028separator\\u2029",
    "*/ process.exit(1) /*",
    "\\ud800",
    "'",
  ];
  for (const name of awkward) {
    test(`a key and a text ${name}`, () => {
      assert.equal(
        run(`o := {"${name}": "${name}"}\nx if { o["${name}"] == "${name}"; some k, v in o; k == v }`, {}),
        true,
      );
    });
    test(`a document and a rule ${name}`, () => {
      assert.equal(run(`q["${name}"] := 3\nx if { q["${name}"] == 3; data.p.q["${name}"] == 3 }`, {}), true);
    });
  }

  test("what objects inherit is no part of an input", () => {
    for (const name of ["__proto__", "constructor", "toString", "valueOf", "hasOwnProperty", "length", "map", "size"]) {
      assert.equal(run(`x := input.${name}`, {}, {}), undefined, name);
      assert.equal(run(`x := input[0]["${name}"]`, {}, [[]]), undefined, name);
      assert.equal(run(`x := input.a["${name}"]`, {}, { a: "text" }), undefined, name);
    }
  });

  test("an own key __proto__ of an input is read, and nothing inherits from it", () => {
    const input = parseJson('{"__proto__": {"admin": true}}');
    assert.equal(run("x := input.admin", {}, input), undefined);
    assert.equal(run('x := input["__proto__"].admin', {}, input), true);
    assert.equal(run('x if {"__proto__": {"admin": true}} == input', {}, input), true);
  });

  test("variables called like words of JavaScript are variables", () => {
    const words = [
      "class",
      "return",
      "function",
      "this",
      "arguments",
      "eval",
      "await",
      "undefined",
      "E",
      "R",
      "C",
      "U",
    ];
    for (const word of words) assert.equal(run(`x := v if { ${word} := 4; v := ${word} + 1 }`, {}), 5, word);
  });

  test("rules and functions called like words of JavaScript are what they define", () => {
    assert.equal(run("constructor := 1\nhasOwnProperty(a) := a + 1\nx := hasOwnProperty(constructor)", {}), 2);
  });
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { objectFrom } from "../values/object.ts";
import type { Value } from "../values/value.ts";
import { outcomeOf, testContext } from "./call-table.test.ts";
import { BuiltinError, HaltError } from "./errors.ts";
import { builtins } from "./registry.ts";

class Spent extends Error {}

/** A call under a budget: its result, or what stopped it. */
function call(name: string, operands: readonly Value[], budget = 200_000): Value | undefined | Error {
  let left = budget;
  const context = testContext({
    charge: (cost) => {
      left -= cost;
      if (left < 0) throw new Spent("the budget is spent");
    },
  });
  const builtin = builtins.get(name) ?? assert.fail(name);
  try {
    return builtin.call(context, ...operands);
  } catch (error) {
    if (error instanceof Spent || error instanceof BuiltinError || error instanceof HaltError) return error;
    throw error;
  }
}

function messageOf(result: Value | undefined | Error): string {
  return result instanceof Error ? result.message : "no error";
}

function titleOf(operand: Value | undefined): string {
  return typeof operand === "string" || typeof operand === "number" ? String(operand).slice(0, 30) : "…";
}

/** Whether it took less than what a person notices; generous, for busy machines. */
function quickly<T>(action: () => T): T {
  const start = performance.now();
  const result = action();
  const took = performance.now() - start;
  assert.ok(took < 20_000, `took ${Math.round(took)} ms`);
  return result;
}

const long = "a".repeat(100_000);

suite("patterns that take other engines forever take no time", () => {
  const cases: readonly (readonly [name: string, operands: readonly Value[], result: Value])[] = [
    ["regex.match", ["^(a+)+$", `${long}!`], false],
    ["regex.match", ["^(a|a)*$", `${long}!`], false],
    ["regex.match", ["(x+x+)+y", "x".repeat(100_000)], false],
    ["regex.match", ["(.*)(.*)(.*)(.*)(.*)[^a]$", "a".repeat(20_000)], false],
    ["regex.match", ["^(([a-z])+.)+[A-Z]([a-z])+$", long], false],
    ["glob.match", ["*a*a*a*a*a*a*a*b", [], "a".repeat(2000)], false],
    ["glob.match", [`{${"a,".repeat(200)}b}c`, [], "ad"], false],
  ];
  for (const [name, operands, result] of cases) {
    test(`${name} of ${titleOf(operands[0])}`, () => {
      assert.equal(
        quickly(() => call(name, operands, Number.POSITIVE_INFINITY)),
        result,
      );
    });
  }

  test("repetitions of repetitions are refused, as RE2 refuses them", () => {
    for (const pattern of ["a{1001}", "((a{100}){100}){100}", "(a{1000}){1000}"]) {
      assert.match(
        outcomeOf(`regex.match(${JSON.stringify(pattern)}, "a")`),
        /^eval_builtin_error: error parsing regexp/,
      );
    }
  });

  test("alternatives nested in a glob, and what is not RE2, are refused or read, never looped over", () => {
    quickly(() => call("glob.match", ["{".repeat(5000), [], "a"]));
    quickly(() => call("regex.match", ["(".repeat(50_000), "a"]));
    quickly(() => call("regex.match", [`${"(".repeat(5000)}a${")".repeat(5000)}`, "a"]));
    assert.match(outcomeOf(String.raw`regex.match("(?=a)b", "b")`), /invalid or unsupported Perl syntax/);
    assert.match(outcomeOf(String.raw`regex.match("(a)\\1", "aa")`), /invalid escape sequence/);
  });

  test("the search for a common string of two patterns ends", () => {
    quickly(() => call("regex.globs_match", ["a*".repeat(200), "[ab]*".repeat(200)]));
  });
});

suite("output that grows beyond its input is charged before it is made", () => {
  const cases: readonly (readonly [name: string, operands: readonly Value[]])[] = [
    ["numbers.range", [1, 1_000_000_000]],
    ["numbers.range", [0, 10n ** 30n]],
    ["numbers.range_step", [1, 10n ** 18n, 3]],
    ["sprintf", ["%1000000000d", [1]]],
    ["sprintf", ["%*d", [1_000_000_000, 1]]],
    ["sprintf", ["%.1000000000f", [1]]],
    ["sprintf", ["%9999999d".repeat(500), Array.from({ length: 500 }, () => 1)]],
    ["sprintf", ["%*d".repeat(500), Array.from({ length: 1000 }, () => 1_000_000)]],
    ["bits.lsh", [1, 2 ** 26]],
    ["bits.lsh", [1, 10n ** 30n]],
    ["replace", [long, "a", long]],
    ["concat", [long, Array.from({ length: 10_000 }, () => long)]],
    ["net.cidr_expand", ["10.0.0.0/8"]],
    ["net.cidr_expand", ["::/0"]],
    ["regex.replace", [long, "", long]],
    ["strings.replace_n", [{ a: long }, long]],
    [
      "strings.render_template",
      ["{{range .a}}{{range $.a}}{{range $.a}}x{{end}}{{end}}{{end}}", { a: Array.from({ length: 1000 }, () => 1) }],
    ],
    ["graph.reachable_paths", [completeGraph(12), ["0"]]],
    [
      "object.union_n",
      [Array.from({ length: 2000 }, () => objectFrom(Array.from({ length: 2000 }, (_, i) => [String(i), i])))],
    ],
    ["product", [Array.from({ length: 20_000 }, () => 10n ** 400n)]],
  ];
  for (const [name, operands] of cases) {
    test(`${name}(${operands.map(titleOf).join(", ")})`, () => {
      const result = quickly(() => call(name, operands));
      const size = typeof result === "string" ? result.length : 0;
      assert.ok(result instanceof Error || size < 16_000_000, `gave ${size} characters`);
    });
  }

  function completeGraph(size: number): Value {
    const nodes = Array.from({ length: size }, (_, i) => String(i));
    return objectFrom(nodes.map((node) => [node, nodes]));
  }
});

suite("documents that are bombs", () => {
  test("JSON nested deeper than Go reads is refused, and what is as deep as it reads is read", () => {
    const deep = "[".repeat(100_000);
    assert.match(messageOf(quickly(() => call("json.unmarshal", [deep]))), /exceeded max depth/);
    assert.equal(
      quickly(() => call("json.is_valid", [deep])),
      false,
    );
    assert.ok(Array.isArray(call("json.unmarshal", ["[".repeat(5000) + "]".repeat(5000)])));
  });

  test("YAML aliases that multiply are refused", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 12; i += 1)
      lines.push(`a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(", ")}]`);
    assert.match(messageOf(quickly(() => call("yaml.unmarshal", [lines.join("\n")]))), /excessive aliasing/);
    assert.match(outcomeOf('yaml.unmarshal("a: &a [*a]")'), /contains itself/);
  });

  test("YAML nested deep is refused", () => {
    quickly(() => {
      assert.ok(call("yaml.unmarshal", ["[".repeat(100_000)]) instanceof BuiltinError);
    });
    quickly(() => {
      assert.ok(call("yaml.unmarshal", ["- ".repeat(100_000)]) instanceof BuiltinError);
    });
  });

  test("schemas that lead back to themselves end", () => {
    const schema = {
      $ref: "#/definitions/a",
      definitions: { a: { $ref: "#/definitions/b" }, b: { $ref: "#/definitions/a" } },
    };
    quickly(() => call("json.match_schema", [{ x: 1 }, schema]));
    const tree = { type: "object", properties: { next: { $ref: "#" } } };
    let value: Value = {};
    for (let i = 0; i < 500; i += 1) value = { next: value };
    assert.deepEqual(
      quickly(() => call("json.match_schema", [value, tree])),
      [true, []],
    );
  });

  test("numbers with huge exponents are refused or kept as they are, never written out", () => {
    for (const text of ["1e1000000000", "-1e-1000000000", "1e999999999999"]) {
      quickly(() => call("json.unmarshal", [text]));
      quickly(() => call("to_number", [text]));
      quickly(() => call("units.parse", [text]));
      quickly(() => call("units.parse_bytes", [text]));
    }
  });
});

suite("keys and texts that JavaScript takes for something else", () => {
  test("__proto__ and constructor are keys as any other", () => {
    assert.equal(
      outcomeOf(String.raw`json.unmarshal("{\"__proto__\": {\"a\": 1}, \"constructor\": 2}")`),
      '{"__proto__": {"a": 1}, "constructor": 2}',
    );
    assert.equal(outcomeOf('object.get({"a": 1}, "__proto__", "none")'), '"none"');
    assert.equal(outcomeOf('object.get({"a": 1}, "constructor", "none")'), '"none"');
  });

  test("no builtin is called by the name of what objects inherit", () => {
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"])
      assert.equal(builtins.get(name), undefined);
  });

  test("lone halves of surrogate pairs become U+FFFD where they leave", () => {
    assert.equal(outcomeOf(String.raw`json.unmarshal("\"\\ud800\"")`), '"\ufffd"');
  });
});

suite("times beyond what can be counted", () => {
  const refused: readonly string[] = [
    'time.parse_rfc3339_ns("9999-12-31T23:59:59Z")',
    'time.parse_rfc3339_ns("0000-01-01T00:00:00Z")',
    'time.parse_ns("2006", "99999999999999999999")',
    "time.add_date(9223372036854775807, 1, 0, 0)",
    'time.parse_duration_ns("9999999999999999999h")',
    "time.clock(1e30)",
    'time.format([1, "../../etc/passwd"])',
  ];
  for (const text of refused) {
    test(`refuses ${text}`, () => {
      assert.match(
        quickly(() => outcomeOf(text)),
        /^eval_[a-z]+_error: /,
      );
    });
  }

  test("layouts and texts of any length are read in no time", () => {
    quickly(() => call("time.parse_ns", ["2006-".repeat(20_000), "2020-".repeat(20_000)]));
    quickly(() => call("time.format", [[1, "UTC", "2006 ".repeat(50_000)]]));
    quickly(() => call("time.parse_duration_ns", ["1h".repeat(100_000)]));
  });
});

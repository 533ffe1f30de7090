import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { LoadError } from "../bundle/load-error.ts";
import { readCapabilities } from "./read-capabilities.ts";

suite("capabilities files", () => {
  test("tell builtins with their types, features, keywords and hosts", () => {
    const text = JSON.stringify({
      builtins: [
        {
          name: "plus",
          infix: "+",
          decl: { type: "function", args: [{ type: "number" }, { type: "number" }], result: { type: "number" } },
        },
        {
          name: "walk",
          relation: true,
          decl: {
            type: "function",
            args: [{ type: "any" }],
            result: { type: "array", static: [{ type: "array", dynamic: { type: "any" } }, { type: "any" }] },
          },
        },
        {
          name: "f",
          deprecated: true,
          nondeterministic: true,
          decl: {
            type: "function",
            variadic: { type: "any", of: [{ type: "set", of: { type: "null" } }, { type: "string" }] },
            result: {
              type: "object",
              static: [{ key: "a", value: { type: "boolean" } }],
              dynamic: { key: { type: "string" }, value: { type: "any" } },
            },
          },
        },
      ],
      features: ["rego_v1"],
      future_keywords: ["and"],
      allow_net: [],
    });
    assert.deepEqual(readCapabilities(text, "c.json"), {
      builtins: [
        { name: "plus", infix: "+", args: [{ type: "number" }, { type: "number" }], result: { type: "number" } },
        {
          name: "walk",
          relation: true,
          args: [{ type: "any" }],
          result: { type: "array", static: [{ type: "array", dynamic: { type: "any" } }, { type: "any" }] },
        },
        {
          name: "f",
          deprecated: true,
          nondeterministic: true,
          args: [],
          variadic: { type: "any", of: [{ type: "set", of: { type: "null" } }, { type: "string" }] },
          result: {
            type: "object",
            static: [{ key: "a", value: { type: "boolean" } }],
            dynamic: { key: { type: "string" }, value: { type: "any" } },
          },
        },
      ],
      features: ["rego_v1"],
      futureKeywords: ["and"],
      allowNet: [],
    });
  });
  test("may leave everything out", () => {
    assert.deepEqual(readCapabilities("{}", "c.json"), { builtins: [], features: [], futureKeywords: [] });
  });

  const table: readonly (readonly [string, string])[] = [
    ["[]", "the document is not an object"],
    ['{"builtins": {}}', "builtins is not a list"],
    ['{"builtins": [1]}', "builtins[0] is not an object"],
    ['{"builtins": [{}]}', "builtins[0].name is not a string"],
    ['{"builtins": [{"name": "f"}]}', "builtins[0].decl is not an object"],
    ['{"builtins": [{"name": "f", "decl": {"type": "any"}}]}', 'builtins[0].decl.type is not "function"'],
    [
      '{"builtins": [{"name": "f", "decl": {"type": "function", "args": [{"type": "nubmer"}]}}]}',
      'builtins[0].decl.args[0].type is "nubmer", which is no type',
    ],
    [
      '{"builtins": [{"name": "f", "decl": {"type": "function", "result": {"type": "set"}}}]}',
      "builtins[0].decl.result.of is not an object",
    ],
    ['{"features": [1]}', "features[0] is not a string"],
    ['{"future_keywords": "and"}', "future_keywords is not a list"],
    ['{"allow_net": [null]}', "allow_net[0] is not a string"],
  ];
  for (const [text, expected] of table) {
    test(`${text} is refused`, () => {
      assert.throws(
        () => readCapabilities(text, "c.json"),
        (error) => error instanceof LoadError && error.message === `c.json: ${expected}`,
      );
    });
  }
  test("what is no JSON is refused with its line", () => {
    assert.throws(() => readCapabilities("{\n,", "c.json"), /c\.json: line 2: not JSON/);
  });
});

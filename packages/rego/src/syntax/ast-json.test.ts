import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { jsonText } from "../values/json-write.ts";
import { isArray, isPlainObject } from "../values/kinds.ts";
import { ownValue, type Value } from "../values/value.ts";
import { type AstJsonOptions, moduleJson } from "./ast-json.ts";
import { parseModule } from "./parse-module.ts";

function json(text: string, options?: AstJsonOptions): Value {
  const { module } = parseModule(text, { file: "a.rego" });
  assert.ok(module !== undefined);
  return moduleJson(module, options);
}

function at(value: Value, ...path: readonly (string | number)[]): string {
  let found: Value | undefined = value;
  for (const key of path) {
    if (typeof key === "number") found = found !== undefined && isArray(found) ? found[key] : undefined;
    else found = found !== undefined && isPlainObject(found) ? ownValue(found, key) : undefined;
  }
  return found === undefined ? "absent" : jsonText(found);
}

suite("a module as JSON", () => {
  test("lists package, imports, rules and comments, and leaves out what is not there", () => {
    assert.equal(
      jsonText(json("package a\nimport data.b as c\n# d\np := 1")),
      '{"comments":[{"Location":{"col":1,"file":"a.rego","row":3},"Text":"IGQ="}],' +
        '"imports":[{"alias":"c","path":{"type":"ref","value":[{"type":"var","value":"data"},{"type":"string","value":"b"}]}}],' +
        '"package":{"path":[{"type":"var","value":"data"},{"type":"string","value":"a"}]},' +
        '"rules":[{"body":[{"generated":true,"index":0,"terms":{"type":"boolean","value":true}}],' +
        '"head":{"assign":true,"name":"p","ref":[{"type":"var","value":"p"}],"value":{"type":"number","value":1}}}]}',
    );
    assert.equal(at(json("package a\n# d", { comments: false }), "comments"), "absent");
    assert.equal(at(json("package a"), "rules"), "absent");
  });

  const variable = (name: string): string => `{"type":"var","value":"${name}"}`;
  const call = (name: string, ...args: string[]): string =>
    `[{"type":"ref","value":[${variable(name)}]},${args.join(",")}]`;
  const member = (name: string): string =>
    `{"type":"ref","value":[${variable("internal")},{"type":"string","value":"${name}"}]}`;

  const bodies: readonly (readonly [text: string, terms: string])[] = [
    ["x", variable("x")],
    ["x = y", call("eq", variable("x"), variable("y"))],
    ["some x, y", `{"symbols":[${variable("x")},${variable("y")}]}`],
    ["some x in y", `{"symbols":[{"type":"call","value":[${member("member_2")},${variable("x")},${variable("y")}]}]}`],
    [
      "some k, x in y",
      `{"symbols":[{"type":"call","value":[${member("member_3")},${variable("k")},${variable("x")},${variable("y")}]}]}`,
    ],
    [
      "every x in y { x }",
      `{"body":[{"index":0,"terms":${variable("x")}}],"domain":${variable("y")},"key":null,"value":${variable("x")}}`,
    ],
    ["null", '{"type":"null","value":{}}'],
    ["{}", '{"type":"object","value":[]}'],
    [
      '{"b": 2, "a": 1}',
      '{"type":"object","value":[[' +
        '{"type":"string","value":"a"},{"type":"number","value":1}],[{"type":"string","value":"b"},{"type":"number","value":2}]]}',
    ],
    ["{2, 1}", '{"type":"set","value":[{"type":"number","value":1},{"type":"number","value":2}]}'],
    ["2.50", '{"type":"number","value":2.50}'],
    [
      "[x | y]",
      `{"type":"arraycomprehension","value":{"body":[{"index":0,"terms":${variable("y")}}],"term":${variable("x")}}}`,
    ],
    [
      "{k: x | y}",
      `{"type":"objectcomprehension","value":{"body":[{"index":0,"terms":${variable("y")}}],"key":${variable("k")},"value":${variable("x")}}}`,
    ],
    [
      '$"a {x}"',
      `{"type":"templatestring","value":{"multi_line":false,"parts":[{"type":"string","value":"a "},{"index":0,"terms":${variable("x")}}]}}`,
    ],
  ];
  for (const [text, terms] of bodies) {
    test(`shows the expression ${text}`, () => {
      assert.equal(at(json(`package a\np if { ${text} }`), "rules", 0, "body", 0, "terms"), terms);
    });
  }

  test("shows what negates and modifies an expression", () => {
    const expr = json("package a\np if { not q with input as 1 }");
    assert.equal(at(expr, "rules", 0, "body", 0, "negated"), "true");
    assert.equal(
      at(expr, "rules", 0, "body", 0, "with"),
      '[{"target":{"type":"ref","value":[{"type":"var","value":"input"}]},"value":{"type":"number","value":1}}]',
    );
  });

  test("shows else, default, arguments and keys", () => {
    const rules = json("package a\ndefault f(_) := 0\nf(x) := 1 if x else := 2\ns contains x if x := 1");
    assert.equal(at(rules, "rules", 0, "default"), "true");
    assert.equal(at(rules, "rules", 1, "head", "args"), `[${variable("x")}]`);
    assert.equal(at(rules, "rules", 1, "else", "head", "value"), '{"type":"number","value":2}');
    assert.equal(at(rules, "rules", 2, "head", "key"), variable("x"));
  });

  test("shows places and texts where asked to", () => {
    const rules = json("package a\np := x", { locations: true });
    assert.equal(
      at(rules, "rules", 0, "head", "value"),
      '{"location":{"col":6,"file":"a.rego","row":2,"text":"eA=="},"type":"var","value":"x"}',
    );
  });
});

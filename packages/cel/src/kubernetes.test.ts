/** Results, errors and costs as k8s.io/apiserver 1.34.4 gave them for the same expressions and variables. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DYN, Environment, STRING, typeText, valueText, type Native } from "./index.ts";

interface Case {
  readonly expression: string;
  /** Why it does not compile. */
  readonly compile?: string;
  readonly type?: string;
  readonly cost?: number;
  readonly value?: string;
  readonly error?: string;
}

interface Recorded {
  readonly variables: {
    readonly object: Readonly<Record<string, Native>>;
    readonly s: string;
    readonly oldObject: null;
  };
  readonly cases: readonly Case[];
}

const recorded: Recorded = JSON.parse(
  readFileSync(new URL("../testdata/kubernetes-1.34.json", import.meta.url), "utf8"),
);
const variables: Readonly<Record<string, Native>> = {
  ...recorded.variables,
  object: { ...recorded.variables.object, big: Array.from({ length: 400 }, (_, index) => index) },
};
const environment = new Environment({ variables: { object: DYN, oldObject: DYN, s: STRING } });

test("there are recorded cases for every library", () => {
  assert.ok(recorded.cases.length > 450);
});

for (const { expression, compile, type, cost, value, error } of recorded.cases) {
  test(`${expression} is what the API server makes of it`, () => {
    const compiled = environment.compile(expression);
    if (compiled.kind === "error") {
      assert.equal(compiled.message.replace(/^compilation failed: /, ""), compile);
      return;
    }
    assert.equal(compile, undefined);
    const result = compiled.program.evaluate({ resolve: (name) => variables[name] });
    assert.equal(typeText(compiled.type), type);
    assert.equal(result.kind === "error" ? result.message : undefined, error);
    if (value !== undefined && result.kind === "value") assert.equal(valueText(result.value), value);
    assert.equal(result.cost, cost);
  });
}

test("a null in a mapping is a value, not a field that is missing", () => {
  const results: readonly (readonly [string, boolean])[] = [
    ["object.none == null", true],
    ["has(object.none)", true],
    ["has(object.none.more)", false],
    ["object.?none.hasValue()", true],
    ["{'a': null}.a == null", true],
  ];
  for (const [expression, expected] of results) {
    const compiled = environment.compile(expression);
    assert.ok(compiled.kind === "program", expression);
    const result = compiled.program.evaluate({ resolve: () => ({ none: null }) });
    assert.equal(result.kind === "value" ? result.value : result.message, expected, expression);
  }
});

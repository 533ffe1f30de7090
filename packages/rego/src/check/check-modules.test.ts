import assert from "node:assert/strict";
import { test } from "node:test";
import type { Module } from "../syntax/ast.ts";
import { formatError } from "../syntax/error.ts";
import { parseModule } from "../syntax/parse-module.ts";
import { parseQuery } from "../syntax/parse-query.ts";
import { formatBody, formatHead } from "../syntax/print-term.ts";
import { type CheckOptions, type CheckedModules, type RuleNode, checkModules, checkQuery } from "./index.ts";

function parsed(text: string, file = "a.rego"): Module {
  const { module, errors } = parseModule(text, { file });
  if (module === undefined) throw new Error(errors.map(formatError).join("\n"));
  return module;
}

function checked(rules: string, options?: CheckOptions): CheckedModules {
  return checkModules([parsed(`package a\n${rules}`)], options);
}

/** The rules in the form that evaluation takes, one a line. */
function coreForm(node: RuleNode): string[] {
  const lines = node.rules.map(({ rule }) => {
    let line = "";
    for (let link: typeof rule | undefined = rule; link !== undefined; link = link.else) {
      line += `${line === "" ? "" : " else "}${formatHead(link.head)} { ${formatBody(link.body)} }`;
    }
    return line;
  });
  return [...lines, ...[...node.children.values()].flatMap(coreForm)];
}

function expectForm(rules: string, expected: readonly string[], options?: CheckOptions): void {
  const result = checked(rules, options);
  assert.deepEqual(result.errors.map(formatError), []);
  assert.deepEqual(coreForm(result.rules), expected);
}

test("names of rules and imports become references to documents", () => {
  expectForm("import data.lib\nimport input.x as y\np if q\nq := lib.z[y]", [
    "p = true { data.a.q }",
    "q := __local0__ { __local1__ = input.x; __local0__ = data.lib.z[__local1__] }",
  ]);
});

test("declared variables get names of their own in each scope", () => {
  expectForm("p := x if { x := 1; [x | x := 2] == [y | some y in [2]] }", [
    "p := __local0__ { __local0__ = 1; [__local1__ | __local1__ = 2] = [__local4__ | __local5__ = [2]; __local4__ = __local5__[__local3__]] }",
  ]);
});

test("nested calls move before the expression that they are in", () => {
  expectForm('p if count(split(input.x, concat("", [input.y, "b"]))) > 1', [
    'p = true { __local3__ = input.y; concat("", [__local3__, "b"], __local0__); __local4__ = input.x; split(__local4__, __local0__, __local1__); count(__local1__, __local2__); gt(__local2__, 1) }',
  ]);
});

test("expressions wait for the variables that they need", () => {
  expectForm("p if { not q[x]; y > 1; y = x + 1; x = input.x }\nq contains 1", [
    "p = true { x = input.x; not data.a.q[x]; plus(x, 1, __local0__); y = __local0__; gt(y, 1) }",
    "q contains 1 { true }",
  ]);
});

test("print is taken out unless it is enabled", () => {
  expectForm("p if { print(input.x) }", ["p = true { true }"]);
  expectForm(
    "p if { print(input.x) }",
    ["p = true { __local1__ = {__local0__ | __local0__ = input.x}; internal.print([__local1__]) }"],
    {
      enablePrint: true,
    },
  );
});

test("an ad-hoc query gets the same form, with names of its own", () => {
  const modules = checked("f(x) := x + 1");
  const { body } = parseQuery("x := data.a.f(1); y = x with input as {1}");
  assert.ok(body);
  const query = checkQuery(modules, body);
  assert.deepEqual(query.errors, []);
  assert.equal(
    formatBody(query.body),
    "data.a.f(1, __localq1__); __localq0__ = __localq1__; y = __localq0__ with input as {1}",
  );
  assert.deepEqual([...query.written], [["__localq0__", "x"]]);
});

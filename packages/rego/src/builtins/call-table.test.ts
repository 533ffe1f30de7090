import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { nodeHost } from "../node.ts";
import type { Term } from "../syntax/ast.ts";
import { parseTermText } from "../syntax/parse-query.ts";
import { dottedName } from "../syntax/term-names.ts";
import { numberFromText } from "../values/number.ts";
import { objectFrom } from "../values/object.ts";
import { emptySet, RegoSet } from "../values/set.ts";
import { termText } from "../values/term-text.ts";
import type { Value } from "../values/value.ts";
import type { BuiltinContext } from "./builtin.ts";
import { BuiltinCaches } from "./cache.ts";
import { BuiltinError, HaltError } from "./errors.ts";
import { declarations } from "./gen/capabilities.ts";
import { builtins } from "./registry.ts";

/*
 * What the tables of each family share: calls as Rego writes them, with constants for operands, and what becomes of them.
 */

/** A call, and its result as a term, `undefined`, or `CODE: MESSAGE` of its error. */
export type CallRow = readonly [call: string, outcome: string];

/** A context without a limit, where it is always the same time. */
export function testContext(overrides: Partial<BuiltinContext> = {}): BuiltinContext {
  return {
    host: { ...nodeHost, localTimeZone: "UTC" },
    caches: new BuiltinCaches(),
    memo: new Map(),
    now: 1_577_934_245_000_000,
    charge: () => undefined,
    ...overrides,
  };
}

/** Makes a call and tells what became of it. */
export function outcomeOf(call: string, context: BuiltinContext = testContext()): string {
  const { term } = parseTermText(call);
  assert.ok(term?.type === "call", `${call} is a call`);
  const name = dottedName(term.operator) ?? "";
  const builtin = builtins.get(name);
  assert.ok(builtin !== undefined, `${name} is a builtin`);
  try {
    const result = builtin.call(context, ...term.args.map(constant));
    return result === undefined ? "undefined" : termText(result);
  } catch (error) {
    if (error instanceof BuiltinError || error instanceof HaltError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

function constant(term: Term): Value {
  switch (term.type) {
    case "null":
      return null;
    case "boolean":
    case "string":
      return term.value;
    case "number":
      return numberFromText(term.text) ?? assert.fail(`${term.text} is a number`);
    case "array":
      return term.items.map(constant);
    case "set":
      return RegoSet.from(term.items.map(constant));
    case "object":
      return objectFrom(term.entries.map(({ key, value }) => [constant(key), constant(value)]));
    case "call":
      assert.equal(dottedName(term.operator), "set");
      return emptySet;
    default:
      return assert.fail(`${term.type} is no constant`);
  }
}

/** One test for each builtin of a table. */
export function callTable(family: string, rows: readonly CallRow[]): void {
  suite(`builtins: ${family}`, () => {
    for (const [name, group] of Map.groupBy(rows, ([call]) => call.slice(0, call.indexOf("(")))) {
      test(`${name} gives OPA's results and messages`, () => {
        for (const [call, outcome] of group) assert.equal(outcomeOf(call), outcome, call);
      });
    }
  });
}

suite("builtins", () => {
  test("every builtin of OPA 1.22.2 is there, with its declaration", () => {
    assert.equal(declarations.length, 206);
    for (const { name, args, result } of declarations) {
      const builtin = builtins.get(name);
      assert.ok(builtin !== undefined, name);
      assert.deepEqual(builtin.decl.args, args);
      assert.deepEqual(builtin.decl.result, result);
    }
  });

  test("calls that a compiler replaces cannot be made", () => {
    for (const call of ["print(1)", "rego.metadata.rule()", "rego.metadata.chain()"]) {
      assert.match(outcomeOf(call), /^eval_internal_error: unsupported built-in: /);
    }
  });
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { nodeHost } from "../node.ts";
import { objectGet } from "../values/object.ts";
import { termText } from "../values/term-text.ts";
import { outcomeOf, testContext } from "./call-table.test.ts";
import type { BuiltinContext } from "./builtin.ts";
import { PendingAnswer } from "./errors.ts";
import type { RegoHost } from "./host.ts";

function contextOf(host: RegoHost): BuiltinContext {
  return testContext({ host: { ...nodeHost, ...host } });
}

/** Waits for what a call asks from outside, as an evaluation does, and makes it again. */
async function settledOutcome(call: string, context: BuiltinContext): Promise<string> {
  try {
    return outcomeOf(call, context);
  } catch (error) {
    if (!(error instanceof PendingAnswer)) throw error;
    await error.answer;
    return outcomeOf(call, context);
  }
}

const get = 'http.send({"method": "get", "url": "http://h/"})';

suite("builtins that reach outside", () => {
  test("requests and lookups are off unless the host allows them", () => {
    assert.equal(outcomeOf(get), "eval_builtin_error: sending requests is not allowed here");
    assert.equal(outcomeOf('net.lookup_ip_addr("h")'), "eval_builtin_error: looking up names is not allowed here");
    assert.equal(outcomeOf("opa.runtime()"), "{}");
  });

  test("a request must be complete and hold nothing unknown, allowed or not", () => {
    assert.equal(
      outcomeOf('http.send({"method": "get"})'),
      'eval_type_error: operand 1 missing required request parameters(s): {"url"}',
    );
    assert.equal(
      outcomeOf('http.send({"method": "get", "url": "http://h/", "q": 1})'),
      'eval_type_error: operand 1 invalid request parameters(s): {"q"}',
    );
    assert.equal(outcomeOf("http.send(1)"), "eval_type_error: operand 1 must be object but got number");
  });

  test("the host's answer is the result, and equal requests are sent once", () => {
    let sent = 0;
    const context = contextOf({
      httpSend: (request) => {
        sent += 1;
        return { status: 200, url: objectGet(request, "url") ?? null };
      },
    });
    assert.equal(outcomeOf(get, context), '{"status": 200, "url": "http://h/"}');
    assert.equal(outcomeOf(get, context), '{"status": 200, "url": "http://h/"}');
    assert.equal(sent, 1);
  });

  test("an answer that takes time is awaited", async () => {
    const context = contextOf({
      httpSend: async () => Promise.resolve({ status: 204 }),
      lookupAddresses: async () => Promise.resolve(["10.0.0.1", "::1"]),
    });
    assert.equal(await settledOutcome(get, context), '{"status": 204}');
    assert.equal(await settledOutcome('net.lookup_ip_addr("h")', context), '{"10.0.0.1", "::1"}');
  });

  test("a host that fails is a builtin that fails", async () => {
    const context = contextOf({
      httpSend: async () => Promise.reject(new Error("connection refused")),
      lookupAddresses: () => {
        throw new Error("lookup h: no such host");
      },
    });
    assert.equal(await settledOutcome(get, context), "eval_builtin_error: connection refused");
    assert.equal(outcomeOf('net.lookup_ip_addr("h")', context), "eval_builtin_error: lookup h: no such host");
  });

  test("an address stands for itself, without a lookup", () => {
    assert.equal(outcomeOf('net.lookup_ip_addr("10.0.0.1")'), '{"10.0.0.1"}');
    assert.equal(outcomeOf('net.lookup_ip_addr("::1")'), '{"::1"}');
  });

  test("opa.runtime tells what the host tells", () => {
    assert.equal(outcomeOf("opa.runtime()", contextOf({ runtime: { env: { A: "b" } } })), '{"env": {"A": "b"}}');
  });

  test("rego.parse_module gives the syntax tree, or the parser's errors", () => {
    assert.equal(
      outcomeOf('rego.parse_module("a.rego", "package a")'),
      '{"package": {"path": [{"type": "var", "value": "data"}, {"type": "string", "value": "a"}]}}',
    );
    assert.match(
      outcomeOf('rego.parse_module("a.rego", "package")'),
      /^eval_builtin_error: 1 error occurred: a\.rego:1: rego_parse_error: /,
    );
    assert.equal(
      outcomeOf('rego.parse_module("a.rego", 1)'),
      "eval_type_error: operand 1 must be string but got number",
    );
  });

  test("cryptography that a host has not is a failure, not a crash", () => {
    const context = testContext({ host: {} });
    assert.equal(outcomeOf('crypto.sha256("a")', context), "eval_builtin_error: no cryptography is available here");
  });
});

suite("builtins that are the same within one evaluation only", () => {
  test("the time stands still", () => {
    assert.equal(outcomeOf("time.now_ns()"), "1577934245000000");
  });

  test("random numbers are below the limit and the same for one name", () => {
    const context = testContext();
    const first = outcomeOf('rand.intn("a", 1000000)', context);
    assert.equal(outcomeOf('rand.intn("a", 1000000)', context), first);
    assert.ok(Number(first) >= 0 && Number(first) < 1_000_000);
    assert.equal(outcomeOf('rand.intn("a", 0)', context), "0");
    const others = new Set(Array.from({ length: 8 }, (_, i) => outcomeOf(`rand.intn("${i}", 1000000)`, context)));
    assert.ok(others.size > 1);
    assert.match(outcomeOf("rand.intn(1, 1)", context), /must be string/);
  });

  test("uuid.rfc4122 is random, of version 4, and the same for one name", () => {
    const context = testContext();
    const first = outcomeOf('uuid.rfc4122("a")', context);
    assert.match(first, /^"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"$/);
    assert.equal(outcomeOf('uuid.rfc4122("a")', context), first);
    assert.notEqual(outcomeOf('uuid.rfc4122("b")', context), first);
    assert.notEqual(outcomeOf('uuid.rfc4122("a")'), first);
  });
});

suite("builtins that tell somebody", () => {
  test("print writes a line for each combination of its operands' values", () => {
    const lines: string[] = [];
    const context = testContext({ print: (line) => lines.push(line) });
    assert.equal(outcomeOf('internal.print([{"a"}, {1, 2}, set()])', context), "true");
    assert.deepEqual(lines, ["a 1 <undefined>", "a 2 <undefined>"]);
    assert.equal(outcomeOf('internal.print([{"a"}])'), "true");
  });

  test("trace hands on its note", () => {
    const notes: string[] = [];
    const context = testContext({ note: (note) => notes.push(note) });
    assert.equal(outcomeOf('trace("here")', context), "true");
    assert.deepEqual(notes, ["here"]);
    assert.match(outcomeOf("trace(1)", context), /^eval_type_error: operand 1 must be string/);
  });

  test("template strings have one value for each part", () => {
    assert.equal(outcomeOf('internal.template_string(["a ", {1}, set()])'), '"a 1<undefined>"');
    assert.match(outcomeOf("internal.template_string([{1, 2}])"), /^eval_conflict_error: /);
  });

  test("internal.test_case hands on its operand", () => {
    const told: string[] = [];
    const context = testContext({ testCase: (names) => told.push(termText(names)) });
    assert.equal(outcomeOf('internal.test_case(["a", "b"])', context), "true");
    assert.deepEqual(told, ['["a", "b"]']);
  });
});

suite("walk", () => {
  test("gives each value within one with its path", () => {
    const outcome = outcomeOf('walk({"a": [1, {2}]})');
    assert.equal(
      outcome,
      '[[[], {"a": [1, {2}]}], [["a"], [1, {2}]], [["a", 0], 1], [["a", 1], {2}], [["a", 1, 2], 2]]',
    );
    assert.equal(outcomeOf("walk(1)"), "[[[], 1]]");
  });
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { compile } from "../program/program.ts";
import type { Value } from "../values/value.ts";
import { Profile } from "./profile.ts";
import { Trace } from "./trace.ts";

const POLICY = `package p

f(x) := y if {
	y := x + 1
	y > 2
}

allow if {
	some n in input.ns
	trace("here")
	f(n) == 3
}

allow if input.root
`;

function traced(query: string, input: Value): readonly string[] {
  const trace = new Trace();
  const prepared = compile({ modules: { "p.rego": POLICY } }).prepare(query, { observed: true });
  prepared.observer = trace;
  prepared.evaluate(input, { note: (text) => trace.note(text) });
  trace.finish();
  return trace.lines.map(
    ({ operation, depth, text, location }) => `${location?.row}${" ".repeat(depth + 1)}${operation} ${text}`,
  );
}

suite("a trace", () => {
  test("tells what is tried, what fails, and what is tried again", () => {
    assert.deepEqual(
      traced("data.p.allow", { ns: [1, 2] }).filter((line) => !line.includes("trace(")),
      [
        "1 Eval data.p.allow",
        "8  Enter allow",
        "9  Eval some n in input.ns",
        '10  Note "here"',
        "11  Eval f(n)",
        "3   Enter f",
        "4   Eval y := x + 1",
        "5   Eval y > 2",
        "5   Fail y > 2",
        "11  Fail f(n)",
        "9  Redo some n in input.ns",
        '10  Note "here"',
        "11  Eval f(n)",
        "3   Enter f",
        "4   Eval y := x + 1",
        "5   Eval y > 2",
        "3   Exit f",
        "11  Eval f(n) == 3",
        "8  Exit allow",
      ],
    );
  });
  test("of definitions one after the other none is inside the other", () => {
    const lines = traced("data.p.allow", { root: true });
    assert.deepEqual(
      lines.filter((line) => line.includes("Enter")),
      ["8  Enter allow", "14  Enter allow"],
    );
  });
});

suite("a profile", () => {
  const profiled = (input: Value): Profile => {
    let now = 0n;
    const profile = new Profile(() => (now += 10n));
    const prepared = compile({ modules: { "p.rego": POLICY } }).prepare("data.p.allow", { observed: true });
    prepared.observer = profile;
    prepared.evaluate(input);
    return profile;
  };
  test("counts line by line how often something is tried", () => {
    const entries = profiled({ ns: [1, 2] }).report(100);
    const evaluations = new Map(
      entries.map(({ location: { source, row }, evaluations: n }) => [`${source.file}:${row}`, n]),
    );
    assert.equal(evaluations.get("p.rego:5"), 2);
    assert.equal(evaluations.get("p.rego:14"), undefined);
  });
  test("puts what took longest first, and no more than is asked for", () => {
    const entries = profiled({ ns: [1, 2, 3, 4] }).report(3);
    assert.equal(entries.length, 3);
    const times = entries.map(({ nanoseconds }) => nanoseconds);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => (a > b ? -1 : 1)),
    );
    assert.ok(times.every((time) => time > 0n));
  });
});

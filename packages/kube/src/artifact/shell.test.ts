import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseShell } from "./shell.ts";

const cases: readonly { script: string; commands: readonly string[][]; note: string }[] = [
  { note: "words and lines", script: "a b\nc", commands: [["a", "b"], ["c"]] },
  { note: "comments", script: "# x\na # b\na#b", commands: [["a"], ["a#b"]] },
  { note: "quotes join to one word", script: `echo 'a b'"c d"e\\ f`, commands: [["echo", "a bc de f"]] },
  { note: "continued lines", script: "kubectl get \\\n  pods", commands: [["kubectl", "get", "pods"]] },
  { note: "separators", script: "a;b&&c||d|e &", commands: [["a"], ["b"], ["c"], ["d"], ["e"]] },
  { note: "keywords are not commands", script: "if a; then b; else c; fi", commands: [["a"], ["b"], ["c"]] },
  {
    note: "substitutions are commands of their own",
    script: 'x "$(kubectl get pods)" y',
    commands: [
      ["x", "$(kubectl get pods)", "y"],
      ["kubectl", "get", "pods"],
    ],
  },
  {
    note: "backticks",
    script: "x `y z`",
    commands: [
      ["x", "`y z`"],
      ["y", "z"],
    ],
  },
  { note: "subshells", script: "(cd a && b) | c", commands: [["cd", "a"], ["b"], ["c"]] },
  {
    note: "here-documents are skipped",
    script: "cat <<EOF > f\nkubectl delete ns\nEOF\nls",
    commands: [["cat"], ["ls"]],
  },
  { note: "arithmetic", script: "echo $((1 + 2)) z", commands: [["echo", "$((1 + 2))", "z"]] },
  { note: "redirects are no words", script: "a > f 2>&1 b", commands: [["a", "b"]] },
  { note: "carriage returns", script: "a b\r\nc\r\n", commands: [["a", "b"], ["c"]] },
  { note: "open quotes end with the text", script: "a 'b", commands: [["a", "b"]] },
  { note: "a stray bracket", script: "a ) b", commands: [["a"], ["b"]] },
];

suite("parseShell", () => {
  for (const { note, script, commands } of cases) {
    test(note, () => {
      const actual = parseShell(script)
        .filter(({ words }) => words.length > 0)
        .map(({ words }) => words.map(({ text }) => text));
      assert.deepEqual(actual, commands);
    });
  }

  test("a command knows its line, its assignments and what it is piped to", () => {
    const [, second, third] = parseShell('\nA=1\nB=2 x $A "$C" ${D:-e} | y');
    assert.equal(second?.line, 3);
    assert.deepEqual(
      second?.assignments.map(({ name, value }) => [name, value.text]),
      [["B", "2"]],
    );
    assert.deepEqual(
      second?.words.flatMap(({ expansions }) => expansions),
      [
        { name: "A", quoted: false, modifier: "" },
        { name: "C", quoted: true, modifier: "" },
        { name: "D", quoted: false, modifier: ":-e" },
      ],
    );
    assert.equal(second?.connector, "|");
    assert.equal(third?.pipeline, second?.pipeline);
  });

  test("deep nesting neither crashes nor hangs", () => {
    assert.doesNotThrow(() => parseShell("$(".repeat(100_000)));
    assert.doesNotThrow(() => parseShell("(".repeat(100_000)));
  });
});

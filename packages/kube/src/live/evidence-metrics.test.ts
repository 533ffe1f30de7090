import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseMetrics } from "./evidence-metrics.ts";

const families = new Set(["a_total", "b"]);

suite("a Prometheus text", () => {
  const table: readonly [note: string, text: string, samples: ReturnType<typeof parseMetrics>][] = [
    ["a bare sample", "a_total 3\n", [{ name: "a_total", labels: {}, value: 3 }]],
    ["a timestamp after the value", "a_total 3 1700000000000\n", [{ name: "a_total", labels: {}, value: 3 }]],
    ["labels", 'b{x="1",y=""} 0.5\n', [{ name: "b", labels: { x: "1", y: "" }, value: 0.5 }]],
    ["a comma after the last label", 'b{x="1",} 2\n', [{ name: "b", labels: { x: "1" }, value: 2 }]],
    [
      "braces, quotes, backslashes and line ends inside labels",
      String.raw`b{x="a}\"b\\c\nd"} 1`,
      [{ name: "b", labels: { x: 'a}"b\\c\nd' }, value: 1 }],
    ],
    ["comments, other families and longer names", "# HELP a_total b\nc 1\na_total_sum 2\n\n", []],
    ["infinity", "b +Inf\n", []],
    ["no number", "b many\n", []],
    ["no value", "b\n", []],
    ["the end without a line end", "a_total 1e3", [{ name: "a_total", labels: {}, value: 1000 }]],
  ];
  for (const [note, text, samples] of table) test(note, () => assert.deepEqual(parseMetrics(text, families), samples));

  test("is cut off where it has more samples than anyone reads", () => {
    const text = Array.from({ length: 9000 }, (_, index) => `b{x="${index}"} 1\n`).join("");
    assert.equal(parseMetrics(text, families).length, 5000);
  });
});

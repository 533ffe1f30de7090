import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram, NumberMetric, snapshotOf, writeMetrics } from "./metric.ts";

test("metrics are written in Prometheus' text format", () => {
  const requests = new NumberMetric("counter", "requests_total", "Requests\nby path.", ["path", "code"]);
  requests.at('/a"\\\n', "200").add(2);
  requests.at('/a"\\\n', "200").add(1);
  const up = new NumberMetric("gauge", "up", "Up.", []);
  up.at().set(1);
  assert.equal(
    writeMetrics([requests, up]),
    `# HELP requests_total Requests\\nby path.
# TYPE requests_total counter
requests_total{path="/a\\"\\\\\\n",code="200"} 3
# HELP up Up.
# TYPE up gauge
up 1
`,
  );
});

test("a histogram's buckets count everything up to their bound", () => {
  const histogram = new Histogram("seconds", "Time.", ["kind"]);
  for (const seconds of [0.00005, 0.0001, 0.002, 20]) histogram.at("a").observe(seconds);
  const lines = [...histogram.samples(histogram.values())];
  assert.equal(lines[0], 'seconds_bucket{kind="a",le="0.0001"} 2');
  assert.ok(lines.includes('seconds_bucket{kind="a",le="0.0025"} 3'));
  assert.ok(lines.includes('seconds_bucket{kind="a",le="10"} 3'));
  assert.ok(lines.includes('seconds_bucket{kind="a",le="+Inf"} 4'));
  assert.equal(lines.at(-1), 'seconds_count{kind="a"} 4');
  histogram.clear();
  assert.deepEqual([...histogram.values()], []);
});

test("series of several processes are added", () => {
  const processes = [1, 2].map((number) => {
    const requests = new NumberMetric("counter", "requests_total", "Requests.", ["code"]);
    requests.at("200").add(number);
    requests.at(`50${number}`).add(1);
    const seconds = new Histogram("seconds", "Time.", []);
    seconds.at().observe(number / 10_000);
    return [requests, seconds];
  });
  const [here = [], there = []] = processes;
  const lines = writeMetrics(here, [snapshotOf(there)]).split("\n");
  for (const line of [
    'requests_total{code="200"} 3',
    'requests_total{code="501"} 1',
    'requests_total{code="502"} 1',
    'seconds_bucket{le="0.0001"} 1',
    'seconds_bucket{le="0.00025"} 2',
    "seconds_count 2",
  ])
    assert.ok(lines.includes(line), line);
  assert.ok(lines.some((line) => line.startsWith("seconds_sum 0.0003")));
});

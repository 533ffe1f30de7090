import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram, NumberMetric, writeMetrics } from "./metric.ts";

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
  const lines = [...histogram.samples()];
  assert.equal(lines[0], 'seconds_bucket{kind="a",le="0.0001"} 2');
  assert.ok(lines.includes('seconds_bucket{kind="a",le="0.0025"} 3'));
  assert.ok(lines.includes('seconds_bucket{kind="a",le="10"} 3'));
  assert.ok(lines.includes('seconds_bucket{kind="a",le="+Inf"} 4'));
  assert.equal(lines.at(-1), 'seconds_count{kind="a"} 4');
  histogram.clear();
  assert.deepEqual([...histogram.samples()], []);
});

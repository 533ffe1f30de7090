import assert from "node:assert/strict";
import { test } from "node:test";
import { answerTime, parseGoDuration } from "./deadline.ts";

test("durations are read as Go writes them", () => {
  for (const [text, milliseconds] of [
    ["10s", 10_000],
    ["1m30s", 90_000],
    ["1.5s", 1500],
    ["500ms", 500],
    ["1h", 3_600_000],
    ["20µs", 0.02],
  ] as const) {
    assert.equal(parseGoDuration(text), milliseconds, text);
  }
  for (const text of ["", "10", "s", "-1s", "1s ", "1d", "NaN", "1e9s", "1.2.3s"]) {
    assert.equal(parseGoDuration(text), undefined, text);
  }
});

test("an answer comes before the asker stops waiting", () => {
  assert.equal(answerTime("10s", 5000), 9500);
  assert.equal(answerTime("1s", 5000), 800);
  assert.equal(answerTime(undefined, 5000), 4500);
  assert.equal(answerTime("nonsense", 5000), 4500);
  assert.equal(answerTime("0s", 5000), 4500);
  assert.equal(answerTime("999h", 5000), 29_500);
});

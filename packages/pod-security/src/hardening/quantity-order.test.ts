import assert from "node:assert/strict";
import { test } from "node:test";
import { exceeds } from "./quantity-order.ts";

test("quantities are ordered by value across units", () => {
  for (const [less, more] of [
    ["700m", 0.8],
    ["1G", "1Gi"],
    ["999999k", "1G"],
    ["1e3", "2k"],
    ["0.5", 1],
    ["512Mi", "1Gi"],
  ] as const) {
    assert(exceeds(more, less), `${more} > ${less}`);
    assert(!exceeds(less, more), `${less} > ${more}`);
  }
});

test("equal values in different units do not exceed one another", () => {
  for (const [one, other] of [
    ["700m", 0.7],
    ["1100M", "1.1G"],
    ["1024Mi", "1Gi"],
    ["1e3", "1k"],
    ["1.", 1],
  ] as const) {
    assert(!exceeds(one, other) && !exceeds(other, one), `${one} = ${other}`);
  }
});

test("what is no quantity exceeds nothing", () => {
  for (const text of ["", "1 Gi", "1gi", "Gi", "1e", "--1", "9".repeat(100_000)])
    assert(!exceeds(text, 0), text.slice(0, 10));
});

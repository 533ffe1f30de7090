import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { type Quantity, compareQuantities, formatQuantity, parseQuantity, quantityValue } from "./quantity.ts";

function parsed(text: string | number): Quantity {
  const quantity = parseQuantity(text);
  assert.ok(quantity.kind === "quantity", `${text} is no quantity`);
  return quantity;
}

suite("quantities have the canonical form that the API server stores", () => {
  const table: readonly [string | number, string][] = [
    ["0", "0"],
    ["0n", "0"],
    ["-0", "0"],
    ["+", "0"],
    [1, "1"],
    [0.5, "500m"],
    ["100m", "100m"],
    ["1000m", "1"],
    ["1500m", "1500m"],
    ["0.1", "100m"],
    ["1.50", "1500m"],
    [".5", "500m"],
    ["5.", "5"],
    ["1k", "1k"],
    ["1000k", "1M"],
    ["1500", "1500"],
    ["1e3", "1e3"],
    ["1E3", "1e3"],
    ["12e2", "1200"],
    ["1.5e-3", "1500e-6"],
    ["1E", "1E"],
    ["1Ki", "1Ki"],
    ["1024Ki", "1Mi"],
    ["1.5Gi", "1536Mi"],
    ["0.5Gi", "512Mi"],
    ["1023Ki", "1023Ki"],
    ["0.5Ki", "512"],
    ["0.0001Ki", "102400u"],
    ["-2Gi", "-2Gi"],
    ["0.1n", "1n"],
    ["0.0000000001", "1n"],
    ["1.1n", "2n"],
    ["-1.1n", "-2n"],
    ["9223372036854775808", "9223372036854775808"],
    ["8Ei", "9223372036854775807"],
    ["007", "7"],
    [" 1 ", "1"],
    ["1.000001Mi", "1048577048576u"],
  ];
  for (const [text, canonical] of table)
    test(`"${text}" is ${canonical}`, () => assert.equal(formatQuantity(parsed(text)), canonical));
});

suite("what is no quantity is refused", () => {
  for (const text of [
    "",
    "1i",
    "1.1.M",
    "1+1.0M",
    "0.1mi",
    "0.1am",
    "aoeu",
    ".5i",
    "-3.01i",
    "-3.01e-",
    "1K",
    "1ki",
    "1Kii",
    "1e",
    "1e1.5",
    "0x10",
    "1_000",
    "--1",
  ]) {
    test(`"${text}"`, () => assert.equal(parseQuantity(text).kind, "error"));
  }
});

test("quantities of different formats compare by amount", () => {
  assert.ok(compareQuantities(parsed("1Gi"), parsed("1G")) > 0);
  assert.ok(compareQuantities(parsed("900m"), parsed("1")) < 0);
  assert.equal(compareQuantities(parsed("1024Mi"), parsed("1Gi")), 0);
  assert.equal(compareQuantities(parsed("1e3"), parsed("1k")), 0);
  assert.ok(compareQuantities(parsed("1e99999999"), parsed("1E")) > 0);
});

test("values are rounded away from zero", () => {
  assert.equal(quantityValue(parsed("100m")), 1n);
  assert.equal(quantityValue(parsed("-100m")), -1n);
  assert.equal(quantityValue(parsed("1.5")), 2n);
  assert.equal(quantityValue(parsed("1.5"), "milli"), 1500n);
});

test("the canonical form means the same amount", () => {
  const text = fc
    .tuple(
      fc.constantFrom("", "-", "+"),
      fc.nat(99_999),
      fc.option(fc.nat(999)),
      fc.constantFrom("", "n", "u", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e2", "e-3"),
    )
    .map(([sign, whole, fraction, suffix]) => `${sign}${whole}${fraction === null ? "" : `.${fraction}`}${suffix}`);
  fc.assert(
    fc.property(text, (written) => {
      const quantity = parsed(written);
      const again = parsed(formatQuantity(quantity));
      // Binary amounts lose their fraction in canonical form.
      if (quantity.format === "BinarySI") assert.equal(quantityValue(again), quantityValue(quantity));
      else assert.equal(again.nano, quantity.nano);
    }),
  );
});

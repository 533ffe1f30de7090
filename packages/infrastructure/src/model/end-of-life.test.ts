import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { kubernetesMaintenance, osMaintenance, runtimeMaintenance } from "./end-of-life.ts";

const at = (date: string): number => Date.parse(`${date}T12:00:00Z`);

suite("whether a version still gets security fixes", () => {
  const table: readonly [note: string, found: { readonly kind: string }, wanted: string][] = [
    ["on its last day", kubernetesMaintenance(35, at("2027-02-28")), "maintained"],
    ["the day after", kubernetesMaintenance(35, at("2027-03-01")), "ended"],
    ["long before the table begins", kubernetesMaintenance(12, at("2026-12-01")), "ended"],
    ["newer than the table", kubernetesMaintenance(40, at("2026-12-01")), "unknown"],
    ["by a table too old to say so", kubernetesMaintenance(37, at("2027-06-01")), "unknown"],
    ["ended, by a table however old", kubernetesMaintenance(31, at("2030-01-01")), "ended"],
    ["at no known time", kubernetesMaintenance(36, undefined), "unknown"],
    ["ended before the table, at no known time", kubernetesMaintenance(31, undefined), "ended"],
    ["containerd 1.6 of its project", runtimeMaintenance("containerd://1.6.28", "", at("2026-12-01")), "ended"],
    [
      "containerd 1.6 of a distribution",
      runtimeMaintenance("containerd://1.6.20~ds1", "", at("2026-12-01")),
      "unknown",
    ],
    ["a runtime nobody knows", runtimeMaintenance("youki://0.1", "", at("2026-12-01")), "unknown"],
    [
      "containerd 1.6 that may be Debian's",
      runtimeMaintenance("containerd://1.6.20", "Debian GNU/Linux 12 (bookworm)", at("2026-12-01")),
      "unknown",
    ],
    [
      "containerd 1.6 that is not Debian's",
      runtimeMaintenance("containerd://1.6.28", "Debian GNU/Linux 12 (bookworm)", at("2026-12-01")),
      "ended",
    ],
    ["Ubuntu 20.04", osMaintenance("Ubuntu 20.04.6 LTS", at("2026-12-01")), "ended"],
    ["Debian 12", osMaintenance("Debian GNU/Linux 12 (bookworm)", at("2026-12-01")), "maintained"],
    ["Amazon Linux 2023", osMaintenance("Amazon Linux 2023.6.20250107", at("2026-12-01")), "maintained"],
  ];
  test("the verdict says how old the table was", () => {
    const found = kubernetesMaintenance(31, at("2026-12-06"));
    assert.ok(found.kind === "ended");
    assert.equal(found.table, "the table of 2026-11-24, 12 days old");
    const old = kubernetesMaintenance(37, at("2027-06-01"));
    assert.ok(old.kind === "unknown");
    assert.match(old.reason, /189 days old, is too old/);
  });

  for (const [note, found, wanted] of table) test(`${note}: ${wanted}`, () => assert.equal(found.kind, wanted));
});

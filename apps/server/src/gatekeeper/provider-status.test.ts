import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type JsonObject, stringAt } from "@redoubt/kube";
import { providerStatus } from "./provider-status.ts";

suite("a Provider's status", () => {
  const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second, 5));
  const first: JsonObject = {
    ...providerStatus({ isActive: false, messages: ["bad"], earlier: undefined, generation: 1, now: at(1) }),
    observedGeneration: 1,
  };

  test("has its times to the second", () => {
    assert.equal(first["lastTransitionTime"], "2026-01-01T00:00:01Z");
    assert.equal(first["lastCacheUpdateTime"], undefined);
    assert.equal(first["active"], undefined);
  });

  test("is the same again while nothing changes", () => {
    const again = providerStatus({ isActive: false, messages: ["bad"], earlier: first, generation: 1, now: at(2) });
    assert.deepEqual({ ...again, observedGeneration: 1 }, first);
  });

  test("says when errors changed, and when a version was taken", () => {
    const other = providerStatus({ isActive: false, messages: ["worse"], earlier: first, generation: 1, now: at(3) });
    assert.equal(other["lastTransitionTime"], "2026-01-01T00:00:03Z");
    const good = providerStatus({ isActive: true, messages: [], earlier: first, generation: 2, now: at(4) });
    assert.deepEqual(good, {
      active: true,
      lastTransitionTime: "2026-01-01T00:00:04Z",
      lastCacheUpdateTime: "2026-01-01T00:00:04Z",
    });
    const earlier = { ...good, observedGeneration: 2 };
    const newer = providerStatus({ isActive: true, messages: [], earlier, generation: 3, now: at(5) });
    assert.equal(newer["lastCacheUpdateTime"], "2026-01-01T00:00:05Z");
    assert.equal(newer["lastTransitionTime"], good["lastTransitionTime"]);
  });

  test("takes odd entries for none", () => {
    const odd = { errors: ["x", { message: 1 }], lastTransitionTime: 5 };
    const status = providerStatus({ isActive: false, messages: ["bad"], earlier: odd, generation: 1, now: at(6) });
    assert.equal(stringAt(status, ["errors", 0, "errorTimestamp"]), "2026-01-01T00:00:06Z");
    assert.equal(status["lastTransitionTime"], "2026-01-01T00:00:06Z");
  });
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { objectAt, stringAt, stringsAt } from "@redoubt/kube";
import type { Decision } from "./decide.ts";
import { reviewResponse } from "./review-response.ts";

const ALLOWED: Decision = {
  allowed: true,
  violations: [],
  warnings: [],
  patches: [],
  object: undefined,
  auditAnnotations: {},
  why: [],
};

suite("the response to a review", () => {
  test("has the uid and the version of the review, and nothing that is empty", () => {
    assert.deepEqual(reviewResponse("u-1", ALLOWED, { apiVersion: "admission.k8s.io/v1beta1" }), {
      apiVersion: "admission.k8s.io/v1beta1",
      kind: "AdmissionReview",
      response: { uid: "u-1", allowed: true },
    });
  });

  test("a validating webhook answers without a patch, which the API server would refuse", () => {
    const decision: Decision = { ...ALLOWED, patches: [{ op: "remove", path: "/spec" }] };
    assert.equal(stringAt(reviewResponse("u", decision), ["response", "patchType"]), "JSONPatch");
    const response = objectAt(reviewResponse("u", decision, { isValidating: true }), ["response"]);
    assert.deepEqual(response, { uid: "u", allowed: true });
  });

  test("warnings are single lines of at most 256 characters", () => {
    const warnings = ["one\ntwo\u0000three", "é".repeat(300), "lone \uD800 half"];
    const [first, second, third] = stringsAt(reviewResponse("u", { ...ALLOWED, warnings }), ["response", "warnings"]);
    assert.equal(first, "one two three");
    assert.equal(Array.from(second ?? "").length, 256);
    assert.equal(third, "lone \uFFFD half");
  });

  test("audit annotations have keys that the API server takes and values that it keeps", () => {
    const keys = ["pod-security.kubernetes.io/enforce-policy", "a b/ü", "-x-", "k".repeat(100), "//"];
    const auditAnnotations = Object.fromEntries(keys.map((key) => [key, "v".repeat(20_000)]));
    const response = objectAt(reviewResponse("u", { ...ALLOWED, auditAnnotations }), ["response"]);
    const written = Object.entries(objectAt(response, ["auditAnnotations"]) ?? {});
    assert.equal(written.length, keys.length);
    assert.equal(written[0]?.[0], "pod-security.kubernetes.io.enforce-policy");
    for (const [key, value] of written) {
      assert.match(key, /^(?=.{1,63}$)[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/);
      assert.ok(Buffer.byteLength(typeof value === "string" ? value : "") <= 10 * 1024);
    }
  });

  test("a refusal is a Status with its message cut between characters", () => {
    const decision: Decision = {
      ...ALLOWED,
      allowed: false,
      message: "😀".repeat(20_000),
      code: 422,
      reason: "Invalid",
    };
    const status = objectAt(reviewResponse("u", decision), ["response", "status"]);
    assert.deepEqual([status?.["status"], status?.["code"], status?.["reason"]], ["Failure", 422, "Invalid"]);
    const message = stringAt(status, ["message"]) ?? "";
    assert.match(message, /^(?:😀)+…$/u);
    assert.ok(Buffer.byteLength(message) <= 32 * 1024);
  });
});

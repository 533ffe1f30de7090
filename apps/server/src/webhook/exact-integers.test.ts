import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@redoubt/kube";
import { reviewOf } from "../testing/reviews.ts";
import { ask, runningWebhook } from "../testing/running-webhook.ts";

const POLICY: JsonObject = {
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingAdmissionPolicy",
  metadata: { name: "serials" },
  spec: {
    matchConstraints: {
      resourceRules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"] }],
    },
    validations: [{ expression: "object.spec.serial != 9007199254740993" }],
  },
};
const BINDING: JsonObject = {
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingAdmissionPolicyBinding",
  metadata: { name: "serials" },
  spec: { policyName: "serials", validationActions: ["Deny"] },
};

test("an integer of 64 bits is judged by its digits", async (context) => {
  const webhook = await runningWebhook(context, { objects: [POLICY, BINDING] });
  const kind = { group: "example.com", version: "v1", kind: "Widget" };
  const resource = { group: "example.com", version: "v1", resource: "widgets" };
  const widget = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" }, spec: { serial: "SERIAL" } };
  const text = JSON.stringify(reviewOf(widget, { kind, resource }));
  for (const [serial, allowed] of [
    ["9007199254740992", true],
    ["9007199254740993", false],
    ["9007199254740994", true],
  ] as const) {
    const { status, body } = await ask(webhook, { body: text.replace('"SERIAL"', serial) });
    assert.equal(status, 200, body);
    assert.match(body, new RegExp(`"allowed":${allowed}`), serial);
  }
});

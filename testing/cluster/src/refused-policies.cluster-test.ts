/** What a real API server refuses about its own policies, and what we say of them: the same fields, in the same words. */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { PolicySet } from "@redoubt/admission";
import { type JsonObject, listAt, stringAt } from "@redoubt/kube";
import type { ApiResponse } from "./api-client.ts";
import { ControlPlane } from "./control-plane.ts";
import { REFUSED_POLICIES } from "./refused-policies.ts";

suite("policies that an API server refuses", () => {
  let plane: ControlPlane;

  before(async () => {
    plane = await ControlPlane.start({
      featureGates: { MutatingAdmissionPolicy: true },
      flags: { "runtime-config": "admissionregistration.k8s.io/v1beta1=true" },
    });
  });
  after(() => plane.stop());

  for (const { path, good, bad } of REFUSED_POLICIES) {
    const kind = stringAt(good, ["kind"]) ?? "";
    test(`${bad.length} of kind ${kind} are refused here as there`, async () => {
      const answer = await plane.admin.post(`${path}?dryRun=All`, good);
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
      assert.deepEqual(ours(good), []);
      const [here, there] = [new Map<string, readonly string[]>(), new Map<string, readonly string[]>()];
      for (const policy of bad) {
        const refusal = await plane.admin.post(`${path}?dryRun=All`, policy);
        const text = JSON.stringify(policy);
        assert.equal(refusal.status, 422, JSON.stringify([policy, refusal.body]));
        here.set(text, ours(policy));
        there.set(text, theirs(refusal));
      }
      assert.deepEqual(here, there);
    });
  }
});

function ours(policy: JsonObject): readonly string[] {
  return new PolicySet([policy]).problems.map(({ message }) => message).toSorted();
}

function theirs({ body }: ApiResponse): readonly string[] {
  return (
    listAt(body, ["details", "causes"])
      .map((cause) => `${stringAt(cause, ["field"]) ?? ""}: ${stringAt(cause, ["message"]) ?? ""}`)
      // Lengths of names are bytes, which API servers say from 1.36 on.
      .map((text) => text.replace(/(no more than \d+) characters$/, "$1 bytes"))
      .toSorted()
  );
}

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ProviderPort } from "@redoubt/admission";
import { type JsonObject, objectAt, stringAt } from "@redoubt/kube";
import { createAuthority } from "../certificates/issue-certificate.ts";
import { PolicyStore } from "../policies/policy-store.ts";
import { podNamed } from "../testing/policies.ts";
import { reviewOf } from "../testing/reviews.ts";
import { GivenSource, ask, runningWebhook } from "../testing/running-webhook.ts";

const ORIGIN = "https://owners.example";
const AUTHORITY = createAuthority("owners", { from: new Date("2026-01-01"), until: new Date("2036-01-01") });
const OBJECTS: readonly JsonObject[] = [
  {
    apiVersion: "externaldata.gatekeeper.sh/v1beta1",
    kind: "Provider",
    metadata: { name: "owners" },
    spec: { url: `${ORIGIN}/ask`, timeout: 1, caBundle: Buffer.from(AUTHORITY.cert).toString("base64") },
  },
  {
    apiVersion: "templates.gatekeeper.sh/v1",
    kind: "ConstraintTemplate",
    metadata: { name: "owned" },
    spec: {
      crd: { spec: { names: { kind: "Owned" } } },
      targets: [
        {
          target: "admission.k8s.gatekeeper.sh",
          rego: `package owned
violation[{"msg": msg}] {
  response := external_data({"provider": "owners", "keys": [input.review.object.metadata.name]})
  [_, owner] := response.responses[_]
  msg := sprintf("owned by %v", [owner])
}`,
        },
      ],
    },
  },
  { apiVersion: "constraints.gatekeeper.sh/v1beta1", kind: "Owned", metadata: { name: "owned" }, spec: {} },
];

/** What becomes of a Pod called `web` with a provider behind a port. */
async function answered(
  context: Parameters<typeof runningWebhook>[0],
  port: ProviderPort,
  timeout = "10s",
): Promise<{ readonly message: string; readonly code: unknown }> {
  const store = new PolicyStore([new GivenSource({ objects: OBJECTS })], { providers: [ORIGIN] });
  const admission = { exemptNamespaces: new Set<string>(), maxDepth: 100, providers: port };
  const webhook = await runningWebhook(context, {}, { store, admission });
  const body = JSON.stringify(reviewOf(podNamed("web")));
  const { body: text } = await ask(webhook, { path: `/validate?timeout=${timeout}`, body });
  const status = objectAt(JSON.parse(text), ["response", "status"]) ?? assert.fail(text);
  return { message: stringAt(status, ["message"]) ?? "", code: status["code"] };
}

suite("the webhook and external data", () => {
  test("judges with what an allowed provider answers", async (context) => {
    const asked: (readonly string[])[] = [];
    const port: ProviderPort = {
      find: () => undefined,
      ask: (_, keys) => {
        asked.push(keys);
        return Promise.resolve({
          items: keys.map((key) => ({ key, value: "shop", error: "" })),
          statusCode: 200,
          systemError: "",
          isIdempotent: true,
        });
      },
    };
    assert.deepEqual(await answered(context, port), { message: "[owned] owned by shop", code: 403 });
    assert.deepEqual(asked, [["web"]]);
  });

  test("refuses in time where a provider does not answer", async (context) => {
    const port: ProviderPort = { find: () => undefined, ask: () => new Promise(() => undefined) };
    const { message, code } = await answered(context, port, "500ms");
    assert.match(message, /did not answer in time/);
    assert.equal(code, 504);
  });
});

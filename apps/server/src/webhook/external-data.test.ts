import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ProviderPort } from "@redoubt/admission";
import { objectAt, stringAt } from "@redoubt/kube";
import { PolicyStore } from "../policies/policy-store.ts";
import { OWNERS, OWNERS_ORIGIN } from "../testing/external-data.ts";
import { podNamed } from "../testing/policies.ts";
import { reviewOf } from "../testing/reviews.ts";
import { GivenSource, ask, runningWebhook } from "../testing/running-webhook.ts";

/** What becomes of a Pod called `web` with a provider behind a port. */
async function answered(
  context: Parameters<typeof runningWebhook>[0],
  port: ProviderPort,
  timeout = "10s",
): Promise<{ readonly message: string; readonly code: unknown }> {
  const store = new PolicyStore([new GivenSource({ objects: OWNERS })], { providers: [OWNERS_ORIGIN] });
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

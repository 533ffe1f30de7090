import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { suite, test } from "node:test";
import { podNamed } from "../testing/policies.ts";
import { reviewOf } from "../testing/reviews.ts";
import { runningWebhook } from "../testing/running-webhook.ts";

/** Resolves to the status. Rejects where there is no whole answer. */
async function asked(session: ClientHttp2Session): Promise<unknown> {
  const stream = session.request({ ":method": "POST", ":path": "/validate", "content-type": "application/json" });
  stream.end(JSON.stringify(reviewOf(podNamed("web"))));
  const [headers] = await once(stream, "response");
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(stream, "end");
  JSON.parse(Buffer.concat(chunks).toString("utf8"));
  return headers[":status"];
}

suite("HTTP/2 while the webhook ends", () => {
  const open = async (context: Parameters<typeof runningWebhook>[0], leave: number) => {
    const { webhook, port, authority } = await runningWebhook(context, {}, { drain: { leave, finish: 2000 } });
    const session = connect(`https://127.0.0.1:${port}`, { ca: authority });
    context.after(() => session.destroy());
    const goaway = once(session, "goaway");
    assert.equal(await asked(session), 200);
    return { webhook, session, goaway };
  };

  test("a request is answered, and its connection told to take no more", { timeout: 5000 }, async (context) => {
    const { webhook, session, goaway } = await open(context, 1000);
    const stopped = webhook.stop();
    const began = performance.now();
    assert.equal(await asked(session), 200);
    assert.equal((await goaway)[0], 0);
    assert.ok(performance.now() - began < 900, "it was told at the end only");
    await stopped;
  });

  test("a connection that nothing is asked on is told at the end", { timeout: 5000 }, async (context) => {
    const { webhook, goaway } = await open(context, 10);
    await webhook.stop();
    assert.equal((await goaway)[0], 0);
  });
});

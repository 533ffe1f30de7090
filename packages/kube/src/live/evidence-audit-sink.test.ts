import assert from "node:assert/strict";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, suite, test } from "node:test";
import { appearsInSink, sinkName } from "./evidence-audit-sink.ts";

suite("a search in what collects audit events", () => {
  let server: Server;
  let address = "";
  let answers: ((query: string, count: number) => readonly [status: number, text: string]) | undefined;
  let count = 0;
  let authorization: string | undefined;
  before(async () => {
    server = createServer((request, response) => {
      count += 1;
      authorization = request.headers.authorization;
      const query = new URL(request.url ?? "/", "http://sink").searchParams.get("q") ?? "";
      const [status, text] = answers?.(query, count) ?? [200, "{}"];
      response.writeHead(status).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const bound: AddressInfo | string | null = server.address();
    assert.ok(typeof bound === "object" && bound !== null);
    address = `127.0.0.1:${bound.port}`;
  });
  after(() => server.close());
  const search = (wait: number, user = ""): Promise<boolean> => {
    count = 0;
    return appearsInSink(`http://${user}${address}/search?q={mark}&size=1`, "half one", "half one-half two", wait);
  };

  test("finds the mark, also when it comes late", async () => {
    answers = (query, asked): readonly [number, string] => [200, asked < 2 ? "[]" : `[{"uri":"/x/${query}-half two"}]`];
    assert.equal(await search(5000), true);
    assert.equal(count, 2);
  });

  test("is not taken in by an answer that repeats the question", async () => {
    answers = (query): readonly [number, string] => [200, `{"query":"${query}","hits":[]}`];
    assert.equal(await search(1), false);
  });

  test("that fails says how", async () => {
    answers = (): readonly [number, string] => [503, ""];
    await assert.rejects(search(1), /it answered 503/);
    await assert.rejects(appearsInSink("http://sink.invalid/{mark}", "a", "ab", 1), /sink\.invalid/);
  });

  test("sends the user of the address, and does not name it", async () => {
    answers = (): readonly [number, string] => [200, "half one-half two"];
    assert.equal(await search(1, "me:p%40ss@"), true);
    assert.equal(authorization, `Basic ${Buffer.from("me:p@ss").toString("base64")}`);
    assert.equal(sinkName("https://me:secret@logs.example/audit?token=secret&q={mark}"), "https://logs.example/audit");
  });

  test("an abort ends it", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(appearsInSink(`http://${address}/{mark}`, "a", "ab", 1000, signal), /enough/);
  });
});

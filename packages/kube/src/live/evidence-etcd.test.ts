import assert from "node:assert/strict";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, suite, test } from "node:test";
import { readStoredSecret, readStoredSecrets } from "./evidence-etcd.ts";

const text = (value: string): string => Buffer.from(value, "base64").toString("latin1");
const base64 = (value: string): string => Buffer.from(value, "latin1").toString("base64");

/** Keys and values, with etcd's revision at which each was written. */
const STORED: readonly (readonly [key: string, value: string, revision: number])[] = [
  ...Array.from(
    { length: 40 },
    (_, index) =>
      [`/registry/secrets/a/s${index}`, `k8s:enc:secretbox:v1:key2:\0\x01secret-${index}`, 100 + index] as const,
  ),
  ["/registry/secrets/b/kms", "k8s:enc:kms:v2:vault:\n\x20", 50],
  ["/registry/secrets/b/plain", "k8s\0\n\x0c\n\x02v1\x12\x06Secret hunter2", 7],
  ["/registry/secrets/c/json", '{"kind":"Secret","data":{"password":"aHVudGVyMg=="}}', 8],
];

suite("Secrets in etcd", () => {
  let server: Server;
  let endpoint = "";
  let answerWith: ((body: string) => readonly [status: number, text: string]) | undefined;
  const asked: string[] = [];
  before(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        asked.push(body);
        const [status, answer] = answerWith?.(body) ?? [200, range(body)];
        response.writeHead(status).end(answer);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address: AddressInfo | string | null = server.address();
    assert.ok(typeof address === "object" && address !== null);
    endpoint = `http://127.0.0.1:${address.port}`;
  });
  after(() => server.close());

  /** What etcd's gateway answers. */
  function range(body: string): string {
    const { key, range_end: end, limit = 1000 }: { key: string; range_end?: string; limit?: number } = JSON.parse(body);
    const from = text(key);
    const found = STORED.filter(([one]) => (end === undefined ? one === from : one >= from && one < text(end))).sort(
      ([a], [b]) => (a < b ? -1 : 1),
    );
    const kvs = found
      .slice(0, limit)
      .map(([one, value, revision]) => ({ key: base64(one), value: base64(value), mod_revision: String(revision) }));
    return JSON.stringify({
      header: { revision: "200" },
      kvs,
      more: found.length > limit,
      count: String(found.length),
    });
  }

  test("are counted by what wrote them, page by page, and nothing of them leaves but that", async () => {
    asked.length = 0;
    const answer = await readStoredSecrets({ endpoints: [endpoint] });
    assert.ok(answer.kind === "stored");
    assert.deepEqual(answer.found, [
      {
        type: "stored-secret",
        key: "/registry/secrets/a/s0",
        transformer: "k8s:enc:secretbox:v1:key2:",
        secrets: 40,
        revision: 139,
      },
      {
        type: "stored-secret",
        key: "/registry/secrets/b/kms",
        transformer: "k8s:enc:kms:v2:vault:",
        secrets: 1,
        revision: 50,
      },
      { type: "stored-secret", key: "/registry/secrets/b/plain", secrets: 2, revision: 8 },
    ]);
    assert.ok(asked.length > 1, "in pages");
    assert.doesNotMatch(JSON.stringify(answer), /hunter2|aHVudGVyMg|secret-\d/);
  });

  test("one of them by its name", async () => {
    const answer = await readStoredSecret({ endpoints: [endpoint] }, { namespace: "b", name: "plain" });
    assert.deepEqual(answer, {
      kind: "stored",
      endpoint,
      found: [{ type: "stored-secret", key: "/registry/secrets/b/plain" }],
    });
  });

  test("that are not there, or under another prefix", async () => {
    const none = await readStoredSecret({ endpoints: [endpoint] }, { namespace: "b", name: "none" });
    assert.deepEqual(none, { kind: "absent", endpoint, key: "/registry/secrets/b/none" });
    const elsewhere = await readStoredSecrets({ endpoints: [endpoint], prefix: "/other/" });
    assert.deepEqual(elsewhere, { kind: "absent", endpoint, key: "/other/secrets/" });
  });

  test("the next endpoint is asked when one is down", async () => {
    const answer = await readStoredSecrets({ endpoints: ["http://127.0.0.1:1", endpoint] });
    assert.ok(answer.kind === "stored" && answer.endpoint === endpoint);
  });

  test("no endpoint that answers: the last one's reason", async () => {
    await assert.rejects(readStoredSecrets({ endpoints: ["http://127.0.0.1:1"] }), /etcd at http:\/\/127\.0\.0\.1:1: /);
  });

  for (const [note, given, says] of [
    ["a server without the gateway", [404, "not found"], /no JSON gateway/],
    ["a refusal", [401, "{}"], /it answered 401/],
    ["a page of HTML", [200, "<html>"], /not JSON/],
    ["another service", [200, '{"status":"ok"}'], /not that of an etcd/],
    ["a list", [200, "[]"], /not that of an etcd/],
  ] as const)
    test(`${note} is refused`, async (context) => {
      answerWith = (): readonly [number, string] => given;
      context.after(() => (answerWith = undefined));
      const answer = await readStoredSecrets({ endpoints: [endpoint] });
      assert.ok(answer.kind === "refused");
      assert.match(answer.message, says);
    });

  test("entries that are none are passed over, and an endless list ends", async (context) => {
    answerWith = (): readonly [number, string] => [
      200,
      '{"header":{},"kvs":[null,{"key":1},{"key":"YQ=="}],"more":true}',
    ];
    context.after(() => (answerWith = undefined));
    assert.equal((await readStoredSecrets({ endpoints: [endpoint] })).kind, "absent");
  });

  test("an abort ends it", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(readStoredSecrets({ endpoints: [endpoint] }, signal), /enough/);
  });
});

/** What an attacker, or a broken client, can send: each gets an answer or a clean refusal, and afterwards the webhook is as it was. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect as connectTcp } from "node:net";
import { suite, test } from "node:test";
import { type TLSSocket, connect } from "node:tls";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { type JsonObject, objectAt, stringAt } from "@redoubt/kube";
import { TEMPLATE, constraint, podNamed } from "../testing/policies.ts";
import { reviewOf } from "../testing/reviews.ts";
import { type Asked, type TestWebhook, ask, runningWebhook } from "../testing/running-webhook.ts";

const POLICIES = { objects: [TEMPLATE, constraint("no-web", ["web"])] };
const LIMITS = { body: 1024 * 1024, allBodies: 4 * 1024 * 1024, headerTime: 500, connections: 64 };

const REVIEW = JSON.stringify(reviewOf(podNamed("web")));
const PASSING = JSON.stringify(reviewOf(podNamed("db")));

function requestWith(request: JsonObject): string {
  return JSON.stringify(reviewOf(podNamed("db"), request));
}

function replaced(from: string, to: string): string {
  assert.ok(PASSING.includes(from), from);
  return PASSING.replace(from, to);
}

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

/** What it is, what is sent, and the HTTP status; for 200 the code of the denial, or none where it is admitted. */
const CASES: readonly (readonly [name: string, asked: Asked, status: number, code?: number])[] = [
  ["an empty body", { body: "" }, 400],
  ["a body that is no JSON", { body: "not json" }, 400],
  ["a truncated review", { body: REVIEW.slice(0, -20) }, 400],
  ["two reviews in one body", { body: `${PASSING}${PASSING}` }, 400],
  ["a review after a byte order mark", { body: `\uFEFF${PASSING}` }, 400],
  ["null", { body: "null" }, 400],
  ["a list of reviews", { body: `[${PASSING}]` }, 400],
  ["a number", { body: "1e999" }, 400],
  ["bytes that are no UTF-8", { body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) }, 400],
  ["UTF-16", { body: Buffer.from(PASSING, "utf16le") }, 400],
  [
    "an overlong encoding of a quote",
    { body: Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xa2]), Buffer.from('"}')]) },
    400,
  ],
  ["a control character within a text", { body: replaced('"web"', '"we\u0000b"') }, 400],
  ["a review of another API", { body: replaced("admission.k8s.io/v1", "admission.k8s.io/v2") }, 400],
  ["a review of an API that begins alike", { body: replaced("admission.k8s.io/v1", "admission.k8s.io.evil/v1") }, 400],
  ["another kind", { body: replaced('"AdmissionReview"', '"Pod"') }, 400],
  ["a kind that is no text", { body: replaced('"AdmissionReview"', '["AdmissionReview"]') }, 400],
  ["no request", { body: '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}' }, 400],
  [
    "a request that is a list",
    { body: '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":[]}' },
    400,
  ],
  ["no uid", { body: requestWith({ uid: "" }) }, 400],
  ["a uid that is an object", { body: requestWith({ uid: { toString: "x" } }) }, 400],
  ["a uid of a kilobyte", { body: requestWith({ uid: "u".repeat(1024) }) }, 400],
  ["no object to create", { body: requestWith({ object: null }) }, 200, 400],
  ["an object that is a text", { body: requestWith({ object: "pod" }) }, 200, 400],
  ["an object that is a list", { body: requestWith({ object: [podNamed("web")] }) }, 200, 400],
  ["an operation that does not exist", { body: requestWith({ operation: "DESTROY" }) }, 200, 400],
  ["an operation in lower case", { body: requestWith({ operation: "create" }) }, 200, 400],
  ["a deletion without the object", { body: requestWith({ operation: "DELETE", object: null }) }, 200, 400],
  ["options that are a number", { body: requestWith({ options: 1 }) }, 200, 400],
  [
    "kind, resource and user of wrong types",
    { body: requestWith({ kind: 1, resource: [], userInfo: "root", name: {}, namespace: [] }) },
    200,
  ],
  [
    "metadata that is a text",
    { body: requestWith({ object: { apiVersion: "v1", kind: "Pod", metadata: "web" } }) },
    200,
  ],
  [
    "labels that are a list, containers that are a mapping",
    { body: requestWith({ object: { ...podNamed("db"), spec: { containers: { "0": 1 } } } }) },
    200,
  ],
  ["the same request twice", { body: replaced('"request":', '"request":{},"request":') }, 400],
  [
    "the same name twice, the denied one first",
    { body: PASSING.replace('"name":"db"', '"name":"web","name":"db"') },
    400,
  ],
  ["a key twice, once escaped", { body: PASSING.replace('"name":"db"', '"name":"web","\\u006eame":"db"') }, 400],
  [
    "__proto__ as a key",
    { body: PASSING.replace('"metadata":{', '"__proto__":{"name":"web"},"metadata":{"__proto__":{"polluted":"yes"},') },
    200,
  ],
  [
    "constructor and prototype as keys",
    { body: PASSING.replace('"metadata":{', '"constructor":{"prototype":{"polluted":"yes"}},"metadata":{') },
    200,
  ],
  [
    "__proto__ as the name of a label and of the object",
    {
      body: requestWith({
        name: "__proto__",
        object: { ...podNamed("__proto__"), metadata: { name: "__proto__", labels: { hasOwnProperty: "x" } } },
      }),
    },
    200,
  ],
  [
    "keys that differ in case",
    { body: PASSING.replace('"metadata":{', '"Metadata":{"name":"web"},"metadata":{') },
    200,
  ],
  ["half of a surrogate pair", { body: PASSING.replace('"db"', '"\\ud800"') }, 400],
  ["half of a surrogate pair as a key", { body: PASSING.replace('"metadata":{', '"metadata":{"\\udc00":1,') }, 400],
  ["letters that look alike", { body: JSON.stringify(reviewOf(podNamed("ｗeb"))) }, 200],
  [
    "a name with a right-to-left override and zero-width spaces",
    { body: JSON.stringify(reviewOf(podNamed("w\u200Beb\u202E"))) },
    200,
  ],
  ["a denied name written in escapes", { body: REVIEW.replaceAll('"web"', '"\\u0077\\u0065\\u0062"') }, 200, 403],
  ["nesting beyond the limit", { body: PASSING.replace('"metadata":{', `"deep":${nested(200)},"metadata":{`) }, 400],
  ["a hundred thousand brackets", { body: "[".repeat(100_000) }, 400],
  [
    "brackets within a text are no nesting",
    { body: requestWith({ object: { ...podNamed("db"), data: "[{".repeat(1000) } }) },
    200,
  ],
  [
    "a number that no double holds",
    { body: PASSING.replace('"metadata":{', `"n":${"9".repeat(400)},"metadata":{`) },
    200,
  ],
  [
    "forty thousand containers",
    {
      body: requestWith({
        object: { ...podNamed("db"), spec: { containers: Array.from({ length: 40_000 }, () => ({ name: "a" })) } },
      }),
    },
    200,
  ],
  [
    "a label of half a megabyte",
    { body: requestWith({ object: { ...podNamed("db"), data: "x".repeat(500_000) } }) },
    200,
  ],
  ["a body beyond the limit", { body: `${PASSING}${" ".repeat(LIMITS.body)}` }, 413],
  ["a body that says it is beyond the limit", { body: "{}", headers: { "content-length": "99999999999" } }, 413],
  ["a gzip bomb", { body: gzipSync(Buffer.alloc(5_000_000, 0x20)), headers: { "content-encoding": "gzip" } }, 415],
  ["form data", { body: PASSING, headers: { "content-type": "application/x-www-form-urlencoded" } }, 415],
  ["a content type that begins alike", { body: PASSING, headers: { "content-type": "application/jsonp" } }, 415],
  ["protobuf", { body: PASSING, headers: { "content-type": "application/vnd.kubernetes.protobuf" } }, 415],
  [
    "a content type with parameters",
    { body: PASSING, headers: { "content-type": "application/json; charset=utf-8" } },
    200,
  ],
  ["PUT", { method: "PUT", body: PASSING }, 405],
  ["GET", { method: "GET" }, 405],
  ["a path that begins alike", { path: "/validate/../mutate", body: PASSING }, 404],
  ["an encoded path", { path: "/%76alidate", body: PASSING }, 404],
  ["a timeout that is none", { path: "/validate?timeout=-1s&timeout=NaN", body: PASSING }, 200],
  ["a timeout of centuries", { path: "/validate?timeout=999999h", body: PASSING }, 200],
  ["a timeout that is over at once", { path: "/validate?timeout=1ns", body: PASSING }, 200, 504],
  ["a dry run is judged as any other", { body: JSON.stringify(reviewOf(podNamed("web"), { dryRun: true })) }, 200, 403],
];

async function assertWell(webhook: TestWebhook): Promise<void> {
  const denied = await ask(webhook, { body: REVIEW });
  assert.equal(stringAt(JSON.parse(denied.body), ["response", "status", "message"]), "[no-web] the name web is denied");
  const admitted = await ask(webhook, { body: PASSING });
  assert.equal(objectAt(JSON.parse(admitted.body), ["response"])?.["allowed"], true);
  assert.equal(webhook.webhook.inFlight, 0);
  assert.equal(webhook.webhook.heldBytes, 0);
}

suite("hostile reviews", () => {
  test("each gets its answer, and the webhook stays well", async (context) => {
    const webhook = await runningWebhook(context, POLICIES, { limits: LIMITS });
    for (const [name, asked, status, code] of CASES) {
      const answer = await ask(webhook, asked);
      assert.equal(answer.status, status, `${name}: ${answer.body}`);
      if (status !== 200) continue;
      const response = objectAt(JSON.parse(answer.body), ["response"]);
      assert.equal(response?.["allowed"], code === undefined, `${name}: ${answer.body}`);
      assert.equal(objectAt(response, ["status"])?.["code"], code, `${name}: ${answer.body}`);
    }
    assert.equal(Reflect.get({}, "polluted"), undefined);
    await assertWell(webhook);
  });

  test("there are more than forty of them", () => {
    assert.ok(CASES.length > 40);
  });
});

/** A connection that sends bytes as they are. */
async function rawConnection({ port, authority }: TestWebhook): Promise<TLSSocket> {
  const socket = connect({
    port,
    host: "127.0.0.1",
    servername: "localhost",
    ca: authority,
    ALPNProtocols: ["http/1.1"],
  });
  socket.on("error", () => undefined);
  await once(socket, "secureConnect");
  return socket;
}

/** What comes back until the connection is closed. */
async function answerTo(webhook: TestWebhook, ...parts: readonly string[]): Promise<string> {
  const socket = await rawConnection(webhook);
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  for (const part of parts) socket.write(part);
  await once(socket, "close", { signal: AbortSignal.timeout(30_000) }).catch(() =>
    assert.fail(`still open: ${parts.join("")}`),
  );
  return text;
}

const HEAD = "POST /validate?timeout=10s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

const MALFORMED: readonly (readonly [name: string, bytes: string])[] = [
  [
    "a length and chunks at once",
    `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n`,
  ],
  ["two lengths", `${HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}   `],
  ["a negative length", `${HEAD}Content-Length: -5\r\n\r\n{}`],
  ["an encoding that hides chunks", `${HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ["a header continued on the next line", `${HEAD}Content-Length: 2\r\nX: a\r\n b\r\n: c\r\n\r\n{}`],
  ["a space before the colon", `${HEAD}Content-Length : 2\r\n\r\n{}`],
  ["a chunk size that overflows", `${HEAD}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}`],
  ["headers beyond the limit", `${HEAD}${`X: ${"y".repeat(1000)}\r\n`.repeat(40)}\r\n`],
  ["no HTTP at all", "\x16\x03\x01 hello\r\n\r\n"],
  ["HTTP/0.9", "GET /\r\n\r\n"],
];

suite("hostile connections", () => {
  test("malformed HTTP is refused and the connection closed", async (context) => {
    const webhook = await runningWebhook(context, POLICIES, { limits: LIMITS });
    for (const [name, bytes] of MALFORMED) {
      const answer = await answerTo(webhook, bytes);
      assert.match(answer, /^HTTP\/1\.1 4(?:00|04|31) /, name);
      assert.equal(answer.split("HTTP/1.1 ").length, 2, `${name}: ${answer}`);
    }
    await assertWell(webhook);
  });

  test("senders of slow headers, slow bodies and nothing are cut off, and hold nobody up", async (context) => {
    const webhook = await runningWebhook(context, POLICIES, { limits: { ...LIMITS, answerTime: 400 } });
    const untimed = HEAD.replace("?timeout=10s", "");
    const slow = [untimed, `${untimed}Content-Length: 1000\r\n\r\n{`, ""].map(async (bytes) => {
      const socket = await rawConnection(webhook);
      const trickle = setInterval(() => bytes !== "" && socket.write("X"), 50);
      socket.write(bytes);
      await once(socket.resume(), "close", { signal: AbortSignal.timeout(30_000) });
      clearInterval(trickle);
    });
    await assertWellMeanwhile(webhook);
    await Promise.all(slow);
    const body = await answerTo(webhook, `${HEAD.replace("timeout=10s", "timeout=200ms")}Content-Length: 9\r\n\r\n{`);
    assert.match(body, /^HTTP\/1\.1 408 /);
    await assertWell(webhook);
  });

  test("what is not TLS is cut off", async (context) => {
    const webhook = await runningWebhook(context, POLICIES, { limits: LIMITS });
    const socket = connectTcp(webhook.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write("GET / HTTP/1.1\r\n\r\n");
    const silent = connectTcp(webhook.port, "127.0.0.1");
    silent.on("error", () => undefined);
    const signal = AbortSignal.timeout(30_000);
    await Promise.all([once(socket.resume(), "close", { signal }), once(silent.resume(), "close", { signal })]);
    await assertWell(webhook);
  });

  test("a client that leaves within its request is forgotten", async (context) => {
    const webhook = await runningWebhook(context, POLICIES, { limits: LIMITS });
    const socket = await rawConnection(webhook);
    socket.write(`${HEAD}Content-Length: 100000\r\n\r\n${" ".repeat(5000)}`);
    while (webhook.webhook.heldBytes === 0) await delay(5);
    socket.destroy();
    while (webhook.webhook.inFlight > 0) await delay(5);
    await assertWell(webhook);
  });

  test("all bodies together are bounded: beyond it requests are refused, the others answered", async (context) => {
    const webhook = await runningWebhook(context, POLICIES, { limits: { ...LIMITS, allBodies: 2 * LIMITS.body } });
    const large = `{"pad":"${"x".repeat(900_000)}"`;
    const sockets = await Promise.all(Array.from({ length: 8 }, () => rawConnection(webhook)));
    const answers = sockets.map((socket) => once(socket, "data").then(([chunk]) => String(chunk).slice(9, 12)));
    for (const socket of sockets) socket.write(`${HEAD}Content-Length: 1000000\r\n\r\n${large}`);
    assert.equal(await Promise.race(answers), "503");
    assert.ok(webhook.webhook.heldBytes <= 2 * LIMITS.body);
    for (const socket of sockets) socket.destroy();
    while (webhook.webhook.inFlight > 0) await delay(5);
    await assertWell(webhook);
  });

  test("connections are bounded, and free again once they close", async (context) => {
    const webhook = await runningWebhook(context, POLICIES, { limits: { ...LIMITS, connections: 4 } });
    const sockets = await Promise.all(Array.from({ length: 4 }, () => rawConnection(webhook)));
    await assert.rejects(ask(webhook, { body: PASSING }));
    for (const socket of sockets) socket.destroy();
    while (webhook.webhook.connections > 0) await delay(5);
    await assertWell(webhook);
  });

  test("over HTTP/2: reviews are answered, bodies bounded, reset streams forgotten", async (context) => {
    const webhook = await runningWebhook(context, POLICIES, { limits: LIMITS });
    const session = connectHttp2(`https://127.0.0.1:${webhook.port}`, {
      ca: webhook.authority,
      servername: "localhost",
    });
    session.on("error", () => undefined);
    const headers = { ":method": "POST", ":path": "/validate", "content-type": "application/json" };
    const send = async (body: string): Promise<string> => {
      const stream = session.request(headers);
      stream.on("error", () => undefined);
      stream.end(body);
      const [answer] = await once(stream, "response");
      stream.resume();
      return String(answer[":status"]);
    };
    assert.equal(await send(REVIEW), "200");
    assert.equal(await send(`${PASSING}${" ".repeat(LIMITS.body)}`), "413");
    for (let count = 0; count < 200; count++) {
      const stream = session.request(headers);
      stream.on("error", () => undefined);
      stream.write("{");
      stream.close();
    }
    await delay(50);
    session.destroy();
    while (webhook.webhook.inFlight > 0) await delay(5);
    await assertWell(webhook);
  });
});

/** As `assertWell`, while others are still being read. */
async function assertWellMeanwhile(webhook: TestWebhook): Promise<void> {
  const { status } = await ask(webhook, { body: REVIEW });
  assert.equal(status, 200);
}

import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { beforeEach, suite, test } from "node:test";
import { FakeApiServer } from "../testing/fake-api-server.ts";
import type { AuditProgress } from "./audit-run.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { Tally } from "./tally.ts";

const PLACE = { namespace: "redoubt-system", name: "redoubt-audit" };
const LIMITS = { ofPolicy: 2, ofNamespace: 2 };

suite("the record of an audit", () => {
  let api: FakeApiServer;
  const signal = new AbortController().signal;
  beforeEach(() => {
    api = new FakeApiServer(["/api/v1/configmaps"]);
  });
  const progress = (): AuditProgress => {
    const tally = new Tally(LIMITS);
    const object = { apiVersion: "v1", kind: "Pod", namespace: "team", name: "web", uid: "1" };
    tally.add(object, [{ policy: { kind: "K", name: "n" }, message: "no", action: "deny", isError: false }]);
    const json = tally.toJson();
    const current = { kind: "/Pod", next: "token", tally: json };
    return { startedAt: "t", policies: "p", finished: ["/Service"], unread: [["/Secret", "no"]], tally: json, current };
  };

  test("is what was written last, and nothing once the audit has ended", async () => {
    assert.equal(await readCheckpoint(api, PLACE, signal), undefined);
    for (const finished of [["/Service"], ["/Service", "/Pod"]]) {
      const written = { ...progress(), finished };
      await writeCheckpoint(api, PLACE, written, signal);
      assert.deepEqual(await readCheckpoint(api, PLACE, signal), written);
    }
    await writeCheckpoint(api, PLACE, undefined, signal);
    assert.equal(await readCheckpoint(api, PLACE, signal), undefined);
  });

  const packed = (value: unknown): string => gzipSync(JSON.stringify(value)).toString("base64");
  for (const [note, text] of [
    ["no gzip", "bm8="],
    ["no JSON", gzipSync("{").toString("base64")],
    ["a list", packed([])],
    ["without a tally", packed({ ...progress(), tally: {} })],
    ["of a kind without a place", packed({ ...progress(), current: { kind: "/Pod" } })],
    ["larger than memory should be", gzipSync(Buffer.alloc(65 * 1024 * 1024, " ")).toString("base64")],
  ] as const) {
    test(`that is ${note} is none`, async () => {
      const metadata = { name: PLACE.name, namespace: PLACE.namespace };
      api.apply("/api/v1/configmaps", { metadata, binaryData: { "progress.json.gz": text } });
      assert.equal(await readCheckpoint(api, PLACE, signal), undefined);
    });
  }
});

import assert from "node:assert/strict";
import { afterEach, beforeEach, suite, test } from "node:test";
import { numberAt, stringAt } from "@redoubt/kube";
import { eventually } from "../testing/eventually.ts";
import { FakeApiServer, status } from "../testing/fake-api-server.ts";
import { withLease } from "./leader-election.ts";

const LEASES = "/apis/coordination.k8s.io/v1/leases";

suite("leader election", () => {
  let api: FakeApiServer;
  let leaders: string[];
  const replicas: AbortController[] = [];
  beforeEach(() => {
    api = new FakeApiServer([LEASES]);
    leaders = [];
  });
  afterEach(() => {
    for (const replica of replicas.splice(0)) replica.abort();
  });

  const start = (identity: string, durationMs = 60_000): { stop: AbortController; ended: Promise<void> } => {
    const stop = new AbortController();
    replicas.push(stop);
    const options = { namespace: "redoubt-system", name: "redoubt", identity, durationMs, retryMs: 2 };
    const lead = async (signal: AbortSignal): Promise<void> => {
      leaders.push(identity);
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      leaders.splice(leaders.indexOf(identity), 1);
    };
    return { stop, ended: withLease(api, options, lead, stop.signal) };
  };
  const holder = (): string | undefined =>
    stringAt(api.find(LEASES, "redoubt", "redoubt-system"), ["spec", "holderIdentity"]);

  test("makes one of many the leader, and another when it leaves", async () => {
    const all = ["a", "b", "c"].map((name) => ({ name, ...start(name) }));
    await eventually(() => assert.equal(leaders.length, 1));
    const [first] = leaders;
    assert.equal(holder(), first);
    const leader = all.find(({ name }) => name === first);
    leader?.stop.abort();
    await leader?.ended;
    await eventually(() => assert.equal(leaders.length, 1));
    assert.notEqual(leaders[0], first);
    const lease = api.find(LEASES, "redoubt", "redoubt-system");
    assert.equal(numberAt(lease, ["spec", "leaseTransitions"]), 1);
  });

  test("passes over a leader that no longer renews", async () => {
    api.apply(LEASES, {
      metadata: { name: "redoubt", namespace: "redoubt-system" },
      spec: { holderIdentity: "gone", leaseDurationSeconds: 0.05, leaseTransitions: 4 },
    });
    start("b");
    await eventually(() => assert.deepEqual(leaders, ["b"]));
  });

  test("ends the leading of who cannot renew, before the lease is over", async () => {
    start("a", 60);
    await eventually(() => assert.deepEqual(leaders, ["a"]));
    api.intercept = () => status(500, "down");
    await eventually(() => assert.deepEqual(leaders, []));
    api.intercept = () => undefined;
    await eventually(() => assert.deepEqual(leaders, ["a"]));
  });
});

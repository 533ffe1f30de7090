import assert from "node:assert/strict";
import { beforeEach, suite, test } from "node:test";
import { PolicySet, type ProviderPort, clusterViewOf } from "@redoubt/admission";
import { type JsonObject, RedoubtError, type ServedResource } from "@redoubt/kube";
import { FakeApiServer, status } from "../testing/fake-api-server.ts";
import { NO_PROVIDERS, OWNERS, OWNERS_ORIGIN } from "../testing/external-data.ts";
import { TEMPLATE, constraint, podNamed } from "../testing/policies.ts";
import { type AuditOptions, type AuditProgress, runAudit } from "./audit-run.ts";
import { kindsToAudit } from "./scope.ts";
import { Tally } from "./tally.ts";

const served = (group: string, resource: string, kind: string): ServedResource => ({
  group,
  version: "v1",
  resource,
  kind,
  namespaced: true,
});
const PODS = served("", "pods", "Pod");
const SERVICES = served("", "services", "Service");
const LIMITS = { ofPolicy: 2, ofNamespace: 3 };
const START: AuditProgress = {
  startedAt: "2026-11-24T00:00:00Z",
  policies: "1",
  finished: [],
  unread: [],
  tally: new Tally(LIMITS).toJson(),
};

suite("an audit", () => {
  let api: FakeApiServer;
  const signal = new AbortController().signal;
  beforeEach(() => {
    api = new FakeApiServer(["/api/v1/pods", "/api/v1/services"]);
  });
  const options = (policies: PolicySet, more: Partial<AuditOptions> = {}): AuditOptions => ({
    connection: api,
    policies,
    cluster: clusterViewOf([]),
    providers: NO_PROVIDERS,
    limits: LIMITS,
    chunk: 2,
    pauseMs: 0,
    ...more,
  });
  const POLICIES = new PolicySet([TEMPLATE, constraint("no-web", ["web"]), constraint("no-db", ["db"], "dryrun")]);
  const put = (name: string, namespace = "team"): void => {
    api.apply("/api/v1/pods", podNamed(name, namespace));
  };

  test("counts every violation and keeps the first ones in order, with the totals of each namespace", async () => {
    for (const namespace of ["d", "b", "a", "c"]) put("web", namespace);
    put("db", "a");
    put("fine", "a");
    const { tally, finished } = await runAudit([PODS], START, options(POLICIES), signal);
    const found = new Tally(LIMITS, tally);
    assert.deepEqual(finished, ["/Pod"]);
    assert.equal(found.objects, 6);
    const { total, findings } = found.ofPolicy("DeniedNames", "no-web");
    assert.equal(total, 4);
    assert.deepEqual(
      findings.map(({ object }) => object.namespace),
      ["a", "b"],
    );
    assert.deepEqual(found.namespaces.get("a")?.summary, { pass: 1, fail: 1, warn: 1, error: 0 });
    assert.equal(found.ofPolicy("DeniedNames", "other").total, 0);
  });

  test("goes on where another has stopped, within a kind and after it", async () => {
    for (const name of ["web", "x1", "x2", "x3", "x4"]) put(name);
    api.apply("/api/v1/services", { metadata: { name: "web", namespace: "team" } });
    const whole = await runAudit([PODS, SERVICES], START, options(POLICIES), signal);
    const kept: AuditProgress[] = [];
    const stop = new AbortController();
    const stopped = options(POLICIES, {
      progressed: (progress) => {
        kept.push(JSON.parse(JSON.stringify(progress)));
        if (kept.length === 2) stop.abort();
        return Promise.resolve();
      },
    });
    await assert.rejects(runAudit([PODS, SERVICES], START, stopped, stop.signal));
    const last = kept.at(-1);
    assert.ok(last !== undefined && last.current?.kind === "/Pod");
    api.log.length = 0;
    assert.deepEqual(await runAudit([PODS, SERVICES], last, options(POLICIES), signal), whole);
    assert.deepEqual(api.log, ["GET /api/v1/pods", "GET /api/v1/services"]);
  });

  test("begins a kind anew when its list expired, and counts nothing twice", async () => {
    for (const name of ["web", "x1", "x2"]) put(name);
    const current = { kind: "/Pod", next: "old", tally: new Tally(LIMITS, { ...START.tally, objects: 2 }).toJson() };
    let expired = 0;
    api.intercept = () => {
      expired += 1;
      return expired === 1 ? status(410, "The provided continue parameter is too old") : undefined;
    };
    const { tally } = await runAudit([PODS], { ...START, current }, options(POLICIES), signal);
    assert.equal(tally.objects, 3);
    api.intercept = () => status(410, "too old");
    const { unread } = await runAudit([PODS], START, options(POLICIES), signal);
    assert.deepEqual(unread, [["/Pod", "its list expired again and again"]]);
  });

  test("names the kinds that it may not read, and ends where there is no API server", async () => {
    api.intercept = (_, path) => (path === "/api/v1/pods" ? status(403, "pods is forbidden") : undefined);
    const { unread, finished } = await runAudit([PODS, SERVICES], START, options(POLICIES), signal);
    assert.deepEqual(unread, [["/Pod", "pods is forbidden"]]);
    assert.deepEqual(finished, ["/Pod", "/Service"]);
    api.intercept = () => status(503, "etcd is down");
    await assert.rejects(runAudit([PODS], START, options(POLICIES), signal), RedoubtError);
  });

  test("judges as policies of Rego read requests, and leaves exempt namespaces out", async () => {
    const text = `package kubernetes.admission
deny contains "no" if { input.request.operation == "CREATE"; input.request.object.metadata.name == "web" }`;
    const policies = new PolicySet([], { rego: [{ file: "a.rego", text }] });
    put("web");
    put("web", "kube-system");
    const exemptNamespaces = new Set(["kube-system"]);
    const { tally } = await runAudit([PODS], START, options(policies, { exemptNamespaces }), signal);
    assert.equal(new Tally(LIMITS, tally).ofPolicy("Rego", "kubernetes.admission.deny").total, 1);
  });

  test("judges with what providers answer, and ends when told to while one of them does not", async () => {
    const policies = new PolicySet(OWNERS, { providers: [OWNERS_ORIGIN] });
    for (const name of ["web", "db"]) put(name);
    const asked: (readonly string[])[] = [];
    const providers: ProviderPort = {
      find: () => undefined,
      ask: (_, keys) => {
        asked.push(keys);
        const items = keys.map((key) => ({ key, value: `${key}-team`, error: "" }));
        return Promise.resolve({ items, statusCode: 200, systemError: "", isIdempotent: true });
      },
    };
    const { tally } = await runAudit([PODS], START, options(policies, { providers }), signal);
    const { findings } = new Tally(LIMITS, tally).ofPolicy("Owned", "owned");
    assert.deepEqual(
      findings.map(({ message }) => message),
      ["owned by db-team", "owned by web-team"],
    );
    assert.deepEqual(asked.flat().sort(), ["db", "web"]);
    const stop = new AbortController();
    const ended: ProviderPort = {
      ...providers,
      ask: () => {
        stop.abort();
        return Promise.resolve({ statusCode: 500, failure: "aborted" });
      },
    };
    await assert.rejects(runAudit([PODS], START, options(policies, { providers: ended }), stop.signal), {
      name: "AbortError",
    });
  });

  test("goes on with others where a fault within keeps it from judging one", async () => {
    const policies = new PolicySet(OWNERS, { providers: [OWNERS_ORIGIN] });
    for (const name of ["odd", "web"]) put(name);
    const providers: ProviderPort = {
      find: (_, key) => {
        if (key === "odd") throw new TypeError("path is not iterable");
        return { key, value: "shop", error: "", isIdempotent: true };
      },
      ask: () => Promise.resolve({ statusCode: 500, failure: "not asked" }),
    };
    const { tally } = await runAudit([PODS], START, options(policies, { providers }), signal);
    const found = new Tally(LIMITS, tally);
    const [fault] = found.ofPolicy("Audit", "fault").findings;
    assert.equal(fault?.object.name, "odd");
    assert.match(fault.message, /^it could not be judged: .*path is not iterable/);
    assert.deepEqual(found.namespaces.get("team")?.summary, { pass: 0, fail: 1, warn: 0, error: 1 });
  });

  test("of many violations of one object counts each message once, with all its actions", () => {
    const tally = new Tally(LIMITS);
    const violation = { policy: { kind: "K", name: "n" }, message: "m".repeat(300), isError: false } as const;
    const object = { apiVersion: "v1", kind: "Pod", namespace: "", name: "p", uid: "" };
    tally.add(object, [
      { ...violation, action: "deny" },
      { ...violation, action: "warn" },
    ]);
    const [finding] = tally.ofPolicy("K", "n").findings;
    assert.deepEqual([tally.ofPolicy("K", "n").total, finding?.actions], [1, ["deny", "warn"]]);
    assert.equal(finding?.message.length, 256);
  });
});

suite("the kinds that an audit reads", () => {
  const all = [PODS, SERVICES, served("events.k8s.io", "events", "Event"), served("apps", "deployments", "Deployment")];
  const withKinds = (kinds: JsonObject[]): JsonObject => ({
    ...constraint("c", ["web"]),
    spec: { match: { kinds }, parameters: { names: ["web"] } },
  });
  const namesOf = (policies: PolicySet): readonly string[] => kindsToAudit(policies, all).map(({ kind }) => kind);

  test("are those that constraints match", () => {
    const some = withKinds([{ apiGroups: ["apps"], kinds: ["*"] }]);
    assert.deepEqual(namesOf(new PolicySet([TEMPLATE, some])), ["Deployment"]);
    assert.deepEqual(namesOf(new PolicySet([TEMPLATE])), []);
  });

  test("are all but records where a policy does not say", () => {
    const everything = ["Pod", "Service", "Deployment"];
    assert.deepEqual(namesOf(new PolicySet([TEMPLATE, constraint("c", ["web"])])), everything);
    const rego = [{ file: "a.rego", text: "package main\ndeny contains 1 if false" }];
    assert.deepEqual(namesOf(new PolicySet([], { rego })), everything);
  });
});

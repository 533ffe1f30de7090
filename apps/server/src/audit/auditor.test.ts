import assert from "node:assert/strict";
import { beforeEach, suite, test } from "node:test";
import { type JsonObject, listAt, objectAt, stringAt } from "@redoubt/kube";
import { PolicyStore } from "../policies/policy-store.ts";
import { FakeApiServer, status } from "../testing/fake-api-server.ts";
import { NO_PROVIDERS } from "../testing/external-data.ts";
import { TEMPLATE, constraint, podNamed } from "../testing/policies.ts";
import { type AuditorOptions, auditOnce } from "./auditor.ts";

const PODS = "/api/v1/pods";
const CONSTRAINTS = "/apis/constraints.gatekeeper.sh/v1beta1/deniednames";
const REPORTS = "/apis/wgpolicyk8s.io/v1alpha2/policyreports";
const CLUSTER_REPORTS = "/apis/wgpolicyk8s.io/v1alpha2/clusterpolicyreports";
const OPEN_REPORTS = "/apis/openreports.io/v1alpha1/reports";
const CONFIG_MAPS = "/api/v1/configmaps";
const DISCOVERY: JsonObject = {
  kind: "APIGroupDiscoveryList",
  items: [
    {
      metadata: { name: "" },
      versions: [
        {
          version: "v1",
          resources: [
            { resource: "pods", responseKind: { kind: "Pod" }, scope: "Namespaced", verbs: ["list"] },
            { resource: "secrets", responseKind: { kind: "Secret" }, scope: "Namespaced", verbs: ["list"] },
          ],
        },
      ],
    },
  ],
};

suite("the auditor", () => {
  let api: FakeApiServer;
  const signal = new AbortController().signal;
  const options: AuditorOptions = {
    intervalMs: 1000,
    chunk: 2,
    pauseMs: 0,
    limits: { ofPolicy: 2, ofNamespace: 10 },
    providers: NO_PROVIDERS,
    checkpoint: { namespace: "redoubt-system", name: "redoubt-audit" },
  };
  const discovery = (path: string): { status: number; text: string } | undefined => {
    if (path === "/api") return { status: 200, text: JSON.stringify(DISCOVERY) };
    return path === "/apis" ? { status: 200, text: JSON.stringify({ ...DISCOVERY, items: [] }) } : undefined;
  };
  beforeEach(() => {
    api = new FakeApiServer([PODS, CONSTRAINTS, REPORTS, CLUSTER_REPORTS, OPEN_REPORTS, CONFIG_MAPS]);
    api.intercept = (_, path) => discovery(path);
  });
  const storeOf = async (...objects: JsonObject[]): Promise<PolicyStore> => {
    const source = {
      name: "given",
      start: (_: AbortSignal, changed: (contents: { objects: JsonObject[]; rego: []; problems: [] }) => void) => {
        changed({ objects, rego: [], problems: [] });
        return Promise.resolve();
      },
    };
    const store = new PolicyStore([source]);
    await store.start(signal);
    return store;
  };

  test("writes what it found into constraints, and takes it back when it is mended", async () => {
    const matching = { ...constraint("no-web", ["web"]), status: { byPod: [{ id: "a" }] } };
    api.apply(CONSTRAINTS, matching);
    for (const namespace of ["b", "a", "c"]) api.apply(PODS, podNamed("web", namespace));
    const store = await storeOf(TEMPLATE, matching);
    const summary = await auditOnce(api, store, options, signal);
    assert.deepEqual([summary.objects, summary.violations, summary.problems], [3, 3, []]);
    assert.deepEqual(summary.unread, [["/Secret", "the server could not find the requested resource"]]);
    const written = objectAt(api.find(CONSTRAINTS, "no-web"), ["status"]) ?? {};
    assert.match(stringAt(written, ["auditTimestamp"]) ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(written["totalViolations"], 3);
    assert.deepEqual(written["byPod"], [{ id: "a" }]);
    const violation = { group: "", version: "v1", kind: "Pod", name: "web", message: "the name web is denied" };
    assert.deepEqual(
      written["violations"],
      ["a", "b"].map((namespace) => ({ ...violation, namespace, enforcementAction: "deny" })),
    );
    for (const namespace of ["b", "a", "c"]) api.remove(PODS, namespace, "web");
    await auditOnce(api, store, options, signal);
    const mended = objectAt(api.find(CONSTRAINTS, "no-web"), ["status"]) ?? {};
    assert.deepEqual([mended["totalViolations"], mended["violations"]], [0, undefined]);
  });

  test("writes reports of both APIs for each namespace, only when they change, and removes those with nothing left", async () => {
    api.apply(PODS, podNamed("web", "a"));
    api.apply(PODS, podNamed("db", "a"));
    const store = await storeOf(TEMPLATE, constraint("no-web", ["web"]), constraint("no-db", ["db"], "warn"));
    await auditOnce(api, store, options, signal);
    for (const [path, kind] of [
      [REPORTS, "PolicyReport"],
      [OPEN_REPORTS, "Report"],
    ] as const) {
      const report = api.find(path, "redoubt-audit", "a");
      assert.equal(stringAt(report, ["kind"]), kind);
      assert.deepEqual(objectAt(report, ["summary"]), { pass: 0, fail: 1, warn: 1, error: 0, skip: 0 });
      const results = listAt(report, ["results"]).map((result) => [
        stringAt(result, ["result"]),
        stringAt(result, ["rule"]),
        stringAt(listAt(result, ["resources"])[0], ["name"]),
      ]);
      assert.deepEqual(results, [
        ["warn", "no-db", "db"],
        ["fail", "no-web", "web"],
      ]);
    }
    const writes = (): number => api.log.filter((line) => /^(?:POST|PUT|DELETE) .*reports/.test(line)).length;
    const before = writes();
    await auditOnce(api, store, options, signal);
    assert.equal(writes(), before);
    api.remove(PODS, "a", "web");
    api.remove(PODS, "a", "db");
    await auditOnce(api, store, options, signal);
    assert.deepEqual([api.all(REPORTS), api.all(OPEN_REPORTS)], [[], []]);
  });

  test("passes over report APIs that the cluster does not serve", async () => {
    api = new FakeApiServer([PODS, CONSTRAINTS, CONFIG_MAPS]);
    api.intercept = (_, path) => discovery(path);
    api.apply(PODS, podNamed("web", "a"));
    const summary = await auditOnce(api, await storeOf(TEMPLATE, constraint("no-web", ["web"])), options, signal);
    assert.deepEqual([summary.violations, summary.problems], [1, []]);
  });

  test("goes on with the audit of a leader that is gone, unless its record is broken", async () => {
    api.apply(PODS, podNamed("web", "a"));
    const store = await storeOf(TEMPLATE, constraint("no-web", ["web"]));
    for (const packed of ["", "bm8=", "H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA=="]) {
      api.apply(CONFIG_MAPS, {
        metadata: { name: "redoubt-audit", namespace: "redoubt-system" },
        binaryData: { "progress.json.gz": packed },
      });
      const { objects } = await auditOnce(api, store, options, signal);
      assert.equal(objects, 1);
    }
  });

  test("ends with the reason where the API server does not answer", async () => {
    const store = await storeOf(TEMPLATE, constraint("no-web", ["web"]));
    api.intercept = (method, path) => (path === PODS && method === "GET" ? status(503, "down") : discovery(path));
    await assert.rejects(auditOnce(api, store, options, signal), { code: "KUBE_API_REFUSED" });
  });
});

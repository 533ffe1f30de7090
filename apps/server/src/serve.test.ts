import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { suite, test } from "node:test";
import { type ServeOptions, serve } from "./serve.ts";
import { eventually } from "./testing/eventually.ts";
import { FakeApiServer, status } from "./testing/fake-api-server.ts";

const CONFIG_MAPS = "/api/v1/configmaps";
const SECRETS = "/api/v1/secrets";
const NAMESPACES = "/api/v1/namespaces";

suite("serving a cluster", () => {
  const options = (api: FakeApiServer): ServeOptions => ({
    policies: [],
    host: "127.0.0.1",
    port: 0,
    names: ["127.0.0.1"],
    clientNames: [],
    exemptNamespaces: [],
    policyAdmins: [],
    policyAdminGroups: [],
    templateOperations: ["CREATE"],
    podSecurity: false,
    logLevel: "info",
    drain: { leave: 0, finish: 0 },
    cluster: {
      connection: api,
      namespace: "redoubt-system",
      pod: "a",
      isPod: false,
      configMapNamespaces: ["policies"],
      replicated: [],
      exemptNamespaces: [],
    },
  });
  const begin = (api: FakeApiServer): { lines: string[]; signals: EventEmitter; ended: Promise<void> } => {
    const lines: string[] = [];
    const signals = new EventEmitter();
    return { lines, signals, ended: serve(options(api), { write: (line) => lines.push(line), signals }) };
  };

  test("takes its policies, keeps its authority there, and ends when it is told to", async () => {
    const api = new FakeApiServer([CONFIG_MAPS, SECRETS, NAMESPACES]);
    const { lines, signals, ended } = begin(api);
    await eventually(() => assert.match(lines.join(""), /the admission webhook is ready/));
    assert.deepEqual(
      api.all(SECRETS).map(({ metadata }) => Object(metadata).name),
      ["redoubt-ca"],
    );
    await eventually(() => assert.equal(api.watchersOf(NAMESPACES), 1));
    signals.emit("SIGTERM");
    await ended;
    assert.deepEqual([api.watchersOf(NAMESPACES), api.watchersOf(CONFIG_MAPS)], [0, 0]);
  });

  test("ends when it is told to, also while the cluster does not say which policies there are", async () => {
    const api = new FakeApiServer([CONFIG_MAPS, SECRETS, NAMESPACES]);
    api.intercept = (_, path) =>
      path.endsWith("/secrets") || path.includes("/secrets/") ? undefined : status(500, "down");
    const { lines, signals, ended } = begin(api);
    await eventually(() => assert.ok(api.log.some((line) => line.includes("configmaps"))));
    signals.emit("SIGTERM");
    await ended;
    assert.match(lines.join(""), /has ended before it was ready/);
  });
});

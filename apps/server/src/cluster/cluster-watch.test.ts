import assert from "node:assert/strict";
import { afterEach, beforeEach, suite, test } from "node:test";
import { decide } from "@redoubt/admission";
import { type JsonObject, stringAt } from "@redoubt/kube";
import type { PolicyContents, PolicySource } from "../policies/policy-source.ts";
import { PolicyStore } from "../policies/policy-store.ts";
import { eventually } from "../testing/eventually.ts";
import { FakeApiServer, status } from "../testing/fake-api-server.ts";
import { podNamed } from "../testing/policies.ts";
import { ClusterWatch, type ClusterWatchOptions } from "./cluster-watch.ts";

const [NAMESPACES, PODS, SETTINGS] = ["/api/v1/namespaces", "/api/v1/pods", "/apis/example.com/v1/settings"] as const;
const UNIQUE: JsonObject = {
  apiVersion: "templates.gatekeeper.sh/v1",
  kind: "ConstraintTemplate",
  metadata: { name: "uniquename" },
  spec: {
    crd: { spec: { names: { kind: "UniqueName" } } },
    targets: [
      {
        target: "admission.k8s.gatekeeper.sh",
        rego: `package uniquename
violation[{"msg": "the name is taken"}] {
  data.inventory.namespace[_][_].Pod[input.review.object.metadata.name]
}`,
      },
    ],
  },
};
const CONSTRAINT: JsonObject = {
  apiVersion: "constraints.gatekeeper.sh/v1beta1",
  kind: "UniqueName",
  metadata: { name: "unique" },
  spec: { match: { namespaceSelector: { matchLabels: { team: "a" } } } },
};
const config = (...syncOnly: JsonObject[]): JsonObject => ({
  apiVersion: "config.gatekeeper.sh/v1alpha1",
  kind: "Config",
  metadata: { name: "config", namespace: "gatekeeper-system" },
  spec: { sync: { syncOnly } },
});
const POD = { group: "", version: "v1", kind: "Pod" };

suite("what policies read of the cluster", () => {
  let api: FakeApiServer;
  let stop: AbortController;
  let replace: (contents: PolicyContents) => void;
  beforeEach(() => {
    api = new FakeApiServer([NAMESPACES, PODS, SETTINGS]);
    api.intercept = (method, path) => {
      const kinds: Record<string, JsonObject> = {
        "/api/v1": {
          resources: [
            { name: "pods/log", kind: "Pod" },
            { name: "pods", kind: "Pod", namespaced: true },
          ],
        },
        "/apis/example.com/v1": { resources: [{ name: "settings", kind: "Setting", namespaced: false }] },
      };
      const found = kinds[path];
      return method === "GET" && found !== undefined ? { status: 200, text: JSON.stringify(found) } : undefined;
    };
    stop = new AbortController();
  });
  afterEach(() => stop.abort());

  const start = async (objects: readonly JsonObject[], options: ClusterWatchOptions = {}): Promise<PolicyStore> => {
    const source: PolicySource = {
      name: "given",
      start: (_, changed) => {
        replace = changed;
        changed({ objects, rego: [], problems: [] });
        return Promise.resolve();
      },
    };
    const store = new PolicyStore([source]);
    await store.start(stop.signal);
    const timing = { pauseMs: 1, longestPauseMs: 4 };
    const watch = new ClusterWatch(api, store, { watch: { timing }, delayMs: 1, ...options });
    await new Promise<void>((resolve) => void watch.run(stop.signal, resolve));
    return store;
  };
  const namespaced = (name: string, labels: JsonObject): void => {
    api.apply(NAMESPACES, { metadata: { name, labels } });
  };
  const refuses = (store: PolicyStore, name: string): boolean =>
    !decide(podNamed(name), store.current.policies, { cluster: store.cluster }).allowed;

  test("are namespaces with their labels, and the inventory of what is synced, as they change", async () => {
    namespaced("team", { team: "a" });
    api.apply(PODS, podNamed("web", "elsewhere"));
    const store = await start([UNIQUE, CONSTRAINT, config(POD)]);
    assert.equal(refuses(store, "web"), true);
    assert.equal(refuses(store, "db"), false);
    await eventually(() => assert.equal(api.watchersOf(PODS), 1));
    api.apply(PODS, podNamed("db", "elsewhere"));
    await eventually(() => assert.equal(refuses(store, "db"), true));
    namespaced("team", { team: "b" });
    await eventually(() => assert.equal(refuses(store, "db"), false));
    assert.equal(stringAt(store.cluster.namespace("team"), ["metadata", "labels", "team"]), "b");
  });

  test("follow the kinds that the configuration names", async () => {
    namespaced("team", { team: "a" });
    api.apply(PODS, podNamed("web", "elsewhere"));
    const store = await start([UNIQUE, CONSTRAINT]);
    assert.equal(refuses(store, "web"), false);
    replace({ objects: [UNIQUE, CONSTRAINT, config(POD)], rego: [], problems: [] });
    await eventually(() => assert.equal(refuses(store, "web"), true));
    replace({ objects: [UNIQUE, CONSTRAINT, config()], rego: [], problems: [] });
    await eventually(() => assert.equal(refuses(store, "web"), false));
    assert.equal(api.watchersOf(PODS), 0);
  });

  test("are parameters of policies too, which are no data", async () => {
    api.apply(SETTINGS, { metadata: { name: "limits" }, spec: { names: ["web"] } });
    const store = await start([
      {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingAdmissionPolicy",
        metadata: { name: "names" },
        spec: {
          paramKind: { apiVersion: "example.com/v1", kind: "Setting" },
          matchConstraints: {
            resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
          },
          validations: [{ expression: "!(object.metadata.name in params.spec.names)" }],
        },
      },
      {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingAdmissionPolicyBinding",
        metadata: { name: "names" },
        spec: {
          policyName: "names",
          validationActions: ["Deny"],
          paramRef: { name: "limits", parameterNotFoundAction: "Deny" },
        },
      },
    ]);
    assert.equal(refuses(store, "web"), true);
    assert.equal(refuses(store, "db"), false);
  });

  test("of a kind that the cluster does not serve is told, the rest goes on, and it is there when it is served", async () => {
    namespaced("team", { team: "a" });
    const told: string[] = [];
    const failed = (error: Error): void => void told.push(error.message);
    const intercept = api.intercept;
    api.intercept = (method, path) => (path === "/api/v1" ? status(404, "not found") : intercept(method, path));
    const store = await start([UNIQUE, CONSTRAINT, config(POD)], { failed });
    await eventually(() => assert.match(told.join(), /does not serve: v1 Pod/));
    assert.equal(refuses(store, "web"), false);
    api.apply(PODS, podNamed("web", "elsewhere"));
    api.intercept = intercept;
    await eventually(() => assert.equal(refuses(store, "web"), true));
  });
});

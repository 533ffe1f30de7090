import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { JsonObject } from "@redoubt/kube";
import type { ClusterKind, ClusterState } from "../policies/policy-store.ts";
import { ClusterChanges, ToldCluster } from "./cluster-changes.ts";

function object(name: string, namespace?: string): JsonObject {
  return { metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}

function state(...kinds: readonly ClusterKind[]): ClusterState {
  return { view: new ToldCluster(), kinds };
}

const pods = (...objects: readonly JsonObject[]): ClusterKind => ({
  key: "v1 Pod",
  isNamespaced: true,
  isData: true,
  objects,
});
const namespaces = (...objects: readonly JsonObject[]): ClusterKind => ({
  key: "v1 Namespace",
  isNamespaced: false,
  isData: false,
  objects,
});

suite("what is told of a cluster", () => {
  const [team, web, db] = [object("team"), object("web", "team"), object("db", "team")];

  test("is everything at first, and then what has changed", () => {
    const changes = new ClusterChanges();
    const told = new ToldCluster();
    const tell = (next: ClusterState): readonly ClusterKind[] => told.apply(changes.next(next)).kinds;
    assert.deepEqual(tell(state(namespaces(team), pods(web))), [namespaces(team), pods(web)]);
    assert.deepEqual(changes.next(state(namespaces(team), pods(web))), []);

    const changed = { ...web, spec: {} };
    const next = changes.next(state(namespaces(team), pods(changed, db)));
    assert.deepEqual(next, [
      {
        key: "v1 Pod",
        isNamespaced: true,
        isData: true,
        put: [
          ["team/web", changed],
          ["team/db", db],
        ],
        gone: [],
        isLeft: false,
      },
    ]);
    assert.deepEqual(told.apply(next).kinds, [namespaces(team), pods(changed, db)]);
    assert.deepEqual(tell(state(namespaces(), pods(db))), [namespaces(), pods(db)]);
    assert.deepEqual(tell(state(namespaces())), [namespaces()]);
  });

  test("is everything so far for who comes later", () => {
    const changes = new ClusterChanges();
    changes.next(state(namespaces(team), pods(web)));
    changes.next(state(namespaces(team), pods(db)));
    assert.deepEqual(new ToldCluster().apply(changes.all()).kinds, [namespaces(team), pods(db)]);
  });

  test("is what policies ask it for", () => {
    const told = new ToldCluster();
    told.apply(new ClusterChanges().next(state(namespaces(team), pods(web))));
    assert.equal(told.namespace("team"), team);
    assert.equal(told.namespace("other"), undefined);
    assert.deepEqual(told.objectsOf("v1", "Pod"), { isNamespaced: true, objects: [web] });
    assert.deepEqual(told.objectsOf("v1", "Secret"), { isNamespaced: true, objects: [] });
    assert.equal(told.objectsOf("example.com/v1", "Widget"), undefined);
  });
});

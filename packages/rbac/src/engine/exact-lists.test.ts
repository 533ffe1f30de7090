import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { snapshotFromText } from "@redoubt/kube";
import { groupsReached, verbsReached } from "./exact-lists.ts";

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: events.example.com }
spec: { group: example.com, names: { plural: events, kind: Event }, scope: Namespaced, versions: [] }
`;

suite("wildcards written out", () => {
  test("groups are those that serve a resource, custom ones included", () => {
    const none = snapshotFromText("");
    assert.deepEqual(groupsReached(none, { resources: ["deployments", "pods/log"] }), ["", "apps", "metrics.k8s.io"]);
    assert.deepEqual(groupsReached(snapshotFromText(CRD), { resources: ["events"] }), [
      "",
      "events.k8s.io",
      "example.com",
    ]);
    for (const resources of [["*"], ["*/scale"], ["widgets"], []])
      assert.equal(groupsReached(none, { resources }), undefined);
  });
  test("verbs are the eight of ordinary resources, and nobody's guess for others", () => {
    assert.equal(verbsReached({ apiGroups: [""], resources: ["pods", "secrets"] })?.length, 8);
    for (const rule of [
      { apiGroups: [""], resources: ["serviceaccounts"] },
      { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"] },
      { apiGroups: [""], resources: ["pods/exec"] },
      { apiGroups: ["example.com"], resources: ["widgets"] },
      { apiGroups: ["*"], resources: ["pods"] },
      { apiGroups: [""], resources: [] },
    ])
      assert.equal(verbsReached(rule), undefined, JSON.stringify(rule));
  });
});

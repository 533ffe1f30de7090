import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { snapshotFromText } from "@redoubt/kube";
import * as fc from "fast-check";
import { serviceAccountIdentity, subjectKeysOf, userIdentity } from "../model/identity.ts";
import { generatedRequest } from "../testing/generated-access.ts";
import { accessIndex } from "./access-index.ts";
import { type AccessRequest, authorize } from "./authorizer.ts";
import { WIDTHS, leastPolicy } from "./least-policy.ts";
import { RecordedUse } from "./recorded-use.ts";
import { unusedRights } from "./unused-rights.ts";

const APP = "system:serviceaccount:shop:app";
const event = (verb: string, objectRef: object, more: object = {}): object => ({
  kind: "Event",
  stage: "ResponseComplete",
  verb,
  user: { username: APP, groups: [] },
  objectRef: { apiVersion: "v1", ...objectRef },
  responseStatus: { code: 200 },
  annotations: { "authorization.k8s.io/decision": "allow" },
  ...more,
});
const pods = { resource: "pods", namespace: "shop" };

function recorded(...events: readonly object[]): RecordedUse {
  const use = new RecordedUse(APP);
  for (const each of events) use.add(each);
  return use;
}

suite("recorded use", () => {
  test("is what was allowed, each request once", () => {
    const use = recorded(
      event("get", { ...pods, name: "a" }),
      event("get", { ...pods, name: "a" }),
      event("get", { ...pods, name: "b" }),
    );
    assert.deepEqual(
      use.used.map(({ count }) => count),
      [2, 1],
    );
  });
  test("leaves out what others did, and what is not decided yet", () => {
    const other = { user: { username: "jane" } };
    assert.equal(recorded(event("get", pods, other), event("get", pods, { stage: "RequestReceived" })).used.length, 0);
  });
  test("tells what was refused from what failed", () => {
    const forbidden = event("list", pods, {
      annotations: { "authorization.k8s.io/decision": "forbid" },
      responseStatus: { code: 403 },
    });
    const admissionSaidNo = event("create", pods, { responseStatus: { code: 403 } });
    const use = recorded(forbidden, admissionSaidNo);
    assert.deepEqual([use.used.length, use.refused.length], [1, 1]);
  });
  test("counts what a server-side apply or an update makes as a creation by name too", () => {
    const created = { responseStatus: { code: 201 } };
    const lease = { resource: "leases", apiGroup: "coordination.k8s.io", namespace: "shop", name: "leader" };
    const use = recorded(event("patch", { ...pods, name: "a" }, created), event("update", lease, created));
    const requests = use.used.map(({ request }) => request);
    assert.deepEqual(
      requests.map(({ verb }) => verb),
      ["create", "patch", "create", "update"],
    );
    const policy = leastPolicy(requests, serviceAccountIdentity("shop", "app"), { width: "names" });
    assert.ok(requests.every((request) => policy.allows(request)));
    assert.match(JSON.stringify(policy.objects[0]), /"resourceNames":\["a"\],"verbs":\["create","patch"\]/);
  });
  test("takes no name for what is created, and one for a subresource", () => {
    const [made, bound] = recorded(
      event("create", { ...pods, name: "a" }),
      event("create", { ...pods, name: "a", subresource: "eviction" }),
    ).used;
    assert.equal(made?.request.kind === "resource" && made.request.name, "");
    assert.equal(bound?.request.kind === "resource" && bound.request.name, "a");
  });
  test("knows what impersonation asks for, and whose the request then is", () => {
    const impersonating = event("get", pods, {
      impersonatedUser: { username: "jane", groups: ["devs", "system:authenticated"] },
    });
    const asked = recorded(impersonating).used.map(({ request }) =>
      request.kind === "resource" ? `${request.verb} ${request.resource} ${request.name}` : "",
    );
    assert.deepEqual(asked, ["impersonate groups devs", "impersonate users jane"]);
    const jane = new RecordedUse("jane");
    jane.add(impersonating);
    assert.equal(jane.used.length, 1);
  });
  test("survives events of any shape", () => {
    for (const odd of [
      null,
      1,
      "x",
      [],
      {},
      { user: 1 },
      { user: { username: APP } },
      { user: { username: APP }, objectRef: [] },
    ])
      assert.equal(new RecordedUse(APP).add(odd), false);
  });
});

suite("the least policy", () => {
  const app = serviceAccountIdentity("shop", "app");
  const requests: readonly AccessRequest[] = recorded(
    event("get", { ...pods, name: "a" }),
    event("list", pods),
    event("watch", pods),
    event("patch", { ...pods, resource: "configmaps", name: "state" }),
    event("get", { ...pods, resource: "configmaps", name: "state" }),
    event("list", { resource: "nodes" }),
  ).used.map(({ request }) => request);

  test("is a Role in each namespace and a ClusterRole for the rest", () => {
    const { objects } = leastPolicy(requests, app);
    assert.deepEqual(
      objects.map(({ kind }) => kind),
      ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
    );
    assert.deepEqual(objects[2]?.["rules"], [
      { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "patch"] },
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
    ]);
  });
  test("keeps to names where that is asked for", () => {
    const { objects } = leastPolicy(requests, app, { width: "names" });
    assert.deepEqual(objects[2]?.["rules"], [
      { apiGroups: [""], resources: ["configmaps"], resourceNames: ["state"], verbs: ["get", "patch"] },
      { apiGroups: [""], resources: ["pods"], resourceNames: ["a"], verbs: ["get"] },
      { apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] },
    ]);
  });
  test("becomes one ClusterRole with a binding in each namespace that is used alike", () => {
    const both = requests.flatMap((request) =>
      request.kind === "resource" && request.namespace !== "" ? [request, { ...request, namespace: "other" }] : [],
    );
    const { objects } = leastPolicy(both, app);
    assert.deepEqual(
      objects.map(({ kind }) => kind),
      ["ClusterRole", "RoleBinding", "RoleBinding"],
    );
    assert.deepEqual(
      leastPolicy(both, app, { clusterFrom: 2 }).objects.map(({ kind }) => kind),
      ["ClusterRole", "ClusterRoleBinding"],
    );
  });
  test("needs nothing for what everybody may do", () => {
    const { objects, granted } = leastPolicy([{ kind: "url", verb: "get", url: "/version" }], app);
    assert.deepEqual([objects.length, granted], [0, 1]);
  });
  test("allows every request it was made for, at every width, as the authorizer decides it", () => {
    fc.assert(
      fc.property(
        fc.array(generatedRequest, { maxLength: 8 }),
        fc.constantFrom(...WIDTHS),
        fc.constantFrom(1, 2, Infinity),
        (asked, width, clusterFrom) => {
          const jane = userIdentity("jane");
          const policy = leastPolicy(asked, jane, { width, clusterFrom });
          const index = accessIndex(
            snapshotFromText(policy.objects.map((object) => JSON.stringify(object)).join("\n---\n")),
          );
          for (const request of asked) {
            assert.equal(policy.allows(request), true);
            assert.equal(authorize(index, jane, request).decision, "allow");
          }
        },
      ),
    );
  });
  test("allows nothing else when it keeps to names", () => {
    fc.assert(
      fc.property(fc.array(generatedRequest, { maxLength: 5 }), generatedRequest, (asked, other) => {
        const jane = userIdentity("jane");
        const policy = leastPolicy(asked, jane, { width: "names" });
        const same = (left: AccessRequest): boolean => {
          if (left.kind === "url" || other.kind === "url") return JSON.stringify(left) === JSON.stringify(other);
          const { namespace, name, ...rest } = left;
          const { namespace: otherNamespace, name: otherName, ...otherRest } = other;
          return (
            (namespace === "" || namespace === otherNamespace) &&
            (name === "" || name === otherName) &&
            JSON.stringify(rest) === JSON.stringify(otherRest)
          );
        };
        const everybody = leastPolicy([], jane);
        assert.equal(policy.allows(other), asked.some(same) || everybody.allows(other));
      }),
    );
  });
});

test("rights that were never used are listed by binding", () => {
  const text = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: r, namespace: shop }
rules: [{ apiGroups: [""], resources: [pods, secrets], verbs: [get, list] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: b, namespace: shop }
roleRef: { kind: Role, name: r }
subjects: [{ kind: ServiceAccount, name: app }]
`;
  const index = accessIndex(snapshotFromText(text));
  const [key] = subjectKeysOf(serviceAccountIdentity("shop", "app"));
  assert.ok(key !== undefined);
  const used = recorded(event("list", pods), event("get", { ...pods, name: "a" })).used.map(({ request }) => request);
  const [unused, ...more] = unusedRights(index, key, used);
  assert.deepEqual(unused?.rights, ['{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}']);
  assert.deepEqual([unused?.all, more.length], [false, 0]);
  assert.equal(unusedRights(index, key, [])[0]?.all, true);
});

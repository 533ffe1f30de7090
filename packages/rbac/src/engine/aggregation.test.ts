import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { snapshotFromText } from "@redoubt/kube";
import { accessModel } from "../model/access.ts";
import { effectiveRules, rolesFedBy } from "./aggregation.ts";

const clusterRole = (name: string, labels: string, body: string): string => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: ${name}, labels: { ${labels} } }
${body}
---`;
const collects = (label: string): string =>
  `aggregationRule: { clusterRoleSelectors: [{ matchLabels: { ${label}: "true" } }] }`;
const reads = (resource: string): string => `rules: [{ apiGroups: [""], resources: [${resource}], verbs: [get] }]`;

suite("aggregated ClusterRoles", () => {
  const model = accessModel(
    snapshotFromText(
      clusterRole("outer", 'in-outer: "true"', `${collects("in-outer")}\n${reads("secrets")}`) +
        clusterRole("inner", 'in-outer: "true"', collects("in-inner")) +
        clusterRole("b", 'in-inner: "true"', reads("pods")) +
        clusterRole("a", 'in-outer: "true"', reads("nodes")) +
        clusterRole("same", 'in-outer: "true"', reads("nodes")) +
        clusterRole("viewer", 'rbac.authorization.k8s.io/aggregate-to-view: "true"', reads("events")),
    ),
  );
  const named = (name: string): Parameters<typeof effectiveRules>[1] => {
    const role = model.roleByKey.get(`ClusterRole//${name}`);
    assert.ok(role !== undefined);
    return role;
  };

  test("have the rules of those they select, through any depth, without their own and without repetition", () => {
    assert.deepEqual(
      effectiveRules(model, named("outer")).map(({ resources }) => resources?.[0]),
      ["nodes", "pods"],
    );
  });

  test("are found from the roles that flow into them", () => {
    assert.deepEqual(rolesFedBy(model, named("b")), ["b", "inner", "outer"]);
  });

  test("view flows into edit, and edit into admin, although none of them is given", () => {
    assert.deepEqual(rolesFedBy(model, named("viewer")), ["viewer", "view", "edit", "admin"]);
  });
});

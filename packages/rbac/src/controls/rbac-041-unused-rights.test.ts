import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { evaluate } from "@redoubt/control";
import { snapshotFromText } from "@redoubt/kube";
import { accessIndex } from "../engine/access-index.ts";
import { RecordedAccess } from "../engine/recorded-access.ts";
import { unusedRightsControl } from "./rbac-041-unused-rights.ts";

const ROLE = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: app, namespace: shop }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [get, list, delete] }
  - { apiGroups: [apps], resources: [deployments], verbs: [patch] }
---
`;
const bound = (...subjects: readonly string[]): string => `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: app, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: app }
subjects: [${subjects.join(", ")}]
`;
const APP = "{ kind: ServiceAccount, name: app, namespace: shop }";
const DEVS = "{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: devs }";
const account = { username: "system:serviceaccount:shop:app", groups: ["system:serviceaccounts"] };
const jane = { username: "jane", groups: ["devs", "system:authenticated"] };

function event(user: object, verb: string, resource: string, more: object = {}): object {
  return {
    stage: "ResponseComplete",
    stageTimestamp: "2026-03-01T10:00:00.000000Z",
    verb,
    user,
    objectRef: { resource, namespace: "shop", name: "a", apiVersion: "v1" },
    responseStatus: { code: 200 },
    annotations: { "authorization.k8s.io/decision": "allow" },
    ...more,
  };
}

function findings(text: string, events: readonly unknown[]): readonly string[] {
  const snapshot = snapshotFromText(text);
  const recorded = new RecordedAccess(accessIndex(snapshot));
  for (const each of events) recorded.add(each);
  const { results } = evaluate([unusedRightsControl(recorded)], snapshot);
  return results.flatMap((result) =>
    result.findings.map(
      ({ verdict, message, fix }) => `${verdict}${fix === undefined ? "" : ", to be fixed"}: ${message}`,
    ),
  );
}

suite("rights that nobody used", () => {
  const TIME = "From 2026-03-01T10:00:00.000000Z to 2026-03-01T10:00:00.000000Z nobody who holds it used";
  test("are those that no holder's event needed", () => {
    assert.deepEqual(
      findings(ROLE + bound(APP), [event(account, "get", "pods"), event(account, "create", "services")]),
      [`fail, to be fixed: ${TIME} list, delete of the verbs of rule 0 and rule 1.`],
    );
  });
  test("count for all holders, a group's members among them", () => {
    const events = [event(account, "get", "pods"), event(jane, "delete", "pods"), event(jane, "list", "pods")];
    assert.deepEqual(findings(ROLE + bound(APP, DEVS), events), [`fail, to be fixed: ${TIME} rule 1.`]);
  });
  test("are those of impersonated users too", () => {
    const acted = event({ username: "admin" }, "delete", "pods", { impersonatedUser: account });
    assert.deepEqual(findings(ROLE + bound(APP), [event(account, "get", "pods"), acted]), [
      `fail, to be fixed: ${TIME} list of the verbs of rule 0 and rule 1.`,
    ]);
  });
  test("are not known of a holder whom the log does not show", () => {
    assert.deepEqual(findings(ROLE + bound(APP, DEVS), [event(account, "get", "pods")]), [
      "unknown: the audit log has no event of Group devs",
    ]);
  });
  test("are not taken out where nothing would be left, nor where the binding does not count", () => {
    const elsewhere = event(account, "get", "pods", {
      objectRef: { resource: "pods", namespace: "bank", name: "a", apiVersion: "v1" },
    });
    assert.deepEqual(findings(ROLE + bound(APP), [elsewhere, event(account, "create", "services")]), [
      `fail: ${TIME} rule 0 and rule 1.`,
    ]);
  });
  test("do not follow from a log without reads, from refusals, or from what is no event", () => {
    const refused = event(account, "delete", "pods", { annotations: { "authorization.k8s.io/decision": "forbid" } });
    assert.deepEqual(findings(ROLE + bound(APP), [refused, null, 7, {}, { user: "x", verb: [] }]), [
      `fail, to be fixed: ${TIME} delete of the verbs of rule 0 and rule 1.`,
    ]);
  });
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { snapshotFromText } from "@redoubt/kube";
import * as fc from "fast-check";
import { type Identity, identityOf, serviceAccountIdentity, userIdentity } from "../model/identity.ts";
import { generatedAccess, generatedRequest } from "../testing/generated-access.ts";
import { accessDiff } from "./access-diff.ts";
import { accessIndex } from "./access-index.ts";
import { accessMatrix } from "./access-matrix.ts";
import { type AccessRequest, authorize, requestMatches, rulesFor } from "./authorizer.ts";
import { whoCan } from "./who-can.ts";

const RBAC = "apiVersion: rbac.authorization.k8s.io/v1\n";
const asks = (verb: string, resource: string, namespace = "", name = ""): AccessRequest => {
  const [base = "", subresource = ""] = resource.split("/");
  return { kind: "resource", verb, group: "", resource: base, subresource, namespace, name };
};
const decides = (text: string, identity: Identity, request: AccessRequest): string => {
  const decision = authorize(accessIndex(snapshotFromText(text)), identity, request);
  if (decision.decision === "no") return "no";
  return decision.by === "system:masters"
    ? decision.by
    : `${decision.by.binding.name} > ${decision.by.role.name} rule ${decision.by.ruleIndex}`;
};

suite("decisions", () => {
  const reader = `${RBAC}kind: Role
metadata: { name: reader, namespace: shop }
rules: [{ apiGroups: [apps], resources: [deployments], verbs: [get] }, { apiGroups: [""], resources: [pods], verbs: [get, list] }]
---
${RBAC}kind: RoleBinding
metadata: { name: readers, namespace: shop }
roleRef: { kind: Role, name: reader }
subjects: [{ kind: ServiceAccount, name: app }, { kind: Group, name: "system:serviceaccounts:ops" }]
`;
  const app = serviceAccountIdentity("shop", "app");

  test("name the rule and the binding", () => {
    assert.equal(decides(reader, app, asks("list", "pods", "shop")), "readers > reader rule 1");
  });
  test("hold in the namespace of a RoleBinding only", () => {
    assert.equal(decides(reader, app, asks("list", "pods", "ops")), "no");
    assert.equal(decides(reader, app, asks("list", "pods")), "no");
  });
  test("include the groups that a ServiceAccount's token carries", () => {
    assert.equal(
      decides(reader, serviceAccountIdentity("ops", "any"), asks("list", "pods", "shop")),
      "readers > reader rule 1",
    );
  });
  test("do not ask RBAC about system:masters", () => {
    assert.equal(decides("", userIdentity("root", ["system:masters"]), asks("delete", "nodes")), "system:masters");
  });
  test("know what every API server grants, when files leave it out", () => {
    assert.equal(
      decides("", userIdentity("anyone"), { kind: "url", verb: "get", url: "/version" }),
      "system:discovery > system:discovery rule 0",
    );
    assert.equal(decides("", userIdentity("system:anonymous"), { kind: "url", verb: "get", url: "/apis" }), "no");
  });
  test("let a file's ClusterRole flow into the built-in roles that collect it", () => {
    const text = `${RBAC}kind: ClusterRole
metadata: { name: widgets, labels: { rbac.authorization.k8s.io/aggregate-to-edit: "true" } }
rules: [{ apiGroups: [""], resources: [widgets], verbs: [create] }]
---
${RBAC}kind: RoleBinding
metadata: { name: devs, namespace: shop }
roleRef: { kind: ClusterRole, name: admin }
subjects: [{ kind: User, name: jane }]
`;
    assert.match(decides(text, userIdentity("jane"), asks("create", "widgets", "shop")), /^devs > admin rule/);
  });
  test("name bindings to roles that do not exist", () => {
    const text = `${RBAC}kind: ClusterRoleBinding
metadata: { name: lost }
roleRef: { kind: ClusterRole, name: nothing }
subjects: [{ kind: User, name: jane }]
`;
    const decision = authorize(accessIndex(snapshotFromText(text)), userIdentity("jane"), asks("get", "pods"));
    assert.equal(decision.decision, "no");
    assert.deepEqual(
      decision.missingRoles.map(({ name }) => name),
      ["lost"],
    );
  });
});

suite("generated clusters", () => {
  test("a decision is what going through every rule says", () => {
    fc.assert(
      fc.property(
        generatedAccess,
        generatedRequest,
        fc.constantFrom("u", "v", "system:serviceaccount:one:a"),
        fc.constantFrom("u", "v"),
        ({ index }, request, user, group) => {
          const identity = userIdentity(user, [group]);
          const namespace = request.kind === "resource" ? request.namespace : "";
          const held = rulesFor(index, identity, namespace).some(({ rule }) => requestMatches(rule, request));
          assert.equal(authorize(index, identity, request).decision, held ? "allow" : "no");
        },
      ),
    );
  });
  test("who can is everyone who may, asked one by one", () => {
    // Members of system:masters may whatever RBAC says, so that group tells nothing.
    const asked = ({ subject }: { readonly subject: string }): boolean => subject !== "group:system:masters";
    fc.assert(
      fc.property(generatedAccess, generatedRequest, ({ index }, request) => {
        const expected = index.subjects.filter((subject) => {
          const [kind, ...name] = subject.split(":");
          const identity = {
            user: kind === "user" ? name.join(":") : "",
            groups: kind === "group" ? [name.join(":")] : [],
          };
          return asked({ subject }) && authorize(index, identity, request).decision === "allow";
        });
        assert.deepEqual(
          whoCan(index, request)
            .filter(asked)
            .map(({ subject }) => subject),
          expected,
        );
      }),
    );
  });
  test("the matrix has the same answers", () => {
    const questions = ["get", "create"].flatMap((verb) =>
      ["pods", "pods/log", "deployments"].flatMap((resource) =>
        ["", "apps"].map((group) => ({ verb, group, resource })),
      ),
    );
    fc.assert(
      fc.property(generatedAccess, fc.constantFrom("", "one", "two"), ({ index }, namespace) => {
        const matrix = accessMatrix(index, questions);
        for (const [number, { verb, group, resource }] of questions.entries()) {
          const [base = "", subresource = ""] = resource.split("/");
          const request: AccessRequest = {
            kind: "resource",
            verb,
            group,
            resource: base,
            subresource,
            namespace,
            name: "",
          };
          assert.deepEqual(
            matrix.subjectsFor(number, namespace),
            whoCan(index, request).map(({ subject }) => subject),
          );
        }
      }),
    );
  });
  test("nothing changed between a cluster and itself, and what one gained the other lost", () => {
    fc.assert(
      fc.property(generatedAccess, generatedAccess, ({ index: left }, { index: right }) => {
        assert.deepEqual(accessDiff(left, left), []);
        assert.deepEqual(
          accessDiff(left, right).map(({ gained, lost }) => [gained, lost]),
          accessDiff(right, left).map(({ gained, lost }) => [lost, gained]),
        );
      }),
    );
  });
});

test("the identity of a group is authenticated, unless it is the group of those who are not", () => {
  assert.deepEqual(identityOf("group:devs").groups, ["devs", "system:authenticated"]);
  assert.deepEqual(identityOf("group:system:unauthenticated").groups, ["system:unauthenticated"]);
});

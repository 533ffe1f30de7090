import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type JsonObject, readYamlObjects } from "@redoubt/kube";
import { clusterViewOf } from "../../model/cluster-view.ts";
import { decide } from "../decide.ts";
import { PolicySet } from "../policies.ts";
import { bindingForConstraint, policyForTemplate } from "./generate-policy.ts";

const TEMPLATE = `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: owner }
spec:
  crd: { spec: { names: { kind: Owner } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      code:
        - engine: K8sNativeValidation
          source:
            variables: [{ name: labels, expression: "variables.anyObject.metadata.?labels.orValue({})" }]
            validations:
              - expression: "variables.params.label in variables.labels"
                messageExpression: "'the label ' + variables.params.label + ' is missing'"
`;

const MATCHES = [
  "{}",
  "{ kinds: [{ apiGroups: [''], kinds: [Pod] }] }",
  "{ kinds: [{ apiGroups: [apps], kinds: ['*'] }] }",
  "{ namespaces: [te*] }",
  "{ namespaces: ['*ea*'], excludedNamespaces: [team-x] }",
  "{ excludedNamespaces: ['*am'] }",
  "{ name: we* }",
  "{ name: other }",
  "{ scope: Cluster }",
  "{ scope: Namespaced }",
  "{ source: Generated }",
  "{ labelSelector: { matchLabels: { app: web } } }",
  "{ namespaceSelector: { matchExpressions: [{ key: tier, operator: Exists }] } }",
];

const OBJECTS = [
  "{ apiVersion: v1, kind: Pod, metadata: { name: web, namespace: team, labels: { app: web } } }",
  "{ apiVersion: v1, kind: Pod, metadata: { generateName: web-, namespace: team-x, labels: { owner: me } } }",
  "{ apiVersion: apps/v1, kind: Deployment, metadata: { name: api, namespace: other } }",
  "{ apiVersion: v1, kind: Namespace, metadata: { name: team, labels: { tier: one } } }",
  "{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: { name: web } }",
];

function read(text: string): JsonObject {
  const result = readYamlObjects(text);
  const [object] = result.kind === "objects" ? result.objects : [];
  assert.ok(object);
  return object;
}

suite("policies generated from templates", () => {
  const namespaces = [
    read("{ apiVersion: v1, kind: Namespace, metadata: { name: team, labels: { tier: one } } }"),
    read("{ apiVersion: v1, kind: Namespace, metadata: { name: team-x } }"),
    read("{ apiVersion: v1, kind: Namespace, metadata: { name: other } }"),
  ];

  for (const match of MATCHES) {
    test(`decide as the template with its constraint: match ${match}`, () => {
      const template = read(TEMPLATE);
      const constraint = read(
        `{ apiVersion: constraints.gatekeeper.sh/v1beta1, kind: Owner, metadata: { name: all }, spec: { match: ${match}, parameters: { label: owner } } }`,
      );
      const policy = policyForTemplate(template);
      const binding = bindingForConstraint(constraint);
      assert.ok(typeof policy !== "string" && typeof binding !== "string");
      const generated = new PolicySet([policy, binding]);
      const original = new PolicySet([template, constraint]);
      assert.deepEqual([...generated.problems, ...original.problems], []);
      const cluster = clusterViewOf([...namespaces, template, constraint]);
      for (const text of OBJECTS) {
        const [one, two] = [original, generated].map((set) =>
          decide(read(text), set, { cluster }).violations.map(({ message }) => message),
        );
        assert.deepEqual(two, one, text);
      }
    });
  }

  test("what has no CEL code, or acts nowhere in admission, says so", () => {
    const rego = read(
      "{ apiVersion: templates.gatekeeper.sh/v1, kind: ConstraintTemplate, metadata: { name: a }, spec: { crd: { spec: { names: { kind: A } } }, targets: [{ target: admission.k8s.gatekeeper.sh, rego: 'package a' }] } }",
    );
    assert.match(JSON.stringify(policyForTemplate(rego)), /no K8sNativeValidation code/);
    const audit = read(
      "{ kind: A, metadata: { name: a }, spec: { enforcementAction: scoped, scopedEnforcementActions: [{ action: deny, enforcementPoints: [{ name: audit.gatekeeper.sh }] }] } }",
    );
    assert.equal(bindingForConstraint(audit), "none of its actions is for admission");
  });
});

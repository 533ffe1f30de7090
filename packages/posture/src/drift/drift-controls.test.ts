import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { evaluate } from "@redoubt/control";
import { ClusterSnapshot, describeResource, snapshotFromText } from "@redoubt/kube";
import { type DriftScope } from "./pairing.ts";
import { driftControls } from "./drift-controls.ts";

/** What `cluster` (as YAML) and `files` differ in: control, object and message. */
function driftOf(files: string, cluster: string, scope?: DriftScope): readonly string[] {
  const written = snapshotFromText(files, { file: "shop.yaml" });
  const { objects } = snapshotFromText(cluster);
  const live = new ClusterSnapshot({ objects, source: "cluster" });
  return evaluate(driftControls(written, scope), live).results.flatMap(({ control, findings }) =>
    findings.map(
      ({ resource, message }) =>
        `${control.id} ${resource === undefined ? "" : describeResource(resource)}: ${message}`,
    ),
  );
}

const pod = (container: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: web, image: "shop/web:1"${container}}]}\n`;
const policy = (spec: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: shop}\nspec: {podSelector: {}${spec}}\n`;
const role = (rules: string): string =>
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: reader, namespace: shop}\nrules: [${rules}]\n`;

suite("what the server fills in is no drift", () => {
  for (const [what, file, live] of [
    [
      "of a pod",
      pod(""),
      `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
  - {name: web, image: "shop/web:1", imagePullPolicy: IfNotPresent, terminationMessagePath: /dev/termination-log, resources: {}}
  volumes: [{name: kube-api-access-12345, projected: {defaultMode: 420}}]
  serviceAccountName: default
  serviceAccount: default
  restartPolicy: Always
  securityContext: {}
`,
    ],
    [
      "of a policy",
      policy(", ingress: [{ports: [{port: 80}]}]"),
      policy(", policyTypes: [Ingress], ingress: [{ports: [{port: 80, protocol: TCP}]}]"),
    ],
    [
      "of a role, in another order",
      role("{apiGroups: [''], resources: [pods, nodes], verbs: [get]}"),
      role("{apiGroups: [''], resources: [nodes, pods], verbs: [get]}"),
    ],
  ] as const) {
    test(what, () => {
      assert.deepEqual(driftOf(file, live), []);
    });
  }
});

suite("drift", () => {
  test("names the field with both values and the file", () => {
    assert.deepEqual(driftOf(pod(""), pod(", securityContext: {privileged: true}")), [
      "DRIFT-003 Pod shop/web: spec.containers[0].securityContext.privileged is true in the cluster and not set in shop.yaml:1:1",
    ]);
  });

  test("never shows the value of an environment variable", () => {
    const found = driftOf(pod(", env: [{name: KEY, value: hunter2}]"), pod(", env: [{name: KEY, value: hunter3}]"));
    assert.equal(found.length, 1);
    assert.ok(!found.join().includes("hunter"));
  });

  test("sees rules that were added to a policy and to a role", () => {
    assert.equal(
      driftOf(policy(", policyTypes: [Ingress]"), policy(", policyTypes: [Ingress], ingress: [{}]")).length,
      1,
    );
    const read = "{apiGroups: [''], resources: [pods], verbs: [get]}";
    assert.equal(driftOf(role(read), role(`${read}, {apiGroups: [''], resources: [secrets], verbs: [get]}`)).length, 1);
  });

  test("names what is only on one side", () => {
    assert.deepEqual(driftOf(pod(""), policy("")), [
      "DRIFT-001 NetworkPolicy shop/deny: NetworkPolicy shop/deny is in the cluster and not in the files",
      "DRIFT-002 Pod shop/web: Pod shop/web is in the files and not in the cluster",
    ]);
  });

  test("does not miss what is in a namespace that was not read", () => {
    assert.deepEqual(driftOf(pod(""), "", { namespaces: ["other"] }), []);
    assert.deepEqual(driftOf(pod(""), "", { excludeNamespaces: ["shop"] }), []);
  });

  test("takes what Kubernetes makes itself for nobody's", () => {
    const system = `apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Namespace, metadata: {name: kube-system}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: shop}}
- {apiVersion: v1, kind: Service, metadata: {name: kubernetes, namespace: default}}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: admin, labels: {kubernetes.io/bootstrapping: rbac-defaults}}}
`;
    assert.deepEqual(driftOf(pod(""), `${pod("")}---\n${system}`), []);
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Control, ControlReport } from "@redoubt/control";
import { ClusterSnapshot, type KubeObject, snapshotFromText, valueAt } from "@redoubt/kube";
import { catalogue } from "../catalogue.ts";
import { unifiedDiff } from "./diff.ts";
import { fixSnapshot } from "./fix-snapshot.ts";

function control(id: string, check: (snapshot: ClusterSnapshot, report: ControlReport) => void): Control {
  return {
    id,
    title: id,
    layer: "container",
    item: "pod-security",
    severity: "high",
    references: [],
    rationale: "",
    remediation: "",
    examples: { failing: "", passing: "" },
    fixable: true,
    check,
  };
}

const hardened = control("TEST-001", (snapshot, report) => {
  for (const { object, containers } of snapshot.workloads) {
    for (const { container, name, path } of containers) {
      if (container.securityContext?.allowPrivilegeEscalation === false) continue;
      report.fail(object, {
        message: `container ${name} may gain privileges`,
        path,
        fix: {
          description: "Forbids gaining privileges.",
          edits: [{ op: "set", path: [...path, "securityContext", "allowPrivilegeEscalation"], value: false }],
          caution: "sudo stops working",
        },
      });
    }
  }
});

const denied = control("TEST-002", (snapshot, report) => {
  for (const { object, namespace } of snapshot.workloads) {
    if (snapshot.list("networking.k8s.io/NetworkPolicy").some((policy) => policy.namespace === namespace)) continue;
    report.fail(object, {
      message: `namespace ${namespace} has no policy`,
      fix: {
        description: "Denies what no policy allows.",
        edits: [],
        adds: [
          {
            apiVersion: "networking.k8s.io/v1",
            kind: "NetworkPolicy",
            metadata: { name: "deny", namespace },
            spec: { podSelector: {}, policyTypes: ["Ingress"] },
          },
        ],
      },
    });
  }
});

/** Sets a label to what the other of a pair does not want. */
function quarrel(id: string, wanted: string): Control {
  return control(id, (snapshot, report) => {
    for (const object of snapshot.objects) {
      if (valueAt(JSON.parse(JSON.stringify(object.value)), ["metadata", "labels", "owner"]) === wanted) continue;
      const edits = [{ op: "set", path: ["metadata", "labels", "owner"], value: wanted }] as const;
      report.fail(object, {
        message: `owner is not ${wanted}`,
        fix: { description: `Makes ${wanted} the owner.`, edits },
      });
    }
  });
}

const breaking = control("TEST-005", (snapshot, report) => {
  for (const object of snapshot.objects) {
    const edits = [{ op: "set", path: ["spec"], value: 1 }] as const;
    report.fail(object, { message: "no", fix: { description: "Breaks the object.", edits } });
  }
});

const manifest = `# The shop.
---
# web
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop} # where
spec:
   selector: &sel {matchLabels: {app: web}}
   template:
     metadata:
       labels: {app: web}
     spec:
          containers:
            -   name: a # first
                # image of a
                image: nginx
                securityContext: &sc # shared
                  runAsUser: 1000 # not root
            -   name: b
                image: nginx
                securityContext: *sc
            -   {name: c, image: "busybox"} # flow

--- # second document
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata:
    name: p
    namespace: shop
  spec:
    containers:
    - name: a
      image: nginx
      securityContext: {} # nothing yet
`;

test("fixes keep comments, anchors and layout, and are made until nothing is left to fix", () => {
  const plan = fixSnapshot(snapshotFromText(manifest, { file: "shop.yaml" }), [hardened, denied]);
  const [file] = plan.files;
  assert.ok(file);
  assert.equal(
    unifiedDiff(file.oldText, file.newText, file.file),
    `--- a/shop.yaml
+++ b/shop.yaml
@@ -16,10 +16,11 @@
                 image: nginx
                 securityContext: &sc # shared
                   runAsUser: 1000 # not root
+                  allowPrivilegeEscalation: false
             -   name: b
                 image: nginx
                 securityContext: *sc
-            -   {name: c, image: "busybox"} # flow
+            -   {name: c, image: "busybox", securityContext: {allowPrivilegeEscalation: false}} # flow
 
 --- # second document
 apiVersion: v1
@@ -34,4 +35,15 @@
     containers:
     - name: a
       image: nginx
-      securityContext: {} # nothing yet
+      securityContext: # nothing yet
+        allowPrivilegeEscalation: false
+---
+apiVersion: networking.k8s.io/v1
+kind: NetworkPolicy
+metadata:
+  name: deny
+  namespace: shop
+spec:
+  podSelector: {}
+  policyTypes:
+  - Ingress
`,
  );
  assert.deepEqual(plan.left, []);
  assert.deepEqual(plan.refused, []);
  assert.deepEqual(
    plan.applied.map(({ control: { id }, resource, caution }) => [id, resource, caution]),
    [
      ["TEST-001", "Deployment shop/web", "sudo stops working"],
      ["TEST-001", "Deployment shop/web", "sudo stops working"],
      ["TEST-001", "Deployment shop/web", "sudo stops working"],
      ["TEST-002", "Deployment shop/web", undefined],
      ["TEST-001", "Pod shop/p", "sudo stops working"],
      ["TEST-002", "Pod shop/p", undefined],
    ],
  );
  assert.deepEqual(fixSnapshot(snapshotFromText(file.newText), [hardened, denied]).files, []);
});

test("only the findings that are asked for are fixed", () => {
  const plan = fixSnapshot(snapshotFromText(manifest, { file: "shop.yaml" }), [hardened, denied], {
    select: ({ control: { id } }) => id === "TEST-002",
  });
  assert.deepEqual(new Set(plan.applied.map(({ control: { id } }) => id)), new Set(["TEST-002"]));
  assert.equal(plan.left.length, 4);
});

test("fixes that undo one another come to an end and are told", () => {
  const text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n";
  const plan = fixSnapshot(snapshotFromText(text, { file: "c.yaml" }), [
    quarrel("TEST-003", "one"),
    quarrel("TEST-004", "two"),
  ]);
  assert.deepEqual(
    plan.refused.map(({ control: { id }, code }) => [id, code]),
    [["TEST-003", "FIX_UNDONE"]],
  );
  assert.match(plan.files[0]?.newText ?? "", /owner: two/);
});

test("a fix that the API server would refuse is not made, and the others are", () => {
  const text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  containers:\n  - name: a\n    image: b\n";
  const plan = fixSnapshot(snapshotFromText(text, { file: "p.yaml" }), [breaking, hardened]);
  assert.deepEqual(
    plan.refused.map(({ control: { id }, code }) => [id, code]),
    [["TEST-005", "FIX_BREAKS"]],
  );
  assert.match(plan.files[0]?.newText ?? "", /allowPrivilegeEscalation: false/);
});

test("a new object whose name is taken is not added", () => {
  const policy =
    "apiVersion: networking.k8s.io/v1beta9\nkind: NetworkPolicy\nmetadata:\n  name: deny\n  namespace: shop\nspec:\n  podSelector: {}\n";
  const plan = fixSnapshot(snapshotFromText(`${manifest}---\n${policy}`, { file: "x.yaml" }), [
    control("TEST-006", (snapshot, report) => {
      for (const object of snapshot.objects) {
        if (object.kind !== "List" && object.kind !== "Pod") continue;
        const add = {
          apiVersion: "networking.k8s.io/v1",
          kind: "NetworkPolicy",
          metadata: { name: "deny", namespace: "shop" },
        };
        report.fail(object, { message: "", fix: { description: "", edits: [], adds: [add] } });
      }
    }),
  ]);
  assert.deepEqual(
    plan.refused.map(({ code }) => code),
    ["FIX_CONFLICT"],
  );
  assert.deepEqual(plan.files, []);
});

test("objects that no file holds as they are, are refused with the place to change", () => {
  const { objects } = snapshotFromText(manifest, { file: "shop.yaml" });
  const from = (origin: KubeObject<object>["origin"]): ClusterSnapshot =>
    new ClusterSnapshot({ objects: objects.slice(0, 1).map((object) => ({ ...object, origin })) });
  const live = fixSnapshot(from({ kind: "cluster", context: "prod", uid: "1", resourceVersion: "1" }), [denied]);
  assert.deepEqual(
    live.refused.map(({ code }) => code),
    ["FIX_NO_FILE"],
  );
  const stdin = fixSnapshot(snapshotFromText(manifest, { file: "<stdin>" }), [hardened]);
  assert.ok(stdin.refused.every(({ code, reason }) => code === "FIX_NO_FILE" && reason.includes("standard input")));
  assert.deepEqual(stdin.files, []);
});

const odd = [
  "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n name: a\nspec:\n selector: {matchLabels: {a: b}}\n template:\n  metadata: {labels: {a: b}}\n  spec:\n   containers:\n   - # one\n     name: a\n     image: nginx # img\n\n   - name: b\n     image: x\n     ports: [\n       {containerPort: 80, hostPort: 80}, # http\n     ]\n",
  'apiVersion: "v1"\r\nkind: Pod\r\nmetadata:\r\n    name: "p"   # crlf\r\nspec:\r\n    hostNetwork: true # why\r\n    containers:\r\n        - name: "c"\r\n          image: "nginx"',
  '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"hostPID":true,"containers":[{"name":"c","image":"nginx:latest","securityContext":{"privileged":true}}]}}',
  '{\n    "apiVersion": "v1",\n    "kind": "List",\n    "items": [\n        {\n            "apiVersion": "v1",\n            "kind": "Pod",\n            "metadata": {"name": "p"},\n            "spec": {"containers": [{"name": "c", "image": "a"}]}\n        }\n    ]\n}\n',
  "apiVersion: v1\nkind: Pod\nmetadata: &m\n  name: p\nx-container: &c\n  image: nginx # shared image\n  securityContext: &sc\n    privileged: true # !\nspec:\n  initContainers:\n  - <<: *c\n    name: i\n  containers:\n  - <<: *c\n    name: a\n    securityContext:\n      <<: *sc\n      runAsUser: 0 # root\n  - {<<: *c, name: b}\n",
];

for (const [index, text] of odd.entries()) {
  test(`every control's fixes end on oddly written manifest ${index + 1}, and a second run changes nothing`, () => {
    const name = text.startsWith("{") ? "x.json" : "x.yaml";
    const plan = fixSnapshot(snapshotFromText(text, { file: name }), catalogue);
    const [file] = plan.files;
    assert.ok(file, "something was fixed");
    const unexplained = plan.left.filter(({ fix }) => fix !== undefined).length - plan.refused.length;
    assert.equal(unexplained, 0);
    for (const comment of text.match(/# [a-z!]+/g) ?? []) assert.ok(file.newText.includes(comment), comment);
    if (text.includes("\r\n")) assert.ok(!/[^\r]\n/.test(file.newText));
    const again = fixSnapshot(snapshotFromText(file.newText, { file: name }), catalogue);
    assert.deepEqual(again.files, []);
  });
}

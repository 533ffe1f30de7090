import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { describeResource } from "../object.ts";
import { snapshotFromText } from "./snapshot-from-text.ts";

suite("what a document is", () => {
  for (const [name, text, file, expected] of [
    ["an object", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}", "a.yaml", "Pod default/a"],
    ["a cluster-scoped object", "apiVersion: v1\nkind: Node\nmetadata: {name: a, namespace: x}", "a.yaml", "Node a"],
    ["JSON", '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"b"}}', "a.json", "Pod b/a"],
    ["a generated name", "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a-}", "a.yaml", "Job default/a-"],
    [
      "a moved group",
      "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}",
      "a.yaml",
      "Ingress default/a",
    ],
    [
      "a custom resource in wide use",
      "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: a}",
      "a.yaml",
      "PeerAuthentication default/a",
    ],
    ["an unknown custom resource", "apiVersion: a.b/v1\nkind: C\nmetadata: {name: a}", "a.yaml", "C a"],
    [
      "an unknown custom resource with a namespace",
      "apiVersion: a.b/v1\nkind: C\nmetadata: {name: a, namespace: shop}",
      "a.yaml",
      "C shop/a",
    ],
    ["an audit policy", "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: []", "a.yaml", "Policy (no name)"],
    [
      "an encryption configuration",
      "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources: []",
      "a.yaml",
      "EncryptionConfiguration (no name)",
    ],
    [
      "a kubelet configuration",
      "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration",
      "a.yaml",
      "KubeletConfiguration (no name)",
    ],
    [
      "a kustomization under another name",
      "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization",
      "a.yaml",
      "Kustomization (no name)",
    ],
    ["a kustomization", "resources: [a.yaml]", "x/kustomization.yaml", "kustomization"],
    [
      "a List",
      "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod, metadata: {name: a}}, {apiVersion: v1, kind: Pod, metadata: {name: b}}]",
      "a.yaml",
      "Pod default/a, Pod default/b",
    ],
    [
      "a List in a List",
      "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {name: a}}]}]",
      "a.yaml",
      "Pod default/a",
    ],
    [
      "a typed list",
      "apiVersion: apps/v1\nkind: DeploymentList\nitems: [{metadata: {name: a}}]",
      "a.yaml",
      "Deployment default/a",
    ],
    ["a List without items", "apiVersion: v1\nkind: List\nitems: ~", "a.yaml", ""],
    [
      "a kind that only ends in List",
      "apiVersion: a.b/v1\nkind: AllowList\nmetadata: {name: a}\nspec: {items: []}",
      "a.yaml",
      "AllowList a",
    ],
    ["a pipeline by name", "job: {script: [a]}", "x/.gitlab-ci.yml", "gitlab-ci"],
    ["a pipeline's part by name", "job: {script: [a]}", "image-scan.gitlab-ci.yml", "gitlab-ci"],
    ["a pipeline by content", "stages: [a]\njob: {script: [a]}", "a.yml", "gitlab-ci"],
    ["a workflow by place", "on: push\njobs: {}", ".github/workflows/a.yml", "github-workflow"],
    ["a workflow by content", "on: push\njobs: {a: {steps: []}}", "a.yml", "github-workflow"],
    ["rules of Falco", "- rule: a\n  condition: b", "a.yaml", "falco-rules"],
    ["macros of Falco", "- macro: a\n  condition: b", "a.yaml", "falco-rules"],
    ["a policy in Rego", "package a", "a.rego", "rego"],
    ["a script", "kubectl get pods", "a.sh", "shell"],
    ["a script by its first line", "#!/bin/bash\nkubectl", "a", "shell"],
    ["an image recipe", "FROM a", "x/Dockerfile", "dockerfile"],
    ["values of a chart", "image: {tag: a}", "values.yaml", "helm-values"],
    ["a chart's description", "apiVersion: v2\nname: a", "Chart.yaml", "unrecognised"],
    ["a list of something", "- a\n- b", "a.yaml", "unrecognised"],
    ["some other mapping", "a: b", "a.yaml", "unrecognised"],
    ["some other mapping with a kind", "kind: fruit\nname: b", "a.yaml", "unrecognised"],
    ["nothing", "", "a.yaml", ""],
  ] as const) {
    test(name, () => {
      const { objects, artifacts, diagnostics } = snapshotFromText(text, { file });
      assert.deepEqual(diagnostics, []);
      const found = [...objects.map(describeResource), ...artifacts.map(({ artifact }) => artifact)].join(", ");
      assert.equal(found, expected);
    });
  }
});

const crd = (scope: string): string =>
  `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: cs.a.b}\nspec: {group: a.b, scope: ${scope}, names: {kind: C}}\n`;

const place = (text: string, index: number, path: readonly (string | number)[]): string => {
  const origin = snapshotFromText(text, { file: "a.yaml" }).objects[index]?.origin;
  assert.ok(origin?.kind === "file");
  const { start } = origin.locate(path);
  return `${start.line}:${start.column}`;
};

suite("namespaces", () => {
  const resource = "apiVersion: a.b/v1\nkind: C\nmetadata: {name: a}\n---\n";
  test("objects that name none get the one asked for", () => {
    const { objects, namespaces } = snapshotFromText("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", {
      namespace: "shop",
    });
    assert.equal(objects[0]?.namespace, "shop");
    assert.deepEqual([...namespaces], ["shop"]);
  });
  test("a definition says the scope of its resources, wherever it stands", () => {
    assert.equal(snapshotFromText(resource + crd("Namespaced")).objects[0]?.namespace, "default");
    assert.equal(snapshotFromText(resource + crd("Cluster"), { namespace: "x" }).objects[0]?.namespace, "");
  });
});

suite("places", () => {
  const list = `# head\napiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: a}\n  - apiVersion: v1\n    kind: Pod\n    metadata:\n      name: b\n    spec:\n      hostPID: true\n`;
  const merged = `x: &base\n  hostPID: true\n  hostIPC: true\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  <<: *base\n  hostIPC: false\n`;
  for (const [name, text, index, path, expected] of [
    ["a field", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n", 0, ["metadata", "name"], "4:3"],
    [
      "a field of a later document",
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\n# b\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\n",
      1,
      ["metadata", "name"],
      "8:12",
    ],
    ["a field of an object in a List", list, 1, ["spec", "hostPID"], "13:7"],
    ["a field that is not there", list, 1, ["spec", "hostIPC"], "12:5"],
    ["an object in a List", list, 1, [], "8:5"],
    ["behind CRLF", list.replaceAll("\n", "\r\n"), 1, ["spec", "hostPID"], "13:7"],
    ["behind a byte order mark", "\uFEFFapiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", 0, ["kind"], "2:1"],
    ["what a merge key brings", merged, 0, ["spec", "hostPID"], "2:3"],
    ["what overrides a merge key", merged, 0, ["spec", "hostIPC"], "9:3"],
    [
      "what an alias brings",
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: &l {b: c}, annotations: *l}\n",
      0,
      ["metadata", "annotations", "b"],
      "3:33",
    ],
    [
      "JSON objects one after another",
      '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}\n{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}\n',
      1,
      ["metadata", "name"],
      "2:45",
    ],
  ] as const) {
    test(name, () => assert.equal(place(text, index, path), expected));
  }
  test("a line of a text artifact", () => {
    const [artifact] = snapshotFromText("a\r\nb b\nc", { file: "a.sh" }).artifacts;
    assert.ok(artifact?.origin.kind === "file");
    const region = artifact.origin.locate(["line", 2]);
    assert.deepEqual([region.start.line, region.start.column, region.end.line, region.end.column], [2, 1, 2, 4]);
  });
  test("workflows keep `on` as a key", () => {
    const [artifact] = snapshotFromText("on: push\njobs: {}", { file: ".github/workflows/a.yml" }).artifacts;
    assert.deepEqual(artifact?.value, { on: "push", jobs: {} });
  });
});

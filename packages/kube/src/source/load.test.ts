import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, before, suite, test } from "node:test";
import { describeResource } from "../object.ts";
import type { ClusterSnapshot } from "../snapshot.ts";
import { type LoadProgress, loadSnapshot } from "./load.ts";

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

const FILES: Readonly<Record<string, string>> = {
  "plain/b.yml": configMap("b"),
  "plain/a.yaml": configMap("a"),
  "plain/c.json": '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}',
  "plain/notes.txt": configMap("notes"),
  "plain/package.json": "{ // not a manifest\n}",
  "plain/Dockerfile": "FROM scratch\n",
  "plain/.gitlab-ci.yml": "job: {script: [a]}\n",
  "plain/.github/workflows/ci.yml": "on: push\njobs: {}\n",
  "plain/deeper/d.yaml": configMap("d"),
  "plain/.git/config.yaml": configMap("git"),
  "plain/node_modules/x/m.yaml": configMap("module"),
  "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
  "chart/values.yaml": "replicas: 1\n",
  "chart/templates/cm.yaml": "{{ broken as YAML\n",
  "kustom/base/kustomization.yaml": "resources: [cm.yaml]\n",
  "kustom/base/cm.yaml": configMap("base"),
  "kustom/overlay/kustomization.yaml": "namePrefix: my-\nresources: [../base]\n",
  helm: `#!/bin/sh
echo "$@" > "$(dirname "$0")/helm-arguments"
cat <<'END'
---
# Source: shop/templates/cm.yaml
${configMap("rendered")}
---
# Source: shop/charts/sub/templates/x.yaml
${configMap("sub")}
END
`,
  kubectl: `#!/bin/sh\necho "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: built-$(basename "$2")}"\n`,
};

suite("loadSnapshot", () => {
  let folder = "";
  const at = (path: string): string => join(folder, path);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "load-"));
    for (const [path, text] of Object.entries(FILES)) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text, { mode: 0o755 });
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const tools = (): { readonly helm: string; readonly kubectl: string } => ({
    helm: at("helm"),
    kubectl: at("kubectl"),
  });
  const summary = ({ objects, artifacts, diagnostics }: ClusterSnapshot): readonly string[] => {
    assert.deepEqual(diagnostics, []);
    return [
      ...objects.map(describeResource),
      ...artifacts.map(({ artifact, name }) => `${artifact} ${relative(folder, name)}`),
    ];
  };

  test("a folder gives what kubectl reads in it, and artifacts known by name", async () => {
    assert.deepEqual(summary(await loadSnapshot({ paths: [at("plain")] })), [
      "ConfigMap default/a",
      "ConfigMap default/b",
      "ConfigMap default/c",
      "github-workflow plain/.github/workflows/ci.yml",
      "gitlab-ci plain/.gitlab-ci.yml",
      "dockerfile plain/Dockerfile",
    ]);
  });
  test("subfolders are read when asked for, those of tools never", async () => {
    const { objects, artifacts } = await loadSnapshot({ paths: [at("plain")], recursive: true });
    assert.deepEqual(
      objects.map(({ name }) => name),
      ["a", "b", "c", "d"],
    );
    assert.equal(artifacts.length, 3);
  });
  test("a file that is named is read whatever it is called", async () => {
    assert.deepEqual(summary(await loadSnapshot({ paths: [at("plain/notes.txt")], namespace: "shop" })), [
      "ConfigMap shop/notes",
    ]);
  });
  test("standard input", async () => {
    const stdin = (async function* (): AsyncGenerator<string> {
      yield "apiVersion: v1\nkind: Config";
      yield "Map\nmetadata: {name: in}\n";
    })();
    const snapshot = await loadSnapshot({ paths: ["-"], stdin });
    assert.deepEqual(summary(snapshot), ["ConfigMap default/in"]);
    const origin = snapshot.objects[0]?.origin;
    assert.equal(origin?.kind === "file" ? origin.file : "", "<stdin>");
  });
  test("a chart is rendered, and its objects are named for their templates", async () => {
    const snapshot = await loadSnapshot({
      paths: [at("chart")],
      tools: tools(),
      namespace: "shop",
      helm: { values: ["v.yaml"], set: ["a=b"] },
    });
    assert.deepEqual(summary(snapshot), [
      "ConfigMap shop/rendered",
      "ConfigMap shop/sub",
      "helm-values chart/values.yaml",
    ]);
    const origins = snapshot.objects.map(({ origin }) =>
      origin.kind === "file" ? [relative(folder, origin.file), origin.rendered] : [],
    );
    assert.deepEqual(origins, [
      ["chart/templates/cm.yaml", "helm"],
      ["chart/charts/sub/templates/x.yaml", "helm"],
    ]);
    assert.equal(
      readFileSync(at("helm-arguments"), "utf8"),
      `template ${at("chart")} --include-crds --namespace shop --values v.yaml --set a=b\n`,
    );
  });
  test("a kustomization is built; one that another builds on is not built by itself", async () => {
    const snapshot = await loadSnapshot({ paths: [at("kustom")], recursive: true, tools: tools() });
    assert.deepEqual(summary(snapshot), [
      "ConfigMap default/built-overlay",
      "kustomization kustom/overlay/kustomization.yaml",
    ]);
    const asked = await loadSnapshot({ paths: [], kustomize: [at("kustom/base")], tools: tools() });
    assert.deepEqual(summary(asked), ["ConfigMap default/built-base", "kustomization kustom/base/kustomization.yaml"]);
  });
  test("progress is told, and an aborted reading rejects", async () => {
    const seen: LoadProgress[] = [];
    await loadSnapshot({ paths: [at("plain")], onProgress: (progress) => void seen.push(progress) });
    assert.deepEqual(seen.map(({ done, total }) => [done, total]).at(-1), [6, 6]);
    await assert.rejects(loadSnapshot({ paths: [at("plain")], signal: AbortSignal.abort() }), { name: "AbortError" });
  });
});

/** The chart of deploy/, rendered by real helm: unchanged it is the manifests, and each value changes what it names. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type JsonObject, listAt, numberAt, objectAt, readYamlObjects, stringAt } from "@redoubt/kube";
import { HELM, findGoTool } from "@redoubt/peers";

const CHART = fileURLToPath(new URL("../../../deploy/helm/redoubt", import.meta.url));
const helm = findGoTool(HELM);

function rendered(namespace: string, ...settings: readonly string[]): readonly JsonObject[] {
  const set = settings.flatMap((setting) => ["--set", setting]);
  const args = ["template", "redoubt", CHART, "--namespace", namespace, "--kube-version", "1.34.0", ...set];
  return objectsIn(execFileSync(helm ?? "", args, { encoding: "utf8" }));
}

function objectsIn(text: string): readonly JsonObject[] {
  const read = readYamlObjects(text);
  assert.ok(read.kind === "objects", text);
  return read.objects;
}

const idOf = (object: JsonObject): string => `${stringAt(object, ["kind"])} ${stringAt(object, ["metadata", "name"])}`;
const byId = (objects: readonly JsonObject[]): ReadonlyMap<string, JsonObject> =>
  new Map(objects.map((object) => [idOf(object), object]));

function deploymentIn(objects: readonly JsonObject[]): JsonObject | undefined {
  return byId(objects).get("Deployment redoubt");
}

suite("the chart", { skip: helm === undefined ? "helm is not available" : false }, () => {
  test("is the manifests, where no value is given", () => {
    const text = (file: string): string => readFileSync(`${CHART}/manifests/${file}`, "utf8");
    const [kustomization] = objectsIn(text("kustomization.yaml"));
    const manifests = listAt(kustomization, ["resources"]).flatMap((file) => objectsIn(text(String(file))));
    const [container] = listAt(deploymentIn(manifests), ["spec", "template", "spec", "containers"]);
    // Kubernetes' own default for an image with such a tag; the chart says it.
    Object.assign(Object(container), { imagePullPolicy: "IfNotPresent" });
    const wanted = manifests.filter(({ kind }) => kind !== "Namespace");
    const objects = rendered("redoubt-system");
    assert.equal(objects.length, wanted.length);
    assert.deepEqual(byId(objects), byId(wanted));
  });

  test("takes the release's namespace everywhere", () => {
    const objects = rendered("policies");
    assert.doesNotMatch(JSON.stringify(objects), /redoubt-system/);
    const subjects = objects.flatMap((object) => listAt(object, ["subjects"]));
    assert.deepEqual(
      subjects.map((subject) => stringAt(subject, ["namespace"])),
      ["policies", "policies", "policies"],
    );
  });

  test("puts each value in its place", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const objects = rendered(
      "policies",
      "replicas=3",
      `image.digest=${digest}`,
      "image.repository=registry.example/redoubt",
      "image.pullSecrets={registry}",
      "priorityClassName=",
      "resources.limits.memory=3Gi",
      "auditInterval=",
      "exemptNamespaces={kube-system,kube-node-lease}",
      "failurePolicy=ignore",
      "workers=4",
      "policiesConfigMap=rego",
      "extraArgs={--log-level=debug}",
      "nodeSelector.pool=system",
    );
    const deployment = deploymentIn(objects);
    const pod = objectAt(deployment, ["spec", "template", "spec"]) ?? {};
    const [container] = listAt(pod, ["containers"]);
    assert.equal(numberAt(deployment, ["spec", "replicas"]), 3);
    assert.equal(stringAt(container, ["image"]), `registry.example/redoubt@${digest}`);
    assert.equal(stringAt(container, ["resources", "limits", "memory"]), "3Gi");
    assert.deepEqual(pod["imagePullSecrets"], [{ name: "registry" }]);
    assert.deepEqual(pod["nodeSelector"], { pool: "system" });
    assert.deepEqual(pod["volumes"], [{ name: "policies", configMap: { name: "rego" } }]);
    assert.equal(pod["priorityClassName"], undefined);
    assert.deepEqual(listAt(container, ["args"]), [
      "serve",
      "--address=::",
      "--workers=4",
      "--cluster",
      "--install-crds",
      "--configmap-namespace=policies",
      "--register-service=policies/redoubt",
      "--failure-policy=ignore",
      "--exempt-namespace=kube-system,kube-node-lease,policies",
      "--protected-namespace=policies",
      "--policies=/policies",
      "--log-level=debug",
    ]);
  });

  test("refuses values that mean nothing", () => {
    for (const [setting, problem] of [
      ["failurePolicy=maybe", /failurePolicy/],
      ["replicas=0", /replicas/],
      ["image.digest=latest", /digest/],
      ["exemptNamespace={a}", /exemptNamespace/],
      ["extraArgs={log-level}", /extraArgs/],
    ] as const) {
      const run = spawnSync(helm ?? "", ["template", CHART, "--kube-version", "1.34.0", "--set", setting], {
        encoding: "utf8",
      });
      assert.notEqual(run.status, 0, setting);
      assert.match(run.stderr, problem);
    }
  });
});

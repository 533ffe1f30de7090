/** deploy/: that our own scan has nothing to say of it that is not explained, and that its parts say the same. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  type JsonObject,
  isJsonObject,
  listAt,
  numberAt,
  objectAt,
  readYamlObjects,
  snapshotFromText,
  stringAt,
} from "@redoubt/kube";
import { assess, atLeast, isOpen, parseExceptions } from "@redoubt/posture";

const DEPLOY = fileURLToPath(new URL("../deploy/", import.meta.url));
const CHART = `${DEPLOY}helm/redoubt/`;
const textOf = (file: string): string => readFileSync(`${DEPLOY}${file}`, "utf8");

function objectsOf(file: string): readonly JsonObject[] {
  const read = readYamlObjects(textOf(file));
  assert.ok(read.kind === "objects", file);
  return read.objects;
}

const listed = listAt(objectsOf("manifests/kustomization.yaml")[0], ["resources"]).map(String);

suite("deploy/", () => {
  test("every manifest is in the kustomization", () => {
    const files = readdirSync(`${DEPLOY}manifests/`).filter((file) => file !== "kustomization.yaml");
    assert.deepEqual(listed.toSorted(), files.toSorted());
  });

  test("a scan of the manifests finds nothing above info that has no reason, and no reason is without its finding", () => {
    const snapshot = snapshotFromText(listed.map((file) => textOf(`manifests/${file}`)).join("\n---\n"));
    const exceptions = parseExceptions(textOf("exceptions.yaml"), "exceptions.yaml");
    assert.deepEqual(exceptions.problems, []);
    const report = assess(snapshot, { time: "2026-12-01T00:00:00Z", version: "test", exceptions });
    const open = report.findings.filter((found) => isOpen(found) && atLeast(found.finding.severity, "low"));
    assert.deepEqual(
      open.map(({ finding }) => `${finding.control.id}: ${finding.message}`),
      [],
    );
    assert.deepEqual(report.coverage.diagnostics, []);
  });

  test("the chart has all manifests but the namespace, which is there before a release", () => {
    const template = readFileSync(`${CHART}templates/objects.yaml`, "utf8");
    const taken = [...template.matchAll(/"([a-z-]+\.yaml)" (\d+)/g)].map(([, file, count]) => `${file} ${count}`);
    const others = listed.filter((file) => file !== "namespace.yaml" && file !== "deployment.yaml");
    const wanted = others.map((file) => `${file} ${objectsOf(`manifests/${file}`).length}`);
    assert.deepEqual(taken.toSorted(), wanted.toSorted());
  });

  test("the chart's values are what the manifests say, and its schema names each of them", () => {
    const [values = {}] = objectsOf("helm/redoubt/values.yaml");
    const [deployment] = objectsOf("manifests/deployment.yaml");
    const pod = objectAt(deployment, ["spec", "template", "spec"]);
    const [container] = listAt(pod, ["containers"]);
    const args = listAt(container, ["args"]);
    assert.deepEqual(values["resources"], objectAt(container, ["resources"]));
    assert.equal(values["replicas"], objectAt(deployment, ["spec"])?.["replicas"]);
    assert.equal(values["priorityClassName"], stringAt(pod, ["priorityClassName"]));
    const image = `${stringAt(values, ["image", "repository"])}:${stringAt(values, ["image", "tag"])}`;
    assert.equal(image, stringAt(container, ["image"]));
    const exempt = [...listAt(values, ["exemptNamespaces"]), "redoubt-system"].join(",");
    const flags = [
      `--workers=${numberAt(values, ["workers"])}`,
      `--audit-interval=${stringAt(values, ["auditInterval"])}`,
      `--failure-policy=${stringAt(values, ["failurePolicy"])}`,
      `--exempt-namespace=${exempt}`,
    ];
    assert.deepEqual(
      flags.filter((flag) => !args.includes(flag)),
      [],
    );
    const schema: unknown = JSON.parse(readFileSync(`${CHART}values.schema.json`, "utf8"));
    // Helm itself puts `global` among the values of every chart.
    assert.deepEqual(namesIn(schema).toSorted(), [...Object.keys(values), "global"].toSorted());
    const imageSchema = objectAt(schema, ["properties", "image"]);
    assert.deepEqual(namesIn(imageSchema).toSorted(), Object.keys(objectAt(values, ["image"]) ?? {}).toSorted());
  });
});

function namesIn(schema: unknown): readonly string[] {
  const properties = objectAt(schema, ["properties"]);
  assert.ok(isJsonObject(properties));
  return Object.keys(properties);
}

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { snapshotFromText } from "./source/snapshot-from-text.ts";

const POD_SPEC = "{initContainers: [{name: i}], containers: [{name: c}, {name: d}], ephemeralContainers: [{name: e}]}";
const TEMPLATE = `{metadata: {labels: {app: web}}, spec: ${POD_SPEC}}`;

const kinds: readonly (readonly [apiVersion: string, kind: string, body: string, templatePath: string])[] = [
  ["v1", "Pod", `spec: ${POD_SPEC}`, ""],
  ["v1", "PodTemplate", `template: ${TEMPLATE}`, "template"],
  ["v1", "ReplicationController", `spec: {template: ${TEMPLATE}}`, "spec.template"],
  ["apps/v1", "Deployment", `spec: {template: ${TEMPLATE}}`, "spec.template"],
  ["apps/v1beta1", "Deployment", `spec: {template: ${TEMPLATE}}`, "spec.template"],
  ["extensions/v1beta1", "Deployment", `spec: {template: ${TEMPLATE}}`, "spec.template"],
  ["extensions/v1beta1", "DaemonSet", `spec: {template: ${TEMPLATE}}`, "spec.template"],
  ["apps/v1beta2", "ReplicaSet", `spec: {template: ${TEMPLATE}}`, "spec.template"],
  ["apps/v1", "StatefulSet", `spec: {template: ${TEMPLATE}}`, "spec.template"],
  ["apps/v1", "DaemonSet", `spec: {template: ${TEMPLATE}}`, "spec.template"],
  ["batch/v1", "Job", `spec: {template: ${TEMPLATE}}`, "spec.template"],
  [
    "batch/v1beta1",
    "CronJob",
    `spec: {jobTemplate: {spec: {template: ${TEMPLATE}}}}`,
    "spec.jobTemplate.spec.template",
  ],
];

suite("workloads", () => {
  for (const [apiVersion, kind, body, templatePath] of kinds) {
    test(`${apiVersion} ${kind}`, () => {
      const metadata = kind === "Pod" ? "{name: a, labels: {app: web}}" : "{name: a}";
      const { workloads, diagnostics } = snapshotFromText(
        `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: ${metadata}\n${body}\n`,
      );
      assert.deepEqual(diagnostics, []);
      const [workload] = workloads;
      assert.ok(workload);
      assert.equal(workload.templatePath.join("."), templatePath);
      assert.deepEqual(workload.podSpecPath, [...workload.templatePath, "spec"]);
      assert.equal(workload.namespace, "default");
      assert.deepEqual(workload.podLabels, { app: "web" });
      assert.deepEqual(
        workload.containers.map(({ role, name, path }) => [role, name, ...path.slice(workload.podSpecPath.length)]),
        [
          ["init", "i", "initContainers", 0],
          ["container", "c", "containers", 0],
          ["container", "d", "containers", 1],
          ["ephemeral", "e", "ephemeralContainers", 0],
        ],
      );
    });
  }
  for (const body of ["spec: {}", "spec: {template: {}}", "spec: {template: ~}", ""]) {
    test(`a Deployment with ${JSON.stringify(body)} is no workload`, () => {
      const { workloads, objects } = snapshotFromText(
        `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n${body}\n`,
      );
      assert.deepEqual([workloads.length, objects.length], [0, 1]);
    });
  }
  test("other kinds with a template are no workloads", () => {
    assert.deepEqual(
      snapshotFromText("apiVersion: a.b/v1\nkind: Deployment\nspec: {template: {spec: {}}}\n").workloads,
      [],
    );
  });
});

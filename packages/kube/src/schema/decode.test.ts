import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { KnownKinds } from "../gen/types.ts";
import { type JsonValue, isJsonObject } from "../json.ts";
import { parseDocument } from "../yaml/construct.ts";
import { type DecodeProblem, decodeKind } from "./decode.ts";

function decode(
  kind: keyof KnownKinds,
  text: string,
): { readonly value: JsonValue; readonly problems: readonly DecodeProblem[] } {
  const { value } = parseDocument(text);
  assert.ok(isJsonObject(value));
  return { value, problems: decodeKind(value, kind, true) };
}

suite("decoding changes nulls as Go does", () => {
  for (const [name, kind, text, expected] of [
    ["a null field goes away", "Pod", "spec: {hostname: ~, containers: []}", { spec: { containers: [] } }],
    ["a null struct goes away", "Pod", "spec: ~", {}],
    ["a null list goes away", "Pod", "spec: {volumes: }", { spec: {} }],
    ["a null map value becomes the empty string", "ConfigMap", "data: {a: ~}", { data: { a: "" } }],
    [
      "a null item of structs becomes an empty struct",
      "Pod",
      "spec: {containers: [~]}",
      { spec: { containers: [{}] } },
    ],
    [
      "a null item of strings becomes the empty string",
      "rbac.authorization.k8s.io/Role",
      "rules: [{verbs: [~]}]",
      { rules: [{ verbs: [""] }] },
    ],
    [
      "a null of a map of quantities becomes zero",
      "ResourceQuota",
      "spec: {hard: {pods: ~}}",
      { spec: { hard: { pods: "0" } } },
    ],
    [
      "a null creationTimestamp goes away",
      "Pod",
      "metadata: {creationTimestamp: null, name: a}",
      { metadata: { name: "a" } },
    ],
    ["whole numbers may be written as floats", "apps/Deployment", "spec: {replicas: 3.0}", { spec: { replicas: 3 } }],
    [
      "quantities may be numbers",
      "ResourceQuota",
      "spec: {hard: {pods: 1, cpu: .5, memory: 1Gi}}",
      { spec: { hard: { pods: 1, cpu: 0.5, memory: "1Gi" } } },
    ],
    [
      "ports may have names",
      "Service",
      "spec: {ports: [{targetPort: http}, {targetPort: 80}]}",
      { spec: { ports: [{ targetPort: "http" }, { targetPort: 80 }] } },
    ],
  ] as const) {
    test(name, () => {
      const { value, problems } = decode(kind, text);
      assert.deepEqual(problems, []);
      assert.deepEqual(value, expected);
    });
  }
});

suite("what decoding says", () => {
  for (const [kind, text, message, hint] of [
    [
      "apps/Deployment",
      "spec: {replicas: '3'}",
      'spec.replicas: expected 32-bit integer, got string "3"',
      "write it without quotes",
    ],
    ["apps/Deployment", "spec: {replicas: [3]}", "spec.replicas: expected 32-bit integer, got list", undefined],
    [
      "Pod",
      "spec: {containers: [{env: [{name: A, value: 1}]}]}",
      "spec.containers[0].env[0].value: expected string, got integer",
      "quote the value",
    ],
    ["Pod", "spec: {hostPID: 'yes'}", 'spec.hostPID: expected boolean, got string "yes"', undefined],
    ["Pod", "metadata: {labels: {a/b: true}}", "metadata.labels[a/b]: expected string, got boolean", "quote the value"],
    [
      "Pod",
      "spec: {containers: [{resources: {limits: {cpu: a}}}]}",
      'spec.containers[0].resources.limits.cpu: expected quantity, got string "a"',
      undefined,
    ],
    ["Pod", "spec: {hostpid: true}", "spec.hostpid: unknown field: it has no effect", "did you mean `hostPID`?"],
    [
      "Pod",
      "spec: {containers: [{imagePullPolcy: Always}]}",
      "spec.containers[0].imagePullPolcy: unknown field: it has no effect",
      "did you mean `imagePullPolicy`?",
    ],
    ["Pod", "spec: {completelyDifferent: 1}", "spec.completelyDifferent: unknown field: it has no effect", undefined],
    [
      "Secret",
      "data: {a: not base64}",
      "data.a: not valid base64: the API server refuses it",
      "plain text belongs into stringData",
    ],
  ] as const) {
    test(message, () => {
      const { problems } = decode(kind, text);
      assert.deepEqual(
        problems.map((problem) => [problem.message, problem.hint]),
        [[message, hint]],
      );
    });
  }
});

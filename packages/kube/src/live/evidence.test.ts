import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { snapshotFromText } from "../source/snapshot-from-text.ts";
import { ClusterSnapshot } from "../snapshot.ts";
import { writeYaml } from "../yaml/write.ts";
import { isJsonObject } from "../json.ts";
import { type EvidenceData, toEvidence } from "./evidence.ts";

const time = "2026-11-24T01:02:03.000Z";
const kinds: readonly EvidenceData[] = [
  {
    type: "flags",
    component: "kubelet",
    node: "node-1",
    version: "v1.34.4",
    flags: { config: "/var/lib/kubelet/config.yaml" },
    effective: false,
  },
  { type: "metrics", component: "kube-apiserver", samples: [{ name: "a", labels: { b: "c" }, value: 1 }] },
  { type: "kubelet-configuration", node: "node-1", configuration: { readOnlyPort: 0 } },
  { type: "server-version", version: "v1.34.4" },
  {
    type: "node-file",
    node: "node-1",
    path: "/etc/kubernetes/admin.conf",
    directory: false,
    mode: 0o600,
    owner: "root",
    group: "root",
  },
  { type: "stored-secret", key: "/registry/secrets/a/b" },
  { type: "stored-secret", key: "/registry/secrets/a/b", transformer: "k8s:enc:kms:v2:vault:" },
  {
    type: "stored-secret",
    key: "/registry/secrets/a/b",
    transformer: "k8s:enc:kms:v2:vault:",
    secrets: 3,
    revision: 9,
  },
  { type: "audit-probe", request: "GET /x", log: "/var/log/audit.log", found: true },
  { type: "anonymous-probe", path: "/api", status: 401 },
  {
    type: "gap",
    missing: "flags",
    component: "kube-apiserver",
    failure: "forbidden",
    message: "no",
    needs: "the right",
  },
];

suite("evidence", () => {
  for (const data of kinds)
    test(`${data.type} is the same after it was written and read again`, () => {
      const evidence = toEvidence(data, { source: "somewhere", time }, "test");
      assert.ok(isJsonObject(evidence.object.value));
      const snapshot = snapshotFromText(writeYaml(evidence.object.value));
      assert.deepEqual(snapshot.diagnostics, []);
      const [read, ...more] = snapshot.evidence;
      assert.deepEqual(more, []);
      assert.ok(read !== undefined);
      const { object, ...plain } = read;
      assert.equal(object.name, evidence.object.name);
      assert.deepEqual(plain, { ...data, source: "somewhere", time });
    });

  const broken: readonly string[] = [
    "kind: NodeFile\npath: /x\nmode: '9'\n",
    "kind: NodeFile\npath: [x]\nmode: '600'\n",
    "kind: ComponentFlags\nflags: {}\n",
    "kind: ServerVersion\nversion: 1\n",
    "kind: EvidenceGap\nmissing: gap\nfailure: forbidden\n",
    "kind: Other\n",
  ];
  for (const text of broken)
    test(`${JSON.stringify(text)} is none`, () => {
      const document = `apiVersion: evidence.redoubt.dev/v1\nmetadata: { name: x }\n${text}`;
      assert.deepEqual(snapshotFromText(document).evidence, []);
    });

  test("is added to a snapshot that has some, once", () => {
    const version = (text: string): ReturnType<typeof toEvidence> =>
      toEvidence({ type: "server-version", version: text }, { source: "/version", time }, "test");
    const written = snapshotFromText(
      "apiVersion: evidence.redoubt.dev/v1\nkind: ServerVersion\nmetadata: { name: a }\nversion: v1.1.1\n",
    );
    const both = written.withEvidence([version("v1.2.2")]).withEvidence([version("v1.3.3")]);
    assert.ok(both instanceof ClusterSnapshot);
    assert.deepEqual(both.evidence.map((one) => (one.type === "server-version" ? one.version : "")).sort(), [
      "v1.1.1",
      "v1.2.2",
      "v1.3.3",
    ]);
  });
});

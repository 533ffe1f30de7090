import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type EvidenceData, type KubeObject, snapshotFromText, toEvidence } from "@redoubt/kube";
import { componentsOf } from "./component.ts";

const time = "2026-11-24T00:00:00Z";

const pod = (name: string, flags: string, mirror = true): string => `---
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: kube-system
${mirror ? '  annotations: { kubernetes.io/config.mirror: "1" }\n' : ""}spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.34.4
    command: [kube-apiserver, ${flags}]
`;
const kubeadm = "---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n";
const flagz: EvidenceData = {
  type: "flags",
  component: "kube-apiserver",
  flags: { "anonymous-auth": "true", profiling: "true" },
  effective: true,
};
const commandLine = (flags: Readonly<Record<string, string>>): EvidenceData => ({
  type: "flags",
  component: "kube-apiserver",
  node: "cp-1",
  flags,
  effective: false,
});

function judged(text: string, ...evidence: readonly EvidenceData[]): readonly string[] {
  const snapshot = snapshotFromText(text).withEvidence(
    evidence.map((data) =>
      toEvidence(
        data,
        { source: data.type === "flags" && data.effective ? "/flagz" : "command line on the node", time },
        "test",
      ),
    ),
  );
  return componentsOf(snapshot, "kube-apiserver").map(
    ({ object, source }) => `${nameOf(object)}${source === "" ? "" : ` by ${source}`}`,
  );
}

const nameOf = ({ kind, name }: KubeObject<object>): string => (name === "" ? kind : `${kind} ${name}`);

suite("the best evidence of a component decides", () => {
  const table: readonly [note: string, found: readonly string[], wanted: readonly string[]][] = [
    ["a manifest", judged(pod("a", "--x=1", false)), ["Pod a"]],
    [
      "mirror pods, one for each server",
      judged(pod("a", "--x=1") + pod("b", "--x=1")),
      ["Pod a by mirror pod", "Pod b by mirror pod"],
    ],
    [
      "what the only server says goes before its pod",
      judged(pod("a", "--x=1"), flagz),
      [`ComponentFlags kube-apiserver by /flagz at ${time}`],
    ],
    [
      "what one of two servers says does not speak for the other",
      judged(pod("a", "--x=1") + pod("b", "--x=1"), flagz),
      ["Pod a by mirror pod", "Pod b by mirror pod"],
    ],
    [
      "a command line that equals its manifest has lines to point at",
      judged(pod("a", "--x=1", false), commandLine({ x: "1" })),
      ["Pod a"],
    ],
    [
      "a command line that differs is what runs",
      judged(pod("a", "--x=1", false), commandLine({ x: "2" })),
      [`ComponentFlags kube-apiserver-cp-1 by command line on the node at ${time}`],
    ],
    [
      "what runs goes before what kubeadm was asked for",
      judged(kubeadm, flagz),
      [`ComponentFlags kube-apiserver by /flagz at ${time}`],
    ],
    [
      "other components' flags say nothing",
      judged(kubeadm, { ...flagz, component: "kubelet" }),
      ["ClusterConfiguration"],
    ],
  ];
  for (const [note, found, wanted] of table) test(note, () => assert.deepEqual(found, wanted));
});

suite("kubeadm", () => {
  test("takes etcd's certificates from an external etcd, and sets none where it names none", () => {
    const external = `${kubeadm}etcd:\n  external:\n    endpoints: [http://10.0.0.5:2379]\n    caFile: /ca\n`;
    const [server] = componentsOf(snapshotFromText(external), "kube-apiserver");
    assert.equal(server?.flags.get("etcd-cafile")?.value, "/ca");
    assert.equal(server?.flags.has("etcd-certfile"), false);
  });
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type EvidenceData, snapshotFromText, toEvidence } from "@redoubt/kube";
import { kubeletsOf } from "./kubelet.ts";

const FILE = "/var/lib/kubelet/config.yaml";
const file = (text = ""): string => `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n${text}`;
const started = (flags: Readonly<Record<string, string>>): EvidenceData => ({
  type: "flags",
  component: "kubelet",
  node: "node-1",
  flags,
  effective: false,
});
const asked: EvidenceData = {
  type: "kubelet-configuration",
  node: "node-1",
  configuration: { authentication: { anonymous: { enabled: true } } },
};

const ANONYMOUS = ["authentication", "anonymous", "enabled"];

function anonymous(text: string, ...evidence: readonly EvidenceData[]): readonly unknown[] {
  const snapshot = snapshotFromText(text, { file: FILE }).withEvidence(
    evidence.map((data) => toEvidence(data, { source: "there", time: "" }, "test")),
  );
  return kubeletsOf(snapshot).map(({ setting, editable, flagFor }) => [
    setting(ANONYMOUS),
    editable ? "file" : "evidence",
    ...(flagFor(ANONYMOUS) === undefined ? [] : [flagFor(ANONYMOUS)]),
  ]);
}

suite("whether a kubelet serves anonymous requests", () => {
  const open = file("authentication:\n  anonymous:\n    enabled: true\n");
  const table: readonly [note: string, found: readonly unknown[], wanted: readonly unknown[]][] = [
    ["a file that says nothing has its default", anonymous(file()), [[false, "file"]]],
    ["a file that says so", anonymous(open), [[true, "file"]]],
    [
      "a flag wins over the file",
      anonymous(open, started({ config: FILE, "anonymous-auth": "false" })),
      [[false, "file", "--anonymous-auth=false"]],
    ],
    [
      "flags leave the rest to the file",
      anonymous(open, started({ config: FILE, "read-only-port": "0" })),
      [[true, "file"]],
    ],
    ["without a file the older defaults hold", anonymous("", started({ v: "2" })), [[true, "evidence"]]],
    ["a file that was not read leaves it unknown", anonymous("", started({ config: FILE })), [[undefined, "evidence"]]],
    ["a kubelet that was asked says it", anonymous("", asked), [[true, "evidence"]]],
    [
      "a kubelet that was asked goes before its command line",
      anonymous("", asked, started({ "anonymous-auth": "false" })),
      [[true, "evidence"]],
    ],
  ];
  for (const [note, found, wanted] of table) test(note, () => assert.deepEqual(found, wanted));
});

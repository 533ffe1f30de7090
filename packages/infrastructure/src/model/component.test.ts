import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { snapshotFromText } from "@redoubt/kube";
import { componentsOf } from "./component.ts";

const pod = (command: string): string => `apiVersion: v1
kind: Pod
metadata: { name: kube-apiserver, namespace: kube-system }
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.34.4
${command}`;

const flagsOf = (text: string): readonly (readonly [string, string])[] =>
  componentsOf(snapshotFromText(text), "kube-apiserver").flatMap(({ flags }) =>
    [...flags].map(([name, { value }]) => [name, value] as const),
  );

const table: readonly [note: string, command: string, flags: readonly (readonly [string, string])[]][] = [
  ["--flag=value", "    command: [kube-apiserver, --a=b=c]\n", [["a", "b=c"]]],
  [
    "--flag value",
    "    command: [kube-apiserver, --a, b, --c]\n",
    [
      ["a", "b"],
      ["c", "true"],
    ],
  ],
  ["a path and arguments", "    command: [/usr/local/bin/kube-apiserver]\n    args: [--a=b]\n", [["a", "b"]]],
  [
    "a shell",
    '    command: [/bin/sh, -c, "exec kube-apiserver --a=b --c"]\n',
    [
      ["a", "b"],
      ["c", "true"],
    ],
  ],
  ["another program", "    command: [other, --a=b]\n", []],
];

const config = (version: string, extra: string): string =>
  `apiVersion: kubeadm.k8s.io/${version}\nkind: ClusterConfiguration\napiServer:\n  extraArgs:\n${extra}`;

suite("flags of control-plane components", () => {
  for (const [note, command, flags] of table) test(note, () => assert.deepEqual(flagsOf(pod(command)), flags));

  test("kubeadm lists, mappings and defaults", () => {
    for (const text of [
      config("v1beta4", "  - { name: profiling, value: 'false' }\n"),
      config("v1beta3", "    profiling: 'false'\n"),
    ]) {
      const flags = new Map(flagsOf(text));
      assert.equal(flags.get("profiling"), "false");
      assert.equal(flags.get("authorization-mode"), "Node,RBAC");
    }
  });
});

import type { Control } from "@redoubt/control";
import { componentsOf } from "../model/component.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

export const etcdOwnAuthority: Control = {
  id: "INF-037",
  title: "etcd has a certificate authority of its own",
  layer: "infrastructure",
  item: "secrets-at-rest",
  severity: "medium",
  references: [...cisReferences("2.7"), { framework: "MITRE-ATTACK", version: "16", id: "T1552.007" }],
  rationale:
    "etcd lets in whoever has a certificate of its authority. Where that is the cluster's, every kubelet and every user with a client certificate can read all Secrets, past RBAC.",
  remediation: "Give etcd an authority that signs nothing but etcd's and the API server's certificates for it.",
  examples: {
    failing: example("/etc/kubernetes/pki/ca.crt"),
    passing: example("/etc/kubernetes/pki/etcd/ca.crt"),
  },
  fixable: false,
  check(snapshot, report) {
    const authorities = new Set(
      componentsOf(snapshot, "kube-apiserver").flatMap(({ flags }) => flags.get("client-ca-file")?.value ?? []),
    );
    if (authorities.size === 0) return;
    for (const { object, flags, source } of componentsOf(snapshot, "etcd")) {
      const trusted = flags.get("trusted-ca-file");
      if (trusted === undefined) continue;
      if (authorities.has(trusted.value))
        report.fail(object, {
          message: `etcd${source === "" ? "" : ` (${source})`}: --trusted-ca-file=${trusted.value} is also the API server's --client-ca-file: every client certificate of the cluster opens etcd`,
          path: trusted.path,
        });
      else report.pass(object);
    }
  },
};

function example(authority: string): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.34.4
    command: [kube-apiserver, --client-ca-file=/etc/kubernetes/pki/ca.crt]
---
apiVersion: v1
kind: Pod
metadata:
  name: etcd
  namespace: kube-system
spec:
  containers:
  - name: etcd
    image: registry.k8s.io/etcd:3.6.5-0
    command: [etcd, --trusted-ca-file=${authority}]
`;
}

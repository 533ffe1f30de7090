import type { Control } from "@redoubt/control";
import { type FlagRule, reportFlags, reportNoFlags } from "../engine/flag-rules.ts";
import { parseFlagBoolean } from "../model/flag-boolean.ts";
import { type Flag, componentsOf } from "../model/component.ts";
import { looksAtCluster } from "../model/evidence.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

const mustBeSet = (flag: string, effect: string): FlagRule => ({
  flag,
  wrong: (value) => (value === undefined || value === "" ? `--${flag} is not set: ${effect}` : undefined),
});
const mustBeTrue = (flag: string, effect: string): FlagRule => ({
  flag,
  severity: "critical",
  wrong: (value) =>
    parseFlagBoolean(value) === true
      ? undefined
      : `${value === undefined ? `--${flag} is not set and defaults to false` : `--${flag}=${value}`}: ${effect}`,
});
const mustNotBeTrue = (flag: string): FlagRule => ({
  flag,
  wrong: (value) =>
    parseFlagBoolean(value) === true
      ? `--${flag}=true makes a self-signed certificate that no client can check`
      : undefined,
});

const RULES: readonly FlagRule[] = [
  mustBeSet("cert-file", "clients reach it without TLS"),
  mustBeTrue("client-cert-auth", "whoever reaches port 2379 can read and change the whole cluster"),
  mustNotBeTrue("auto-tls"),
  mustNotBeTrue("peer-auto-tls"),
  {
    flag: "peer-cert-file",
    wrong: (value, { flags }) =>
      (value === undefined || value === "") && hasPeers(flags)
        ? "--peer-cert-file is not set: members send each other the whole cluster without TLS"
        : undefined,
  },
  {
    flag: "peer-client-cert-auth",
    wrong: (value, { flags }) =>
      parseFlagBoolean(value) !== true && hasPeers(flags)
        ? "--peer-client-cert-auth is not true: anything that reaches port 2380 can join as a member"
        : undefined,
  },
];

export const etcdTransport: Control = {
  id: "INF-013",
  title: "etcd answers only clients with a certificate",
  layer: "infrastructure",
  item: "secrets-at-rest",
  severity: "high",
  references: [
    ...cisReferences("2.1", "2.2", "2.3", "2.4", "2.5", "2.6"),
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.007" },
  ],
  rationale:
    "etcd is the cluster: it knows no RBAC. Whoever may talk to it reads every Secret and can write any object.",
  remediation:
    "Set --cert-file, --key-file, --trusted-ca-file and --client-cert-auth=true, the same for peers, and no --auto-tls.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: etcd
  namespace: kube-system
spec:
  containers:
  - name: etcd
    image: registry.k8s.io/etcd:3.6.5-0
    command: [etcd, --listen-client-urls=http://0.0.0.0:2379]
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: etcd
  namespace: kube-system
spec:
  containers:
  - name: etcd
    image: registry.k8s.io/etcd:3.6.5-0
    command:
    - etcd
    - --cert-file=/etc/kubernetes/pki/etcd/server.crt
    - --key-file=/etc/kubernetes/pki/etcd/server.key
    - --client-cert-auth=true
`,
  },
  fixable: false,
  check(snapshot, report) {
    const members = componentsOf(snapshot, "etcd").filter(({ flags }) => isMember(flags));
    for (const member of members) reportFlags(member, RULES, report);
    if (members.length === 0 && looksAtCluster(snapshot)) reportNoFlags(snapshot, "etcd", report);
  },
};

/** An etcd of one member has nobody to speak to. */
function hasPeers(flags: ReadonlyMap<string, Flag>): boolean {
  return (flags.get("initial-cluster")?.value ?? "").split(",").length > 1;
}

/** `etcd gateway` and the like have other flags. */
function isMember(flags: ReadonlyMap<string, unknown>): boolean {
  return !flags.has("endpoints");
}

import { mustBe, mustBeSet, mustEnablePlugin, mustNotBeSet } from "../engine/flag-conditions.ts";
import type { FlagSetting } from "../engine/flag-control.ts";
import { type FlagRule } from "../engine/flag-rules.ts";
import { isWeakSuite } from "../model/cipher-suites.ts";
import { flagItems } from "../model/component.ts";

/** Limits of the log on disk count only where there is one. A limit of 0 keeps everything, which is enough of a record. */
const atLeast = (flag: string, least: number, unit: string, effect: string): FlagRule => ({
  flag,
  wrong(value, { flags }) {
    const path = flags.get("audit-log-path")?.value;
    if (path === undefined || path === "-" || value === undefined) return undefined;
    const number = Number(value);
    return number > 0 && number < least
      ? `--${flag}=${value} ${effect} (${least} ${unit} or more are asked for)`
      : undefined;
  },
});

const ETCD_IN_CLEAR: FlagRule = {
  flag: "etcd-servers",
  wrong(_, component) {
    const clear = flagItems(component, "etcd-servers").filter((url) => url.startsWith("http://"));
    return clear.length === 0
      ? undefined
      : `--etcd-servers has ${clear.join(", ")}: every object, Secrets among them, travels to etcd in plain text and etcd asks for no certificate`;
  },
};

/** Settings of kube-apiserver that one flag or a pair decides (CIS 1.2). */
export const API_SERVER_SETTINGS: readonly FlagSetting[] = [
  {
    id: "INF-020",
    title: "The API server takes no tokens from a file",
    component: "kube-apiserver",
    item: "rbac",
    severity: "high",
    cis: ["1.2.2"],
    rationale:
      "Tokens in a file never expire, lie there in plain text, and cannot be taken back without a restart of the API server.",
    remediation: "Remove --token-auth-file; use client certificates, OpenID Connect or ServiceAccount tokens.",
    rules: [
      mustNotBeSet("token-auth-file", "holds static tokens that never expire and cannot be revoked without a restart"),
    ],
    failing: ["--token-auth-file=/etc/kubernetes/tokens.csv"],
    passing: ["--authorization-mode=Node,RBAC"],
  },
  {
    id: "INF-021",
    title: "Services may not claim external addresses",
    component: "kube-apiserver",
    item: "admission",
    severity: "low",
    cis: ["1.2.3"],
    rationale:
      "Whoever may create a Service can name any address in spec.externalIPs and take over its traffic inside the cluster (CVE-2020-8554), which no fix can prevent.",
    remediation:
      "Add DenyServiceExternalIPs to --enable-admission-plugins, or refuse spec.externalIPs by an admission policy.",
    rules: [
      mustEnablePlugin(
        "DenyServiceExternalIPs",
        "a Service can take over the traffic to any address by naming it in spec.externalIPs, unless a policy refuses it",
      ),
    ],
    failing: ["--enable-admission-plugins=NodeRestriction"],
    passing: ["--enable-admission-plugins=NodeRestriction,DenyServiceExternalIPs"],
  },
  {
    id: "INF-022",
    title: "The rate of events is limited",
    component: "kube-apiserver",
    item: "admission",
    severity: "info",
    cis: ["1.2.9"],
    rationale:
      "Events are written by everything that runs. Without a limit one misbehaving client can fill etcd with them.",
    remediation: "Add EventRateLimit to --enable-admission-plugins and set limits in --admission-control-config-file.",
    rules: [mustEnablePlugin("EventRateLimit", "one client can flood etcd with events")],
    failing: ["--enable-admission-plugins=NodeRestriction"],
    passing: ["--enable-admission-plugins=NodeRestriction,EventRateLimit"],
  },
  {
    id: "INF-023",
    title: "Images on a node are used only by pods that may pull them",
    component: "kube-apiserver",
    item: "admission",
    severity: "info",
    cis: ["1.2.11"],
    rationale:
      "A private image that one pod pulled lies on the node, and any other pod that knows its name can run it without credentials.",
    remediation:
      "Add AlwaysPullImages to --enable-admission-plugins, or have kubelets verify credentials (imagePullCredentialsVerificationPolicy, on by default since 1.35).",
    rules: [
      {
        flag: "enable-admission-plugins",
        wrong: (_, component) =>
          flagItems(component, "enable-admission-plugins").includes("AlwaysPullImages") || (component.minor ?? 0) >= 35
            ? undefined
            : "AlwaysPullImages is not among --enable-admission-plugins: a pod can run a private image that another pod pulled, without credentials",
      },
    ],
    failing: ["--enable-admission-plugins=NodeRestriction"],
    passing: ["--enable-admission-plugins=NodeRestriction,AlwaysPullImages"],
  },
  {
    id: "INF-024",
    title: "The API server serves no profiles of itself",
    component: "kube-apiserver",
    item: "rbac",
    severity: "low",
    cis: ["1.2.15"],
    rationale: "Profiles show how the process works and what it handles, and taking one slows it down.",
    remediation: "Start kube-apiserver with --profiling=false.",
    rules: [mustBe(false, "profiling", true, "/debug/pprof shows internals of the process")],
    failing: ["--profiling=true"],
    passing: ["--profiling=false"],
  },
  {
    id: "INF-025",
    title: "The audit log is kept long enough",
    component: "kube-apiserver",
    item: "audit-logging",
    severity: "low",
    cis: ["1.2.17", "1.2.18", "1.2.19"],
    rationale: "Most intrusions are noticed weeks after they began. What is gone by then cannot be investigated.",
    remediation:
      "Set --audit-log-maxage=30, --audit-log-maxbackup=10 and --audit-log-maxsize=100 or more, or ship the log elsewhere.",
    rules: [
      atLeast("audit-log-maxage", 30, "days", "deletes the log before many intrusions are noticed"),
      atLeast("audit-log-maxbackup", 10, "files", "keeps so few files that a busy day overwrites the days before"),
      atLeast("audit-log-maxsize", 100, "megabytes", "fills a file so soon that few hours are kept"),
    ],
    failing: ["--audit-log-path=/var/log/kubernetes/audit.log", "--audit-log-maxage=5"],
    passing: ["--audit-log-path=/var/log/kubernetes/audit.log", "--audit-log-maxage=30", "--audit-log-maxbackup=10"],
  },
  {
    id: "INF-026",
    title: "Tokens of deleted ServiceAccounts are refused",
    component: "kube-apiserver",
    item: "rbac",
    severity: "high",
    cis: ["1.2.21"],
    rationale:
      "A token stays valid by its signature. Only a look into etcd shows that its account, or Secret, was deleted.",
    remediation: "Remove --service-account-lookup=false.",
    rules: [
      mustBe(true, "service-account-lookup", true, "a token goes on working after its ServiceAccount was deleted"),
    ],
    failing: ["--service-account-lookup=false"],
    passing: ["--service-account-lookup=true"],
  },
  {
    id: "INF-027",
    title: "ServiceAccount tokens have a key pair of their own",
    component: "kube-apiserver",
    item: "rbac",
    severity: "medium",
    cis: ["1.2.22"],
    rationale:
      "Without a key of their own, tokens are checked with the key of the server's certificate, and neither can be replaced without the other.",
    remediation: "Set --service-account-key-file to the public key of the pair that signs tokens.",
    rules: [mustBeSet("service-account-key-file", "tokens are checked with the key of the server's own certificate")],
    failing: ["--authorization-mode=Node,RBAC"],
    passing: ["--service-account-key-file=/etc/kubernetes/pki/sa.pub"],
  },
  {
    id: "INF-028",
    title: "The API server and etcd authenticate each other",
    component: "kube-apiserver",
    item: "secrets-at-rest",
    severity: "high",
    cis: ["1.2.23", "1.2.26"],
    references: [{ framework: "MITRE-ATTACK", version: "16", id: "T1557" }],
    rationale:
      "All that the cluster knows passes between the two. An etcd that needs no certificate from the API server needs none from anyone.",
    remediation: "Set --etcd-certfile, --etcd-keyfile and --etcd-cafile, and https:// addresses in --etcd-servers.",
    rules: [
      ETCD_IN_CLEAR,
      mustBeSet("etcd-certfile", "it has no certificate to show to etcd, so etcd must let in anyone"),
      mustBeSet("etcd-keyfile", "it has no key for a certificate to show to etcd"),
      mustBeSet("etcd-cafile", "it cannot check that it speaks to the real etcd"),
    ],
    failing: ["--etcd-servers=http://127.0.0.1:2379"],
    passing: [
      "--etcd-servers=https://127.0.0.1:2379",
      "--etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt",
      "--etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt",
      "--etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key",
    ],
  },
  {
    id: "INF-029",
    title: "The API server's certificate comes from a known authority",
    component: "kube-apiserver",
    item: "rbac",
    severity: "medium",
    cis: ["1.2.24"],
    references: [{ framework: "MITRE-ATTACK", version: "16", id: "T1557" }],
    rationale:
      "Without one it signs a certificate itself, which no client can check, so that clients learn to skip the check.",
    remediation: "Set --tls-cert-file and --tls-private-key-file.",
    rules: [
      mustBeSet("tls-cert-file", "it serves with a certificate that it signed itself"),
      mustBeSet("tls-private-key-file", "it serves with a certificate that it signed itself"),
    ],
    failing: ["--authorization-mode=Node,RBAC"],
    passing: [
      "--tls-cert-file=/etc/kubernetes/pki/apiserver.crt",
      "--tls-private-key-file=/etc/kubernetes/pki/apiserver.key",
    ],
  },
  {
    id: "INF-030",
    title: "Clients can prove who they are by a certificate",
    component: "kube-apiserver",
    item: "rbac",
    severity: "medium",
    cis: ["1.2.25"],
    rationale:
      "Kubelets and the control plane authenticate by certificates; without an authority to check them they need tokens that live long.",
    remediation: "Set --client-ca-file to the cluster's certificate authority.",
    rules: [mustBeSet("client-ca-file", "no client certificate is accepted, not even of kubelets")],
    failing: ["--authorization-mode=Node,RBAC"],
    passing: ["--client-ca-file=/etc/kubernetes/pki/ca.crt"],
  },
  {
    id: "INF-031",
    title: "The API server offers no weak cipher suites",
    component: "kube-apiserver",
    item: "rbac",
    severity: "low",
    cis: ["1.2.29"],
    rationale: "A client and a server that both offer a weak suite can be made to choose it.",
    remediation: "Leave --tls-cipher-suites out, or name only suites with ECDHE and GCM or CHACHA20.",
    rules: [
      {
        flag: "tls-cipher-suites",
        wrong(_, component) {
          const weak = flagItems(component, "tls-cipher-suites").filter(isWeakSuite);
          return weak.length === 0
            ? undefined
            : `--tls-cipher-suites offers ${weak.join(", ")}, without forward secrecy or with known attacks`;
        },
      },
    ],
    failing: ["--tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_128_CBC_SHA"],
    passing: ["--tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
  },
  {
    id: "INF-032",
    title: "ServiceAccount tokens expire when they say so",
    component: "kube-apiserver",
    item: "rbac",
    severity: "low",
    cis: ["1.2.30"],
    rationale:
      "For old clients that never read their token again, tokens that ask for an hour are given a year. A stolen one then works for a year.",
    remediation:
      "Set --service-account-extend-token-expiration=false once serviceaccount_stale_tokens_total stays at zero.",
    rules: [
      mustBe(
        false,
        "service-account-extend-token-expiration",
        true,
        "tokens in pods stay valid for a year instead of an hour",
      ),
    ],
    failing: ["--service-account-extend-token-expiration=true"],
    passing: ["--service-account-extend-token-expiration=false"],
  },
];

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Verdict, evaluate } from "@redoubt/control";
import { ClusterSnapshot, type EvidenceData, type MetricSample, snapshotFromText, toEvidence } from "@redoubt/kube";
import { controls } from "./index.ts";

const time = "2026-11-24T00:00:00Z";

interface Judged {
  readonly verdict: Verdict | undefined;
  readonly says: string;
}

function judge(id: string, evidence: readonly EvidenceData[], text = ""): Judged {
  const taken = evidence.map((data) => toEvidence(data, { source: "/there", time }, "test"));
  const { objects } = snapshotFromText(text);
  const snapshot = new ClusterSnapshot({ source: "cluster", objects, evidence: taken });
  const control = controls.find((one) => one.id === id);
  assert.ok(control !== undefined);
  const [result] = evaluate([control], snapshot).results;
  return {
    verdict: result?.verdict,
    says: result?.findings.map(({ message, needs }) => `${message} | ${needs ?? ""}`).join("\n") ?? "",
  };
}

const metrics = (
  ...samples: readonly (readonly [name: string, labels: Readonly<Record<string, string>>, value: number])[]
): EvidenceData => ({
  type: "metrics",
  component: "kube-apiserver",
  samples: samples.map(([name, labels, value]): MetricSample => ({ name, labels, value })),
});
const flags = (given: Readonly<Record<string, string>>): EvidenceData => ({
  type: "flags",
  component: "kube-apiserver",
  flags: given,
  effective: true,
});
const stored = (
  transformation: string,
  prefix: string,
  value = 1,
): [string, Readonly<Record<string, string>>, number] => [
  "apiserver_storage_transformation_operations_total",
  { resource: "secrets", status: "OK", transformation_type: transformation, transformer_prefix: prefix },
  value,
];
const group = (transformer: string | undefined, secrets: number, revision: number): EvidenceData => ({
  type: "stored-secret",
  key: `/registry/secrets/a/${transformer ?? "plain"}`,
  ...(transformer === undefined ? {} : { transformer }),
  secrets,
  revision,
});
const anonymous = (status: number): EvidenceData => ({ type: "anonymous-probe", path: "/api", status });
const gap = (missing: "flags" | "metrics", needs: string): EvidenceData => ({
  type: "gap",
  missing,
  component: "kube-apiserver",
  failure: "forbidden",
  message: "forbidden, it said",
  needs,
});

suite("what live evidence makes of a control", () => {
  const table: readonly [
    id: string,
    note: string,
    evidence: readonly EvidenceData[],
    wanted: Verdict,
    says?: RegExp,
  ][] = [
    [
      "INF-051",
      "an encrypted canary",
      [{ type: "stored-secret", key: "/k", transformer: "k8s:enc:kms:v2:vault:" }],
      "pass",
    ],
    ["INF-051", "a canary in plain text", [{ type: "stored-secret", key: "/k" }], "fail", /plain text/],
    ["INF-051", "written encrypted", [metrics(stored("to_storage", "k8s:enc:secretbox:v1:"))], "pass"],
    [
      "INF-051",
      "written by identity",
      [metrics(stored("to_storage", ""))],
      "fail",
      /wrote Secrets 1 times in plain text/,
    ],
    [
      "INF-051",
      "all Secrets, the newest of them encrypted",
      [group("k8s:enc:secretbox:v1:k:", 3, 40), group(undefined, 9, 20)],
      "pass",
    ],
    [
      "INF-051",
      "all Secrets, the newest of them in plain text",
      [group("k8s:enc:secretbox:v1:k:", 3, 20), group(undefined, 9, 40)],
      "fail",
    ],
    ["INF-056", "all Secrets encrypted", [group("k8s:enc:secretbox:v1:k:", 3, 40)], "pass"],
    [
      "INF-056",
      "a single one that is encrypted",
      [{ type: "stored-secret", key: "/k", transformer: "k8s:enc:a:v1:b:" }],
      "unknown",
    ],
    [
      "INF-056",
      "older ones in plain text",
      [group("k8s:enc:secretbox:v1:k:", 3, 40), group(undefined, 9, 20)],
      "fail",
      /9 Secrets in plain text, such as/,
    ],
    ["INF-056", "nothing encrypted, which INF-051 says", [group(undefined, 9, 20)], "not-applicable"],
    [
      "INF-056",
      "older ones read from plain text",
      [metrics(stored("to_storage", "k8s:enc:secretbox:v1:"), stored("from_storage", "identity", 4))],
      "fail",
      /read Secrets 4 times from plain text/,
    ],
    ["INF-056", "only encrypted ones read", [metrics(stored("from_storage", "k8s:enc:secretbox:v1:"))], "pass"],
    [
      "INF-056",
      "only encrypted ones read, by a server that does not read all",
      [metrics(stored("from_storage", "k8s:enc:secretbox:v1:")), flags({ "watch-cache": "false" })],
      "unknown",
    ],
    ["INF-056", "nothing read", [metrics(stored("to_storage", "k8s:enc:secretbox:v1:"))], "unknown"],
    [
      "INF-057",
      "two keys in use",
      [group("k8s:enc:aescbc:v1:old:", 3, 40), group("k8s:enc:aescbc:v1:new:", 9, 90)],
      "fail",
      /3 Secrets that k8s:enc:aescbc:v1:old: wrote/,
    ],
    ["INF-057", "one key in use", [group("k8s:enc:aescbc:v1:new:", 9, 90)], "unknown", /--node/],
    [
      "INF-051",
      "other resources only",
      [metrics(["apiserver_storage_transformation_operations_total", { resource: "configmaps" }, 3])],
      "unknown",
    ],
    [
      "INF-051",
      "no metrics at all",
      [gap("metrics", "the right to get /metrics")],
      "unknown",
      /the right to get \/metrics/,
    ],
    [
      "INF-006",
      "a configuration that was loaded",
      [metrics(["apiserver_encryption_config_controller_last_config_info", {}, 1])],
      "pass",
    ],
    ["INF-006", "no such metric", [metrics(["apiserver_audit_event_total", {}, 1])], "unknown"],
    ["INF-019", "a refused anonymous request", [anonymous(401)], "pass"],
    ["INF-019", "an anonymous request that was served", [anonymous(403)], "fail", /answered 403/],
    ["INF-019", "a gateway's own answer", [anonymous(502)], "unknown"],
    ["INF-019", "flags go before the probe", [flags({ "anonymous-auth": "false" }), anonymous(403)], "pass"],
    [
      "INF-019",
      "a configuration file that nobody saw, and a refusal",
      [
        flags({ "authorization-mode": "RBAC", "authentication-config": "/a", "anonymous-auth": "true" }),
        anonymous(401),
      ],
      "pass",
    ],
    [
      "INF-019",
      "a configuration file that nobody saw",
      [flags({ "authorization-mode": "RBAC", "authentication-config": "/a", "anonymous-auth": "true" })],
      "unknown",
    ],
    [
      "INF-019",
      "AlwaysAllow turns them off",
      [flags({ "authorization-mode": "AlwaysAllow", "anonymous-auth": "true" })],
      "pass",
    ],
    [
      "INF-007",
      "AlwaysAllow by flag",
      [flags({ "authorization-mode": "AlwaysAllow" })],
      "fail",
      /^kube-apiserver \(\/there at .*AlwaysAllow/,
    ],
    [
      "INF-007",
      "AlwaysAllow by its decisions",
      [metrics(["apiserver_authorization_decisions_total", { type: "AlwaysAllow" }, 1])],
      "fail",
    ],
    [
      "INF-007",
      "Node and RBAC decided and something was refused",
      [
        metrics(
          ["apiserver_authorization_decisions_total", { type: "RBAC" }, 1],
          ["apiserver_authorization_decisions_total", { type: "Node" }, 1],
          ["authorization_attempts_total", { result: "no-opinion" }, 1],
        ),
      ],
      "pass",
    ],
    [
      "INF-007",
      "nothing was refused yet",
      [metrics(["apiserver_authorization_decisions_total", { type: "RBAC" }, 1])],
      "unknown",
    ],
    [
      "INF-007",
      "nothing may be read",
      [gap("flags", "the right to get /flagz")],
      "unknown",
      /the right to get \/flagz/,
    ],
    ["INF-052", "events were made", [metrics(["apiserver_audit_event_total", {}, 9])], "pass"],
    ["INF-052", "none were", [metrics(["apiserver_audit_event_total", {}, 0])], "unknown", /no audit event/],
    [
      "INF-052",
      "events were made and some could not be written",
      [metrics(["apiserver_audit_event_total", {}, 9], ["apiserver_audit_error_total", { plugin: "webhook" }, 4])],
      "fail",
      /4 audit events could not be written \(webhook\)/,
    ],
    [
      "INF-052",
      "a lost probe outweighs a counter",
      [
        metrics(["apiserver_audit_event_total", {}, 9]),
        { type: "audit-probe", request: "GET /x", log: "/l", found: false },
      ],
      "fail",
    ],
    ["INF-009", "events were made", [metrics(["apiserver_audit_event_total", {}, 9])], "pass"],
    ["INF-009", "flags that name no policy", [flags({ "audit-log-path": "/l" })], "fail"],
    ["INF-014", "no kubelet was asked", [], "unknown", /--kubelet-config/],
    ["INF-044", "no node was looked at", [], "unknown", /redoubt scan --node/],
    ["INF-053", "an old server", [{ type: "server-version", version: "v1.30.1" }], "fail", /2025-06-28/],
    ["INF-053", "a server of the day", [{ type: "server-version", version: "v1.37.2" }], "pass"],
  ];
  for (const [id, note, evidence, wanted, says] of table)
    test(`${id}: ${note}: ${wanted}`, () => {
      const found = judge(id, evidence);
      assert.equal(found.verdict, wanted, found.says);
      if (says !== undefined) assert.match(found.says, says);
    });

  suite("old keys in a configuration", () => {
    const configuration = (providers: string): string =>
      `apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers: [${providers}]\n`;
    const box = (...names: readonly string[]): string =>
      `{secretbox: {keys: [${names.map((name) => `{name: ${name}, secret: <KEY>}`).join(", ")}]}}`;
    for (const [note, providers, evidence, wanted, says] of [
      ["one key", box("k2"), [], "pass", undefined],
      ["an old key, nobody having looked", box("k2", "k1"), [], "fail", /once no Secret/],
      ["an old key in use", box("k2", "k1"), [group("k8s:enc:secretbox:v1:k1:", 5, 1)], "fail", /5 Secrets are still/],
      [
        "an old key that nothing needs",
        box("k2", "k1"),
        [group("k8s:enc:secretbox:v1:k2:", 5, 1)],
        "fail",
        /no Secret is/,
      ],
      ["identity last", `${box("k2")}, {identity: {}}`, [], "fail", /^identity still reads/],
      ["an old KMS", `${box("k2")}, {kms: {apiVersion: v2, name: vault}}`, [], "fail", /kms provider "vault"/],
      ["identity first", `{identity: {}}, ${box("k2")}`, [], "not-applicable", undefined],
    ] as const)
      test(`${note}: ${wanted}`, () => {
        const found = judge("INF-057", evidence, configuration(providers));
        assert.equal(found.verdict, wanted);
        if (says !== undefined) assert.match(found.says, says);
      });
  });

  for (const [note, secret, wanted] of [
    ["a passphrase", Buffer.from("correct horse battery staple!!!!").toString("base64"), "fail"],
    ["one byte over and over", Buffer.alloc(32, 7).toString("base64"), "fail"],
    ["128 random bits", "kH0Zo5pDq9zqPjXfX1vQ7w==", "fail"],
    ["256 random bits", "kH0Zo5pDq9zqPjXfX1vQ7w2mEJ0m3mE8a1sQzq3b9rA=", "pass"],
    ["a placeholder", "<BASE64>", "not-applicable"],
    ["no base64 at all", "%%%", "not-applicable"],
  ] as const)
    test(`INF-058: a key of ${note}: ${wanted}, and is not printed`, () => {
      const found = judge(
        "INF-058",
        [],
        `apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers: [{aescbc: {keys: [{name: a, secret: "${secret}"}]}}]\n`,
      );
      assert.equal(found.verdict, wanted);
      assert.ok(!found.says.includes(secret) && !found.says.includes("horse"));
    });

  test("a kernel of kernel.org is looked up, one of a distribution is not", () => {
    const node = (kernel: string): string =>
      `apiVersion: v1\nkind: Node\nmetadata: { name: a }\nstatus: { nodeInfo: { kernelVersion: ${kernel} } }\n`;
    const version: EvidenceData = { type: "server-version", version: "v1.36.1" };
    assert.equal(judge("INF-055", [version], node("4.19.100")).verdict, "fail");
    assert.equal(judge("INF-055", [version], node("6.1.102")).verdict, "pass");
    assert.equal(judge("INF-055", [version], node("6.99.1")).verdict, "unknown");
    assert.equal(judge("INF-055", [version], node("4.19.0-27-amd64")).verdict, "not-applicable");
  });

  test("a kubelet newer than the server that answered is not supported", () => {
    const node =
      "apiVersion: v1\nkind: Node\nmetadata: { name: a }\nstatus: { nodeInfo: { kubeletVersion: v1.36.0 } }\n";
    assert.equal(judge("INF-017", [{ type: "server-version", version: "v1.35.1" }], node).verdict, "fail");
    assert.equal(judge("INF-017", [{ type: "server-version", version: "v1.36.1" }], node).verdict, "pass");
  });

  for (const [server, image, wanted] of [
    ["v1.35.1", "registry.k8s.io/kube-scheduler:v1.35.0", "pass"],
    ["v1.35.1", "registry.k8s.io/kube-scheduler:v1.33.9", "fail"],
    ["v1.35.1", "registry.k8s.io/kube-controller-manager:v1.36.0", "fail"],
    ["v1.35.1", "registry.k8s.io/kube-proxy:v1.32.0@sha256:0", "pass"],
    ["v1.35.1", "registry.k8s.io/kube-proxy:v1.31.0", "fail"],
    ["v1.27.1", "registry.k8s.io/kube-proxy:v1.24.0", "fail"],
  ] as const)
    test(`${image} beside an API server ${server}: ${wanted}`, () => {
      const objects = `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a, image: "${image}" }] }\n---\napiVersion: v1\nkind: Node\nmetadata: { name: node-1 }\nstatus: { nodeInfo: { kubeletVersion: ${server} } }\n`;
      assert.equal(judge("INF-017", [{ type: "server-version", version: server }], objects).verdict, wanted);
    });

  test("nothing passes where nothing was seen of a cluster", () => {
    const empty = new ClusterSnapshot({ source: "cluster", objects: [] });
    const { results } = evaluate(controls, empty);
    assert.deepEqual(
      results.filter(({ verdict }) => verdict === "pass" || verdict === "fail").map(({ control }) => control.id),
      [],
    );
  });

  test("files of an application are not asked about a control plane", () => {
    const { results } = evaluate(
      controls,
      snapshotFromText("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n"),
    );
    const unknown = results.filter(({ verdict }) => verdict === "unknown").map(({ control }) => control.id);
    assert.deepEqual(unknown, ["INF-006", "INF-007", "INF-017"]);
  });
});

suite("a mode that only lets others read", () => {
  const file = (path: string, mode: number): EvidenceData => ({
    type: "node-file",
    node: "cp-1",
    path,
    directory: false,
    mode,
    owner: "root",
    group: "root",
  });
  test("is a small matter for a manifest and a great one for a key", () => {
    const severity = (id: string, evidence: EvidenceData): string | undefined => {
      const snapshot = snapshotFromText("").withEvidence([toEvidence(evidence, { source: "the node", time }, "test")]);
      return evaluate(controls, snapshot).results.find(({ control }) => control.id === id)?.findings[0]?.severity;
    };
    assert.equal(severity("INF-044", file("/etc/kubernetes/manifests/etcd.yaml", 0o644)), "low");
    assert.equal(severity("INF-044", file("/etc/kubernetes/manifests/etcd.yaml", 0o666)), "high");
    assert.equal(severity("INF-047", file("/etc/kubernetes/pki/ca.key", 0o644)), "critical");
    assert.equal(severity("INF-047", file("/etc/kubernetes/pki/ca.crt", 0o644)), undefined);
  });
});

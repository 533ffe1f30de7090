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
      "written encrypted, but older ones read from plain text",
      [metrics(stored("to_storage", "k8s:enc:secretbox:v1:"), stored("from_storage", "identity", 4))],
      "fail",
      /read Secrets 4 times from plain text/,
    ],
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

  test("a kubelet newer than the server that answered is not supported", () => {
    const node =
      "apiVersion: v1\nkind: Node\nmetadata: { name: a }\nstatus: { nodeInfo: { kubeletVersion: v1.36.0 } }\n";
    assert.equal(judge("INF-017", [{ type: "server-version", version: "v1.35.1" }], node).verdict, "fail");
    assert.equal(judge("INF-017", [{ type: "server-version", version: "v1.36.1" }], node).verdict, "pass");
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

/** What the infrastructure controls conclude from a real control plane, and which of them change when one setting does. */
import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { evaluate } from "@redoubt/control";
import { controls } from "@redoubt/infrastructure";
import {
  type ClusterEvidence,
  type ClusterSnapshot,
  type EvidenceOptions,
  collectEvidence,
  connect,
  loadLiveSnapshot,
} from "@redoubt/kube";
import { ControlPlane, type ControlPlaneOptions } from "./control-plane.ts";
import { type ClusterWithNode, NODE_NAME, startClusterWithNode, whyNoNode } from "./node.ts";
import { redoubt, reportOf } from "./redoubt-run.ts";

const KEY = Buffer.alloc(32, "k").toString("base64");

/** A control plane that is right in what this test changes. */
const RIGHT: ControlPlaneOptions = {
  featureGates: { ComponentFlagz: true, ComponentStatusz: true },
  auditPolicy: { apiVersion: "audit.k8s.io/v1", kind: "Policy", rules: [{ level: "Metadata" }] },
  auditLog: true,
  encryption: {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [
      { resources: ["secrets"], providers: [{ secretbox: { keys: [{ name: "k1", secret: KEY }] } }, { identity: {} }] },
    ],
  },
  flags: { "anonymous-auth": "false" },
};

const { encryption: _encryption, ...NO_ENCRYPTION } = RIGHT;
const { auditPolicy: _policy, auditLog: _log, ...NO_AUDIT } = RIGHT;

type Verdicts = Readonly<Record<string, string>>;
type Flips = Readonly<Record<string, readonly [from: string, to: string]>>;

/** Without /flagz only metrics and probes speak: they show less, and say so. */
const { featureGates: _gates, ...SILENT } = RIGHT;
const withoutFlagz = ({ featureGates: _without, ...options }: ControlPlaneOptions): ControlPlaneOptions => options;

const table: readonly {
  readonly change: string;
  readonly options: ControlPlaneOptions;
  readonly flips: Flips;
  readonly flipsWithoutFlagz: Flips;
}[] = [
  {
    change: "encryption at rest off",
    options: NO_ENCRYPTION,
    flips: {
      "INF-006": ["pass", "fail"],
      "INF-051": ["pass", "fail"],
      "INF-056": ["pass", "not-applicable"],
      "INF-057": ["unknown", "not-applicable"],
    },
    flipsWithoutFlagz: {
      "INF-006": ["pass", "unknown"],
      "INF-051": ["pass", "fail"],
      "INF-056": ["pass", "not-applicable"],
      "INF-057": ["unknown", "not-applicable"],
    },
  },
  {
    change: "anonymous requests on",
    options: { ...RIGHT, flags: { "anonymous-auth": "true" } },
    flips: { "INF-019": ["pass", "fail"] },
    flipsWithoutFlagz: { "INF-019": ["pass", "fail"] },
  },
  {
    change: "audit off",
    options: NO_AUDIT,
    flips: { "INF-009": ["pass", "fail"], "INF-052": ["pass", "unknown"] },
    flipsWithoutFlagz: { "INF-009": ["pass", "unknown"], "INF-052": ["pass", "unknown"] },
  },
  {
    change: "AlwaysAllow",
    options: { ...RIGHT, flags: { ...RIGHT.flags, "authorization-mode": "AlwaysAllow" } },
    flips: { "INF-007": ["pass", "fail"] },
    flipsWithoutFlagz: { "INF-007": ["unknown", "fail"] },
  },
];

suite("one setting of a real control plane changes exactly the verdicts that are about it", () => {
  for (const [kind, right, of] of [
    ["flags from /flagz", RIGHT, (options: ControlPlaneOptions): ControlPlaneOptions => options],
    ["metrics and probes alone", SILENT, withoutFlagz],
  ] as const) {
    suite(kind, () => {
      let base: Verdicts = {};
      before(async () => {
        base = await verdictsOf(right);
      });
      for (const { change, options, flips, flipsWithoutFlagz } of table)
        test(change, async () => {
          const changed = await verdictsOf(of(options));
          const differing = Object.keys(base).filter((id) => base[id] !== changed[id]);
          assert.deepEqual(
            Object.fromEntries(differing.map((id) => [id, [base[id], changed[id]]])),
            kind === "flags from /flagz" ? flips : flipsWithoutFlagz,
          );
        });
    });
  }
});

suite("evidence of a control plane", () => {
  let plane: ControlPlane;
  before(async () => {
    plane = await ControlPlane.start(RIGHT);
  });
  after(() => plane.stop());

  test("a marked request comes out of the audit log", async () => {
    const evidence = await collect(plane, { auditLog: plane.auditLogPath });
    const probe = evidence.find(({ type }) => type === "audit-probe");
    assert.ok(probe?.type === "audit-probe" && probe.found);
  });

  test("a marked request that no policy records does not", async () => {
    const silent = await ControlPlane.start(NO_AUDIT);
    try {
      const evidence = await collect(silent, { auditLog: plane.auditLogPath, auditWaitMs: 600 });
      const probe = evidence.find(({ type }) => type === "audit-probe");
      assert.ok(probe?.type === "audit-probe" && !probe.found);
    } finally {
      await silent.stop();
    }
  });

  test("without any right each source is missing, with the right that would open it", async () => {
    const kubeconfig = await plane.writeKubeconfig("nobody", "nobody");
    const connection = await connect({ kubeconfig });
    const evidence = await collectEvidence(connection, { kubeletConfiguration: true });
    const gaps = evidence
      .filter((one) => one.type === "gap")
      .map(({ missing, failure, needs }) => [missing, failure, needs]);
    // /version is for everyone who authenticates.
    assert.deepEqual(gaps, [
      [
        "flags",
        "forbidden",
        "the right to get /flagz (nonResourceURLs; redoubt rbac-for-scan prints what a scan needs)",
      ],
      [
        "kubelet-configuration",
        "forbidden",
        "the right to list nodes (redoubt rbac-for-scan prints what a scan needs)",
      ],
      [
        "metrics",
        "forbidden",
        "the right to get /metrics (nonResourceURLs; redoubt rbac-for-scan prints what a scan needs)",
      ],
    ]);
    assert.deepEqual(
      evidence.map(({ type }) => type).filter((type) => type !== "gap"),
      ["server-version", "anonymous-probe"],
    );
  });

  test("an abort ends the collection", async () => {
    const connection = await connect({ kubeconfig: plane.kubeconfig });
    await assert.rejects(collectEvidence(connection, { signal: AbortSignal.abort(new Error("enough")) }), /enough/);
  });
});

suite("evidence of a node", { skip: whyNoNode() ?? false }, () => {
  let cluster: ClusterWithNode | undefined;
  before(async () => {
    cluster = await startClusterWithNode();
  });
  after(() => cluster?.stop());

  test("the kubelet's own configuration is judged where it may be read", async () => {
    assert.ok(cluster !== undefined);
    const { snapshot } = await scan(cluster.plane, { kubeletConfiguration: true });
    const kubelet = snapshot.evidence.find(({ type }) => type === "kubelet-configuration");
    assert.ok(kubelet?.type === "kubelet-configuration" && kubelet.node === NODE_NAME);
    const { results } = evaluate(controls, snapshot);
    const verdicts = Object.fromEntries(results.map(({ control, verdict }) => [control.id, verdict]));
    assert.equal(verdicts["INF-014"], "pass");
    assert.equal(verdicts["INF-017"], "pass");
    const hardening = results.find(({ control }) => control.id === "INF-015");
    assert.match(
      hardening?.findings[0]?.message ?? "",
      /^kubelet \(\/configz of node node-1 at .*\): seccompDefault is not true/,
    );
  });

  test("seen from the inside: the modes of its files, and the configuration that its command lines name", async () => {
    assert.ok(cluster !== undefined);
    const { folder } = cluster.plane;
    chmodSync(join(folder, "kubelet.kubeconfig"), 0o644);
    const run = await redoubt(`scan --node --node-name ${NODE_NAME} -o json`);
    // Another control plane may run on this machine, whose files are not the ones meant.
    const about = (id: string): readonly string[] =>
      reportOf(run).findings.flatMap(({ control, verdict, message }) =>
        control === id && verdict === "fail" && message.includes(folder) ? [message] : [],
      );
    assert.deepEqual(about("INF-050").toSorted(), [
      `${folder}/kubelet.kubeconfig on ${NODE_NAME} has mode 644 where 600 is enough: whoever reads it can act as the node`,
      `${folder}/kubelet.yaml on ${NODE_NAME} has mode 644 where 600 is enough: others can read it`,
    ]);
    assert.deepEqual(about("INF-048"), [], "etcd's data folder is its own");
    const verdicts = Object.fromEntries(reportOf(run).controls.map(({ id, verdict }) => [id, verdict]));
    assert.equal(verdicts["INF-010"], "pass");
    assert.equal(verdicts["INF-014"], "pass");
    assert.equal(verdicts["INF-015"], "fail");
    assert.equal(verdicts["INF-013"], "fail");
  });
});

async function verdictsOf(options: ControlPlaneOptions): Promise<Verdicts> {
  const plane = await ControlPlane.start(options);
  try {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "canary" }, stringData: { word: "bird" } };
    await plane.admin.post("/api/v1/namespaces/default/secrets", secret);
    // The administrator's group is let through before any authorizer is asked; someone else makes them decide.
    const somebody = await plane.clientFor("somebody");
    await somebody.get("/api/v1/nodes");
    somebody.close();
    const etcd = { endpoints: [plane.etcdUrl] };
    const { snapshot } = await scan(plane, { etcd });
    const { results, diagnostics } = evaluate(controls, snapshot);
    assert.deepEqual(diagnostics, []);
    return Object.fromEntries(results.map(({ control, verdict }) => [control.id, verdict]));
  } finally {
    await plane.stop();
  }
}

async function scan(plane: ControlPlane, options: EvidenceOptions): Promise<{ readonly snapshot: ClusterSnapshot }> {
  const connection = await connect({ kubeconfig: plane.kubeconfig });
  const objects = await loadLiveSnapshot(connection);
  return { snapshot: objects.withEvidence(await collectEvidence(connection, options)) };
}

async function collect(plane: ControlPlane, options: EvidenceOptions): Promise<readonly ClusterEvidence[]> {
  return collectEvidence(await connect({ kubeconfig: plane.kubeconfig }), options);
}

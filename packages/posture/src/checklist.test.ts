import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { CHECKLIST_ITEMS, type Control } from "@redoubt/control";
import { ClusterSnapshot, snapshotFromText, toEvidence } from "@redoubt/kube";
import { assess } from "./assess.ts";
import { catalogue } from "./catalogue.ts";
import { CHECKLIST } from "./checklist-items.ts";
import type { ChecklistResult } from "./report.ts";

const options = { time: "2026-11-24T00:00:00Z", version: "0.1.0" };

function judge(text: string, item: string, controls?: readonly Control[], file?: string): ChecklistResult {
  const snapshot = snapshotFromText(text, file === undefined ? {} : { file });
  const found = assess(snapshot, { ...options, ...(controls === undefined ? {} : { controls }) }).checklist.find(
    (result) => result.item === item,
  );
  assert.ok(found !== undefined);
  return found;
}

test("the checklist is the guide's ten items in its order", () => {
  assert.deepEqual(
    CHECKLIST.map(({ id }) => id),
    [...CHECKLIST_ITEMS],
  );
});

test("every requirement names controls that exist, and those that objects can show name some", () => {
  const ids = new Set(catalogue.map(({ id }) => id));
  for (const { id, requirements } of CHECKLIST) {
    assert.ok(requirements.length > 0);
    for (const requirement of requirements) {
      assert.ok(
        requirement.kind === "live" || requirement.controls.length > 0,
        `${id}: nothing can show that ${requirement.text}`,
      );
      for (const control of requirement.controls) assert.ok(ids.has(control), `${id} names ${control}`);
    }
  }
});

suite("an item", () => {
  test("is unknown for every item when nothing is given, and says what would tell", () => {
    const { checklist } = assess(snapshotFromText(""), options);
    for (const { item, verdict, needs, evidence } of checklist) {
      assert.equal(verdict, "unknown", item);
      assert.ok(needs.length > 0, item);
      assert.deepEqual(evidence, []);
    }
  });

  test("fails when one of its controls fails", () => {
    const failing = catalogue.find(({ id }) => id === "RBAC-001")?.examples.failing ?? "";
    const result = judge(failing, "rbac");
    assert.equal(result.verdict, "fail");
    assert.match(result.needs.join("\n"), /mend 1 finding of RBAC-001/);
  });

  test("with evidence for some requirements is unknown, not pass", () => {
    const passing = catalogue.find(({ id }) => id === "INF-001")?.examples.passing ?? "";
    const result = judge(passing, "secrets-at-rest", undefined, "encryption.yaml");
    assert.notEqual(result.verdict, "pass");
    assert.equal(result.requirements[0]?.verdict, "pass");
    assert.deepEqual(result.evidence[0], {
      control: "INF-001",
      kind: "config-file",
      source: "EncryptionConfiguration in encryption.yaml",
    });
    assert.match(result.needs.join("\n"), /encryption-provider-config/);
  });

  test("passes when every requirement is shown", () => {
    const ids = CHECKLIST.find(({ id }) => id === "image-scanning")?.requirements.flatMap((requirement) =>
      requirement.kind === "objects" ? requirement.controls : [],
    );
    assert.ok(ids !== undefined);
    const controls = catalogue
      .filter(({ id }) => ids.includes(id))
      .map((control): Control => ({
        ...control,
        check: (snapshot, report) => snapshot.objects.forEach((object) => report.pass(object)),
      }));
    const result = judge("apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n", "image-scanning", controls);
    assert.equal(result.verdict, "pass");
    assert.deepEqual(result.needs, []);
  });

  test("is not failed by findings of low severity", () => {
    const low: Control = {
      ...(catalogue.find(({ id }) => id === "RBAC-001") ?? assert.fail()),
      severity: "low",
      check: (snapshot, report) => snapshot.objects.forEach((object) => report.fail(object, { message: "small" })),
    };
    assert.equal(
      judge("apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n", "rbac", [{ ...low, id: "RBAC-999" }]).verdict,
      "unknown",
    );
  });
});

suite("a requirement that only a running cluster shows", () => {
  const evidence = (kind: string, fields: string): string =>
    `---\napiVersion: evidence.redoubt.dev/v1\nkind: ${kind}\nmetadata: { name: x }\nsource: there\ntime: "2026-11-24T01:02:03.456Z"\n${fields}\n`;
  const group = (transformer: string, revision: number): string =>
    evidence("StoredSecret", `key: /registry/secrets/a/${revision}\nsecrets: 3\nrevision: ${revision}${transformer}`);
  const encrypted = group("\ntransformer: 'k8s:enc:secretbox:v1:k:'", 9);
  const probe = (found: boolean): string =>
    evidence("AuditProbe", `request: GET /x\nlog: /var/log/audit.log\nfound: ${found}`);
  const node =
    "apiVersion: v1\nkind: Node\nmetadata: { name: node-1 }\nstatus: { nodeInfo: { kubeletVersion: v1.37.0, osImage: Debian GNU/Linux 13 (trixie), containerRuntimeVersion: containerd://2.3.1 } }\n";

  for (const [item, text, given, verdict] of [
    ["secrets-at-rest", /go to etcd encrypted/, encrypted, "pass"],
    ["secrets-at-rest", /before encryption/, encrypted, "pass"],
    ["secrets-at-rest", /before encryption/, encrypted + group("", 2), "fail"],
    ["secrets-at-rest", /go to etcd encrypted/, encrypted + group("", 2), "pass"],
    ["secrets-at-rest", /go to etcd encrypted/, "", "unknown"],
    ["audit-logging", /come out/, probe(true), "pass"],
    ["audit-logging", /come out/, probe(false), "fail"],
    ["audit-logging", /come out/, "", "unknown"],
    ["updates", /still get security fixes/, node, "unknown"],
    ["updates", /regularly/, node, "unknown"],
  ] as const)
    test(`${item}, ${text.source}: ${verdict}`, () => {
      const { requirements } = judge(given, item);
      const found = requirements.find((requirement) => text.test(requirement.text));
      assert.equal(found?.verdict, verdict);
      if (verdict !== "pass") assert.ok((found?.needs ?? "") !== "");
    });

  test("is shown by a cluster's Nodes, not by the same Nodes in a file", () => {
    const { objects } = snapshotFromText(node);
    const live = objects.map((object) => ({
      ...object,
      origin: { kind: "cluster", context: "prod", uid: "1", resourceVersion: "1" } as const,
    }));
    const version = toEvidence(
      { type: "server-version", version: "v1.37.0" },
      { source: "/version", time: "2026-11-24T01:02:03Z" },
      "prod",
    );
    const snapshot = new ClusterSnapshot({ source: "cluster", objects: live, evidence: [version] });
    const item = assess(snapshot, options).checklist.find(({ item: id }) => id === "updates");
    const found = item?.requirements.find(({ text }) => text.includes("still get security fixes"));
    assert.equal(found?.verdict, "pass");
    assert.deepEqual(
      item?.evidence.filter(({ control }) => /^INF-05[345]$/.test(control)),
      [
        {
          control: "INF-053",
          kind: "api",
          source: "ServerVersion kube-apiserver from /version at 2026-11-24T01:02:03Z and 1 more",
          time: "2026-11-24T01:02:03Z",
        },
        { control: "INF-054", kind: "api", source: "Node node-1" },
        { control: "INF-055", kind: "api", source: "Node node-1" },
      ],
    );
  });

  test("names what shows it, and when it was taken", () => {
    const counters = evidence(
      "ComponentMetrics",
      "component: kube-apiserver\nsamples: [{name: apiserver_audit_event_total, labels: {}, value: 3}]",
    );
    for (const [given, kind] of [
      [probe(true), "drill"],
      [counters, "metric"],
    ] as const) {
      const shown = judge(given, "audit-logging").evidence.find(({ control }) => control === "INF-052");
      assert.equal(shown?.kind, kind);
      assert.match(shown.source, / from there at 2026-11-24T01:02:03Z/);
    }
  });
});

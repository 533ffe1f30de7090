import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { suite, test } from "node:test";
import { ClusterSnapshot, listAt, snapshotFromText, stringsAt, writeSnapshot } from "@redoubt/kube";
import { captured } from "./testing/captured-run.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";

const POD = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: web, image: "shop/web:1", securityContext: {privileged: true}}]}
`;

/** A snapshot file with these objects, and with a gap where asked for. */
function snapshotText(yaml: string, withGap = false): string {
  const { objects } = snapshotFromText(yaml);
  const live = objects.map((object) => ({
    ...object,
    apiVersion: object.apiVersion,
    origin: { kind: "cluster", context: "prod", uid: object.name, resourceVersion: "1" } as const,
  }));
  const snapshot = new ClusterSnapshot({
    source: "cluster",
    objects: live,
    ...(withGap
      ? {
          gaps: [{ group: "", kind: "Pod", resource: "pods", failure: "forbidden", message: "may not" }] as const,
          diagnostics: [{ code: "KUBE_FORBIDDEN", severity: "error", message: "may not list pods" }] as const,
        }
      : {}),
  });
  return [...writeSnapshot(snapshot, { context: "prod", takenAt: "2026-01-02T03:04:05Z", version: "0" })].join("");
}

suite("flags of a cluster", () => {
  for (const [line, says] of [
    ["scan --live --snapshot x", /two sources/],
    ["scan . --context prod", /--context needs --live/],
    ["scan --live -A -n shop", /-A and -n/],
    ["scan --live --as-group admins", /--as-group needs --as/],
    ["scan . --drift", /--drift compares a cluster/],
    ["scan --live --drift", /--drift compares a cluster/],
    ["scan --live --request-timeout soon", /is a duration/],
    ["scan . --etcd https://10.0.0.5:2379", /--etcd needs --live/],
    ["scan . --audit-log audit.log", /--audit-log needs --live/],
    ["scan --live --etcd 10.0.0.5:2379", /is the address of etcd/],
    ["scan --live --etcd ftp://10.0.0.5", /is the address of etcd/],
    ["scan --live --etcd-cacert ca.crt", /--etcd-cacert needs --etcd/],
    ["scan --live --etcd-canary default", /--etcd-canary needs --etcd/],
    ["scan --live --etcd https://a:1 --etcd-cert c.crt", /belong together/],
    ["scan --live --etcd https://a:1 --etcd-secret name", /NAMESPACE\/NAME/],
    ["scan --live --etcd https://a:1 --etcd-secret a/b --etcd-canary a", /give one of them/],
    ["scan --live --etcd https://a:1 --etcd-cacert /nowhere/ca.crt", /CONFIG_READ: --etcd-cacert .* does not exist/],
    ["scan --live --audit-sink https://logs.example/", /with \{mark\} in it/],
    ["scan --live --audit-sink logs/{mark}", /with \{mark\} in it/],
    ["scan --live --audit-wait 10s", /--audit-wait needs --audit-log or --audit-sink/],
    ["scan --live --audit-log x --audit-wait soon", /is a duration/],
    ["scan . --node-root /host", /--node-root needs --node/],
    ["scan --node --node-name", /needs a value/],
    ["pod-security check --node", /has no flag --node; it is a flag of redoubt scan/],
    ["snapshot", /needs -o FILE/],
    ["rbac-for-scan --context prod", /--context needs --live/],
    ["rbac-for-scan --service-account scanner", /NAMESPACE:NAME/],
    ["rbac-for-scan --service-account a:b --user c", /give one of them/],
  ] as const) {
    test(`${line} is refused`, async () => {
      const { code, stderr } = await captured(line);
      assert.equal(code, 2);
      assert.match(stderr, says);
    });
  }
});

suite("scan --snapshot", () => {
  test("judges what is in it and names the cluster", async (context) => {
    const folder = scratchFolder(context, { "s.json": snapshotText(POD) });
    const { code, stdout } = await captured(`scan --snapshot ${folder}/s.json`);
    assert.equal(code, 1);
    assert.match(stdout, /cluster prod {2}Pod shop\/web/);
  });

  test("with a gap is incomplete, and says each missing right once", async (context) => {
    const folder = scratchFolder(context, { "s.json": snapshotText(POD, true) });
    const { code, stdout } = await captured(`scan --snapshot ${folder}/s.json`);
    assert.equal(code, 3);
    const words = stdout.replaceAll(/\s+/g, " ").split("NOT KNOWN")[1]?.split("CHECKLIST")[0] ?? "";
    assert.equal(words.match(/pods could not be read/g)?.length, 1);
  });

  test("says where files and cluster differ, and does not judge the files", async (context) => {
    const folder = scratchFolder(context, {
      "s.json": snapshotText(POD),
      "web.yaml": POD.replace("privileged: true", "privileged: false"),
    });
    const plain = await captured(`scan --snapshot ${folder}/s.json -f ${folder}/web.yaml -o json`);
    assert.match(plain.stdout, /INPUT_FILES_NOT_JUDGED/);
    const { stdout } = await captured(`scan --snapshot ${folder}/s.json -f ${folder}/web.yaml --drift -o json`);
    assert.match(stdout, /privileged is true in the cluster and not set in/);
    assert.doesNotMatch(stdout, /INPUT_FILES_NOT_JUDGED/);
    const only = await captured(
      `scan --snapshot ${folder}/s.json -f ${folder}/web.yaml --drift --control DRIFT-002 -o csv`,
    );
    assert.doesNotMatch(only.stdout, /DRIFT-003|POD-/);
  });

  test("refuses what is no snapshot", async (context) => {
    const folder = scratchFolder(context, { "s.json": "{}" });
    const { code, stderr } = await captured(`scan --snapshot ${folder}/s.json`);
    assert.equal(code, 2);
    assert.match(stderr, /SNAPSHOT_INVALID/);
  });
});

suite("scan --live", () => {
  test("without a usable kubeconfig says so", async () => {
    const { code, stderr } = await captured("scan --live --kubeconfig /nowhere/config");
    assert.equal(code, 2);
    assert.match(stderr, /KUBE_CONFIG/);
  });

  test("says that the server cannot be reached", async (context) => {
    const cluster = { name: "c", cluster: { server: "https://127.0.0.1:1" } };
    const folder = scratchFolder(context, {
      config: JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [cluster],
        users: [{ name: "u", user: { token: "t" } }],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
        "current-context": "x",
      }),
    });
    const { code, stderr } = await captured(`scan --live --kubeconfig ${folder}/config`);
    assert.equal(code, 2);
    assert.match(stderr, /KUBE_API_UNREACHABLE/);
  });
});

suite("rbac-for-scan", () => {
  test("prints a role with nothing but list and get, and a binding", async () => {
    const { code, stdout } = await captured("rbac-for-scan --service-account redoubt:scanner");
    assert.equal(code, 0);
    const [role, binding] = snapshotFromText(stdout).objects;
    assert.equal(role?.kind, "ClusterRole");
    const rules = role?.known === "rbac.authorization.k8s.io/ClusterRole" ? listAt(role.value, ["rules"]) : [];
    assert.deepEqual(new Set(rules.map((rule) => stringsAt(rule, ["verbs"]).join())), new Set(["list", "get"]));
    assert.equal(binding?.kind, "ClusterRoleBinding");
    assert.match(stdout, /policies\n|networkpolicies/);
    assert.doesNotMatch(stdout, /nodes\/proxy|- "\*"/);
  });
});

test("docs/snapshot.md names the version that is written", () => {
  const page = readFileSync(new URL("../../../docs/snapshot.md", import.meta.url), "utf8");
  assert.match(page, /`redoubt.dev\/v1`, `Snapshot`/);
});

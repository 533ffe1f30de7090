import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, suite, test } from "node:test";
import { type NodeEvidence, collectNodeEvidence } from "./evidence-node.ts";

suite("a node seen from the inside", () => {
  let root = "";
  let found: NodeEvidence;
  const put = (path: string, text: string, mode: number): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    chmodSync(join(root, path), mode);
  };
  before(async () => {
    root = mkdtempSync(join(tmpdir(), "redoubt-node-"));
    const { uid, gid } =
      process.getuid === undefined ? { uid: 0, gid: 0 } : { uid: process.getuid(), gid: process.getgid?.() ?? 0 };
    put("/etc/passwd", `someone:x:${uid}:${gid}:::\n`, 0o644);
    put("/etc/group", `some:x:${gid}:\n`, 0o644);
    put("/etc/kubernetes/manifests/kube-apiserver.yaml", "", 0o600);
    put("/etc/kubernetes/manifests/.swp", "", 0o600);
    put("/etc/kubernetes/admin.conf", "token: do-not-read", 0o640);
    put("/etc/kubernetes/pki/etcd/ca.key", "", 0o600);
    put("/opt/kubelet.yaml", "", 0o644);
    put("/opt/encryption.yaml", "", 0o600);
    put(
      "/proc/12/cmdline",
      ["/usr/bin/kubelet", "--config=/opt/kubelet.yaml", "--v", "2", "--fail-swap-on", ""].join("\0"),
      0o444,
    );
    put("/proc/13/cmdline", "kube-apiserver\0--encryption-provider-config\0/opt/encryption.yaml\0", 0o444);
    put("/proc/14/cmdline", "vi\0/etc/kubernetes/manifests/etcd\0", 0o444);
    put("/proc/self/cmdline", "etcd\0", 0o444);
    const now = (): Date => new Date("2026-11-24T00:00:00Z");
    found = await collectNodeEvidence({ root, node: "cp-1", now });
  });
  after(() => rmSync(root, { recursive: true }));

  test("shows who may use which file", () => {
    const files = found.evidence.flatMap((one) =>
      one.type === "node-file" ? [`${one.path} ${one.mode.toString(8)} ${one.owner}:${one.group}`] : [],
    );
    for (const wanted of [
      "/etc/kubernetes/manifests/kube-apiserver.yaml 600 someone:some",
      "/etc/kubernetes/admin.conf 640 someone:some",
      "/etc/kubernetes/pki/etcd/ca.key 600 someone:some",
      "/opt/kubelet.yaml 644 someone:some",
    ])
      assert.ok(files.includes(wanted), `${wanted} among ${files.join("; ")}`);
    assert.equal(new Set(files).size, files.length);
  });

  test("shows how its components were started, and nothing else's command line", () => {
    const started = found.evidence.flatMap((one) => (one.type === "flags" ? [[one.component, one.flags]] : []));
    assert.deepEqual(started, [
      ["kubelet", { config: "/opt/kubelet.yaml", v: "2", "fail-swap-on": "true" }],
      ["kube-apiserver", { "encryption-provider-config": "/opt/encryption.yaml" }],
    ]);
  });

  test("names the files that are configuration", () => {
    assert.deepEqual([...found.configurationFiles].sort(), [
      join(root, "/etc/kubernetes/manifests/kube-apiserver.yaml"),
      join(root, "/opt/encryption.yaml"),
      join(root, "/opt/kubelet.yaml"),
    ]);
    assert.deepEqual(found.unreadable, []);
  });

  test("holds no content of credentials", () => {
    assert.doesNotMatch(JSON.stringify(found.evidence.map(({ object }) => object.value)), /do-not-read/);
  });

  test("an abort ends the visit", async () => {
    await assert.rejects(collectNodeEvidence({ root, signal: AbortSignal.abort(new Error("enough")) }), /enough/);
  });
});

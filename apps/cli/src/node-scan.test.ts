import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { type TestContext, suite, test } from "node:test";
import { captured } from "./testing/captured-run.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";

const KEY = "kH0Zo5pDq9zqPjXfX1vQ7w2mEJ0m3mE8a1sQzq3b9rA=";
const MANIFEST = `apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-cp-1, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.37.0
    command: [kube-apiserver, "--anonymous-auth=false", "--authorization-mode=Node,RBAC", --encryption-provider-config=/etc/kubernetes/encryption.yaml]
`;

/** The file system of a control-plane node, as it is mounted into a pod that looks at it. */
function nodeFolder(context: TestContext): string {
  const command = ["kube-apiserver", "--anonymous-auth=false", "--authorization-mode=Node,RBAC"];
  const root = scratchFolder(context, {
    "etc/passwd": `root:x:${process.getuid?.() ?? 0}:0:::\n`,
    "etc/group": `root:x:${process.getgid?.() ?? 0}:\n`,
    "etc/kubernetes/manifests/kube-apiserver.yaml": MANIFEST,
    "etc/kubernetes/admin.conf": "users: [{user: {token: do-not-read}}]",
    "etc/kubernetes/encryption.yaml": `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers: [{secretbox: {keys: [{name: key1, secret: ${KEY}}]}}]
`,
    "var/lib/kubelet/config.yaml":
      "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nreadOnlyPort: 10255\n",
    "proc/7/cmdline": [...command, "--encryption-provider-config=/etc/kubernetes/encryption.yaml", ""].join("\0"),
    "proc/8/cmdline": ["/usr/bin/kubelet", "--config=/var/lib/kubelet/config.yaml", ""].join("\0"),
  });
  chmodSync(`${root}/etc/kubernetes/admin.conf`, 0o644);
  chmodSync(`${root}/etc/kubernetes/encryption.yaml`, 0o600);
  return root;
}

interface JsonReport {
  readonly findings: readonly { readonly control: string; readonly verdict: string; readonly message: string }[];
  readonly diagnostics: readonly { readonly code: string; readonly message: string }[];
}

suite("scan --node", () => {
  test("judges modes of files, command lines and the files that they name", async (context) => {
    const root = nodeFolder(context);
    const { code, stdout } = await captured(`scan --node --node-root ${root} --node-name cp-1 -o json`);
    assert.equal(code, 1);
    const { findings, diagnostics }: JsonReport = JSON.parse(stdout);
    const failed = (id: string): string =>
      findings.find(({ control, verdict }) => control === id && verdict === "fail")?.message ?? "";
    assert.match(failed("INF-045"), /^\/etc\/kubernetes\/admin\.conf on cp-1 has mode 644/);
    assert.match(failed("INF-014"), /readOnlyPort 10255/);
    for (const id of ["INF-001", "INF-006", "INF-019", "INF-058"])
      assert.deepEqual(
        findings.filter(({ control, verdict }) => control === id && verdict !== "pass"),
        [],
        id,
      );
    assert.deepEqual(diagnostics, []);
    assert.ok(!stdout.includes(KEY) && !stdout.includes("do-not-read"));
  });

  test("also beside a cluster, whose static pods are not judged twice", async (context) => {
    const root = nodeFolder(context);
    const snapshot = `{"apiVersion":"redoubt.dev/v1","kind":"Snapshot","metadata":{"context":"prod"},"gaps":[],"diagnostics":[],"items":[]}`;
    const folder = scratchFolder(context, { "s.json": snapshot });
    const { stdout } = await captured(`scan --snapshot ${folder}/s.json --node --node-root ${root} -o json`);
    const { findings }: JsonReport = JSON.parse(stdout);
    assert.deepEqual(
      findings.filter(({ control }) => control === "POD-017"),
      [],
    );
    assert.ok(findings.some(({ control, verdict }) => control === "INF-045" && verdict === "fail"));
  });

  test("shows its evidence in the checklist", async (context) => {
    const root = nodeFolder(context);
    const { stdout } = await captured(`checklist --node --node-root ${root}`);
    assert.match(stdout, /INF-001 passes: EncryptionConfiguration/);
    // The command line is that of the manifest, which has lines to point at.
    assert.match(stdout.replaceAll(/\s+/g, " "), /INF-006 passes: Pod kube-system\/kube-apiserver-cp-1 in \S+\.yaml/);
    assert.ok(!stdout.includes(KEY));
  });

  test("on a machine that is no node says so, and is incomplete", async (context) => {
    const root = scratchFolder(context, { "etc/hostname": "laptop\n" });
    const { code, stdout } = await captured(`scan --node --node-root ${root}`);
    assert.equal(code, 3);
    assert.match(stdout, /NODE_EMPTY/);
  });

  test("a configuration that is broken is an error with its place", async (context) => {
    const root = scratchFolder(context, { "var/lib/kubelet/config.yaml": "kind: [" });
    const { code, stdout } = await captured(`scan --node --node-root ${root}`);
    assert.equal(code, 3);
    assert.match(stdout.replaceAll(/\s+/g, ""), /config\.yaml:\d+:\d+.*KUBE_PARSE/);
  });
});

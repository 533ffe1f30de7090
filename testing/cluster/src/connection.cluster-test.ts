/** The ways to reach a cluster: an exec plugin, a token file, impersonation, and the account of the pod that Redoubt runs in. */
import assert from "node:assert/strict";
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { ControlPlane } from "./control-plane.ts";
import { type ClusterWithNode, TEST_IMAGE, startClusterWithNode, whyNoNode } from "./node.ts";
import { redoubt, reportOf } from "./redoubt-run.ts";

const ACCOUNT = "scanner";

suite("a connection", { skip: whyNoNode() ?? false }, () => {
  let cluster: ClusterWithNode | undefined;
  let plane: ControlPlane;
  let token = "";
  before(async () => {
    cluster = await startClusterWithNode();
    plane = cluster.plane;
    await plane.admin.post("/api/v1/namespaces/default/serviceaccounts", { metadata: { name: ACCOUNT } });
    const printed = await redoubt(
      `rbac-for-scan --live --kubeconfig ${plane.kubeconfig} --service-account default:${ACCOUNT}`,
    );
    const [role = "", binding = ""] = printed.stdout.split("---\n");
    const root = "/apis/rbac.authorization.k8s.io/v1";
    for (const [path, yaml] of [
      ["clusterroles", role],
      ["clusterrolebindings", binding],
    ] as const)
      assert.equal((await plane.admin.send("POST", `${root}/${path}`, yaml, "application/yaml")).status, 201);
    token = await plane.serviceAccountToken("default", ACCOUNT);
  });
  after(() => cluster?.stop());

  const kubeconfigFor = (user: object): string => {
    const path = join(plane.folder, "test.kubeconfig");
    const { users: _users, ...config } = JSON.parse(readFileSync(plane.kubeconfig, "utf8"));
    writeFileSync(path, JSON.stringify({ ...config, users: [{ name: "user", user }] }));
    return path;
  };

  test("by an exec plugin's token", async () => {
    const credential = {
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token },
    };
    const answer = join(plane.folder, "credential.json");
    writeFileSync(answer, JSON.stringify(credential));
    const exec = { apiVersion: credential.apiVersion, command: "cat", args: [answer], interactiveMode: "Never" };
    const run = await redoubt(`scan --live --kubeconfig ${kubeconfigFor({ exec })} --control POD-001 -o json`);
    assert.equal(run.code, 0, run.stderr);
    assert.equal(reportOf(run).summary.incomplete, false);
  });

  test("by an exec plugin that fails says so", async () => {
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "false", interactiveMode: "Never" };
    const run = await redoubt(`scan --live --kubeconfig ${kubeconfigFor({ exec })}`);
    assert.equal(run.code, 2);
    assert.match(run.stderr, /^redoubt: error KUBE_CONFIG: the credentials of context/);
  });

  test("by a token in a file", async () => {
    const tokenFile = join(plane.folder, "token");
    writeFileSync(tokenFile, token);
    const run = await redoubt(`scan --live --kubeconfig ${kubeconfigFor({ tokenFile })} --control POD-001 -o json`);
    assert.equal(run.code, 0, run.stderr);
  });

  test("by a token that nobody issued says that it is not accepted", async () => {
    const run = await redoubt(`scan --live --kubeconfig ${kubeconfigFor({ token: "nobody.s.token" })} -o json`);
    assert.equal(run.code, 3, run.stderr);
    assert.match(run.stderr, /Unauthorized/);
  });

  test("inside a pod, by the pod's own account and nothing else", async () => {
    const repository = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
    const node = realpathSync(process.execPath);
    // The test's own node and the built Redoubt, with the libraries of this machine: there is no registry to pull an image from.
    const host = [...new Set([repository, dirname(node), "/usr/lib", "/lib", "/lib64"])].filter(
      (path, _, all) => !all.some((other) => other !== path && path.startsWith(`${other}/`)),
    );
    const url = new URL(plane.url);
    const pods = "/api/v1/namespaces/default/pods";
    const created = await plane.admin.post(pods, {
      metadata: { name: "scanner" },
      spec: {
        serviceAccountName: ACCOUNT,
        restartPolicy: "Never",
        containers: [
          {
            name: "redoubt",
            image: TEST_IMAGE,
            imagePullPolicy: "Never",
            command: [
              node,
              join(repository, "apps/cli/bin/redoubt.js"),
              ..."scan --live --control INF-018 -o csv".split(" "),
            ],
            env: [
              // Nothing routes to the cluster's service addresses on this node.
              { name: "KUBERNETES_SERVICE_HOST", value: url.hostname },
              { name: "KUBERNETES_SERVICE_PORT", value: url.port },
              { name: "LD_LIBRARY_PATH", value: "/usr/lib/x86_64-linux-gnu:/usr/lib" },
              { name: "HOME", value: "/" },
              { name: "NODE_DISABLE_COMPILE_CACHE", value: "1" },
            ],
            volumeMounts: host.map((mountPath, index) => ({ name: `host-${index}`, mountPath, readOnly: true })),
          },
        ],
        volumes: host.map((path, index) => ({ name: `host-${index}`, hostPath: { path: realpathSync(path) } })),
      },
    });
    assert.equal(created.status, 201, JSON.stringify(created.body));
    let phase = "";
    for (let attempt = 0; attempt < 600 && phase !== "Succeeded" && phase !== "Failed"; attempt += 1) {
      const { body } = await plane.admin.get(`${pods}/scanner`);
      phase = String(Object(Object(body).status).phase);
      await sleep(100);
    }
    const log = await plane.admin.get(`${pods}/scanner/log`);
    assert.equal(phase, "Succeeded", String(log.body));
  });
});

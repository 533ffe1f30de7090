/** What rights with resourceNames let their holder do on a real API server, beside what attack paths say of the same roles. */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { snapshotFromText } from "@redoubt/kube";
import { attackGraph } from "@redoubt/posture";
import type { ApiClient, ApiResponse } from "./api-client.ts";
import { ControlPlane } from "./control-plane.ts";

const RBAC = "rbac.authorization.k8s.io";
const API = `/apis/${RBAC}/v1`;
const APPLY = "application/apply-patch+yaml";
const MERGE = "application/merge-patch+json";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

function rule(group: string, resource: string, verbs: string, name?: string): Rule {
  return {
    apiGroups: [group],
    resources: [resource],
    verbs: verbs.split(" "),
    ...(name === undefined ? {} : { resourceNames: [name] }),
  };
}

const subject = (user: string): object => ({ kind: "User", apiGroup: RBAC, name: user });
const binding = (name: string, role: string, user: string): object => ({
  apiVersion: `${RBAC}/v1`,
  kind: "ClusterRoleBinding",
  metadata: { name },
  roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: role },
  subjects: [subject(user)],
});
const pod = (name: string): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "default" },
  spec: { automountServiceAccountToken: false, containers: [{ name: "c", image: "example.com/c:1" }] },
});

const PODS = "/api/v1/namespaces/default/pods";
const BINDINGS = `${API}/clusterrolebindings`;
const ROLES = `${API}/clusterroles`;

interface Case {
  readonly title: string;
  readonly rules: readonly Rule[];
  /** What the holder tries; `user` is its name, and that of its role. */
  readonly attempt: (client: ApiClient, user: string) => Promise<ApiResponse>;
  readonly works: boolean;
  /** The step that attack paths take for it. */
  readonly kind: string;
}

const CASES: readonly Case[] = [
  {
    title: "a POST of a named Pod",
    rules: [rule("", "pods", "create", "by-post")],
    attempt: (client) => client.post(PODS, pod("by-post")),
    works: false,
    kind: "",
  },
  {
    title: "a server-side apply of a named Pod",
    rules: [rule("", "pods", "create patch", "by-apply")],
    attempt: (client) =>
      client.send("PATCH", `${PODS}/by-apply?fieldManager=test`, JSON.stringify(pod("by-apply")), APPLY),
    works: true,
    kind: "create-workload",
  },
  {
    title: "a server-side apply of a named Pod without create",
    rules: [rule("", "pods", "patch", "no-create")],
    attempt: (client) =>
      client.send("PATCH", `${PODS}/no-create?fieldManager=test`, JSON.stringify(pod("no-create")), APPLY),
    works: false,
    kind: "",
  },
  {
    title: "an update that makes a named binding",
    rules: [rule(RBAC, "clusterrolebindings", "create update", "made"), rule(RBAC, "clusterroles", "bind")],
    attempt: (client, user) => client.put(`${BINDINGS}/made`, binding("made", "cluster-admin", user)),
    works: true,
    kind: "bind-role",
  },
  {
    title: "a new subject of a named binding whose role may be bound",
    rules: [rule(RBAC, "clusterrolebindings", "patch", "deployers"), rule(RBAC, "clusterroles", "bind", "deployer")],
    attempt: (client, user) =>
      client.send("PATCH", `${BINDINGS}/deployers`, JSON.stringify({ subjects: [subject(user)] }), MERGE),
    works: true,
    kind: "bind-role",
  },
  {
    title: "a new subject of a named binding whose role may not be bound",
    rules: [rule(RBAC, "clusterrolebindings", "patch", "deployers"), rule(RBAC, "clusterroles", "bind", "view")],
    attempt: (client, user) =>
      client.send("PATCH", `${BINDINGS}/deployers`, JSON.stringify({ subjects: [subject(user)] }), MERGE),
    works: false,
    kind: "",
  },
  {
    title: "more rules in the role that it holds",
    rules: [rule(RBAC, "clusterroles", "update patch escalate")],
    attempt: (client, user) => client.send("PATCH", `${ROLES}/${user}`, EVERYTHING, MERGE),
    works: true,
    kind: "escalate-role",
  },
  {
    title: "more rules in another role than it may escalate",
    rules: [rule(RBAC, "clusterroles", "patch", "deployer"), rule(RBAC, "clusterroles", "escalate", "other")],
    attempt: (client) => client.send("PATCH", `${ROLES}/deployer`, EVERYTHING, MERGE),
    works: false,
    kind: "",
  },
  {
    title: "a list that a field selector narrows to a named Secret",
    rules: [rule("", "secrets", "list", "db")],
    attempt: (client) => client.get("/api/v1/namespaces/default/secrets?fieldSelector=metadata.name%3Ddb"),
    works: true,
    kind: "list-secrets",
  },
];

const EVERYTHING = JSON.stringify({ rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] });

suite("rights with resourceNames on a real API server", () => {
  let plane: ControlPlane;
  const shared: object[] = [
    {
      apiVersion: `${RBAC}/v1`,
      kind: "ClusterRole",
      metadata: { name: "deployer" },
      rules: [rule("", "pods", "create")],
    },
    binding("deployers", "deployer", "somebody"),
    { apiVersion: "v1", kind: "Secret", metadata: { name: "db", namespace: "default" } },
  ];

  before(async () => {
    plane = await ControlPlane.start();
    const [role, bound, secret] = shared;
    for (const [path, body] of [
      [ROLES, role],
      [BINDINGS, bound],
      ["/api/v1/namespaces/default/secrets", secret],
    ] as const)
      assert.equal((await plane.admin.post(path, body)).status, 201);
    // Pods are admitted once their account is there, which no controller makes here.
    const account = { metadata: { name: "default" } };
    assert.equal((await plane.admin.post("/api/v1/namespaces/default/serviceaccounts", account)).status, 201);
  });
  after(() => plane.stop());

  for (const [at, { title, rules, attempt, works, kind }] of CASES.entries()) {
    test(`${title}: ${works ? "done" : "refused"}`, async () => {
      const user = `holder-${at}`;
      // The last rule tells when the authorizer has seen them all.
      const seen = rule("example.com", `seen-${at}`, "get");
      const role = {
        apiVersion: `${RBAC}/v1`,
        kind: "ClusterRole",
        metadata: { name: user },
        rules: [...rules, seen],
      };
      const held = binding(user, user, user);
      assert.equal((await plane.admin.post(ROLES, role)).status, 201);
      assert.equal((await plane.admin.post(BINDINGS, held)).status, 201);
      const client = await plane.clientFor(user);
      try {
        await untilAllowed(client, `seen-${at}`);
        const { status, body } = await attempt(client, user);
        assert.equal(status < 300 ? "done" : status, works ? "done" : 403, JSON.stringify(body));
      } finally {
        client.close();
      }
      const documents = [role, held, ...shared].map((object) => JSON.stringify(object)).join("\n---\n");
      const { edges } = attackGraph(snapshotFromText(documents));
      const own = edges.filter(({ from }) => from.startsWith(`role ClusterRole ${user} `));
      assert.deepEqual([...new Set(own.map((edge) => edge.kind))], kind === "" ? [] : [kind]);
    });
  }

  async function untilAllowed(client: ApiClient, resource: string): Promise<void> {
    const spec = { resourceAttributes: { verb: "get", group: "example.com", resource } };
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const { body } = await client.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", { spec });
      if (Object(Object(body).status).allowed === true) return;
      await sleep(50);
    }
    assert.fail("the authorizer does not see the role");
  }
});

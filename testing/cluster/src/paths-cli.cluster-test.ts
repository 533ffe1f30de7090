/** The guide's developer Role on a real cluster: what the command line says of it, and what the API server does. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { ApiClient } from "./api-client.ts";
import { messageOf } from "./attack-lab.ts";
import { ControlPlane } from "./control-plane.ts";
import { type Run, redoubtWith } from "./redoubt-run.ts";

const RBAC = "rbac.authorization.k8s.io";
const JANE = "jane@example.com";
const ENFORCE = "pod-security.kubernetes.io/enforce";

const ROLE = {
  metadata: { name: "developer" },
  rules: [
    {
      apiGroups: ["apps", ""],
      resources: ["deployments", "pods", "services"],
      verbs: ["get", "list", "watch", "create", "update"],
    },
    { apiGroups: [""], resources: ["pods/log"], verbs: ["get", "list"] },
  ],
};
const BINDING = {
  metadata: { name: "developer-binding" },
  subjects: [{ kind: "User", name: JANE, apiGroup: RBAC }],
  roleRef: { kind: "Role", name: "developer", apiGroup: RBAC },
};

/** Verb, resource and namespace: what the Role gives, and what lies just beside it. */
const QUESTIONS: readonly (readonly [verb: string, resource: string, namespace: string])[] = [
  ["create", "pods", "development"],
  ["list", "pods/log", "development"],
  ["watch", "pods/log", "development"],
  ["create", "pods/exec", "development"],
  ["get", "secrets", "development"],
  ["create", "serviceaccounts/token", "development"],
  ["create", "pods", "production"],
];

interface PathsJson {
  readonly paths: readonly {
    readonly start: string;
    readonly goal: string;
    readonly steps: readonly { readonly kind: string; readonly proof: readonly { readonly object: string }[] }[];
  }[];
  readonly stopped: readonly { readonly by: string }[];
  readonly cut?: { readonly changes: readonly { readonly does: string }[]; readonly left: readonly unknown[] };
}

function pathsOf({ stdout, stderr }: Run): PathsJson {
  assert.notEqual(stdout, "", stderr);
  const document: PathsJson = JSON.parse(stdout);
  return document;
}

suite("the guide's developer, live", () => {
  let plane: ControlPlane;
  let jane: ApiClient;
  let folder = "";
  before(async () => {
    plane = await ControlPlane.start({ controllers: true });
    folder = mkdtempSync(join(tmpdir(), "redoubt-paths-"));
    jane = await plane.clientFor(JANE);
    const make = async (path: string, body: object): Promise<void> => {
      const answer = await plane.admin.post(path, body);
      assert.equal(answer.status, 201, messageOf(answer));
    };
    for (const name of ["development", "production"]) {
      await make("/api/v1/namespaces", { metadata: { name } });
      await make(`/api/v1/namespaces/${name}/secrets`, {
        metadata: { name: "db" },
        stringData: { word: "open sesame" },
      });
    }
    await make("/api/v1/nodes", { metadata: { name: "worker-1" } });
    await make(`/apis/${RBAC}/v1/namespaces/development/roles`, ROLE);
    await make(`/apis/${RBAC}/v1/namespaces/development/rolebindings`, BINDING);
  });
  after(async () => {
    jane.close();
    rmSync(folder, { recursive: true });
    await plane.stop();
  });

  const live = (...args: readonly string[]): Promise<Run> =>
    redoubtWith([...args, "--live", "--quiet", "--kubeconfig", plane.kubeconfig]);
  const paths = async (...args: readonly string[]): Promise<PathsJson> =>
    pathsOf(await live("paths", "-o", "json", ...args));

  async function allowedByServer(verb: string, written: string, namespace: string): Promise<boolean> {
    const [name = "", subresource = ""] = written.split("/");
    const [resource = "", ...group] = name.split(".");
    const resourceAttributes = { verb, resource, subresource, group: group.join("."), namespace };
    const { body } = await jane.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
      spec: { resourceAttributes },
    });
    return Object(Object(body).status).allowed === true;
  }

  async function admitted(spec: object): Promise<string> {
    const pod = {
      metadata: { name: "trial" },
      spec: { containers: [{ name: "c", image: "example.com/c:1", ...spec }] },
    };
    return messageOf(await jane.post("/api/v1/namespaces/development/pods?dryRun=All", pod));
  }

  test("can-i answers as the API server does, for all that the Role gives and what lies beside it", async () => {
    const said = await Promise.all(
      QUESTIONS.map(async ([verb, resource, namespace]) => {
        const { code } = await live("rbac", "can-i", verb, resource, "--user", JANE, "-n", namespace);
        return [verb, resource, namespace, code === 0];
      }),
    );
    const real = await Promise.all(
      QUESTIONS.map(async ([verb, resource, namespace]) => [
        verb,
        resource,
        namespace,
        await allowedByServer(verb, resource, namespace),
      ]),
    );
    assert.deepEqual(said, real);
    assert.equal(real.filter(([, , , yes]) => yes === true).length, 2);
  });

  test("paths shows what creating Pods in development opens, and nothing that it does not", async () => {
    const { paths: found } = await paths("--from", `User ${JANE}`);
    assert.deepEqual(found.map(({ goal, steps }) => `${goal}: ${steps.map(({ kind }) => kind).join(" ")}`).sort(), [
      "Secret development/db: holds-role create-workload mount-secret use-power",
      "root on a node of choice: holds-role create-workload privileged-pod",
    ]);
    assert.deepEqual(
      found[0]?.steps.slice(0, 2).flatMap(({ proof }) => proof.map(({ object }) => object)),
      ["RoleBinding development/developer-binding", "Role development/developer"],
    );
    assert.match(await admitted({ securityContext: { privileged: true } }), /^201 /);
    const env = [{ name: "WORD", valueFrom: { secretKeyRef: { name: "db", key: "word" } } }];
    assert.match(await admitted({ env }), /^201 /);
    assert.equal((await jane.get("/api/v1/namespaces/development/secrets/db")).status, 403);
    assert.equal((await jane.get("/api/v1/namespaces/production/secrets/db")).status, 403);
  });

  test("paths --from and --to ask for one place, and say what a wrong name may have meant", async () => {
    const toSecret = await live("paths", "--from", `User ${JANE}`, "--to", "Secret development/db");
    assert.equal(toSecret.code, 1);
    assert.match(toSecret.stdout, /^1 path from 1 start/);
    const toNode = await live("paths", "--from", "identity", "--to", "Node worker-1");
    assert.match(toNode.stdout, /User jane@example\.com to root on Node worker-1/);
    const elsewhere = await live(
      "paths",
      "--from",
      `User ${JANE}`,
      "--to",
      "Secret production/db",
      "--to",
      "cluster-admin",
    );
    assert.deepEqual([elsewhere.code, elsewhere.stdout.split(":")[0]], [0, "no path"]);
    const wrong = await live("paths", "--from", "jane");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /did you mean "User jane@example\.com"\?/);
  });

  test("every output is written in one run, whole and of itself", async () => {
    const formats = ["table", "json", "dot", "mermaid", "svg", "html"];
    const file = (format: string): string => join(folder, `paths.${format}`);
    const { code } = await live(
      "paths",
      "--cut",
      ...formats.flatMap((format) => ["-o", format, "--output-file", file(format)]),
    );
    assert.equal(code, 1);
    const text = new Map(formats.map((format) => [format, readFileSync(file(format), "utf8")]));
    for (const [format, content] of text) {
      assert.match(content, /jane@example\.com/, format);
      assert.match(content, /root on a node of choice/, format);
    }
    const json: PathsJson = JSON.parse(text.get("json") ?? "");
    assert.equal(json.paths.length, 2);
    assert.match(text.get("dot") ?? "", /^digraph "Attack paths" \{[^]*\}\n$/);
    assert.match(text.get("mermaid") ?? "", /^flowchart LR\n/);
    assert.match(text.get("svg") ?? "", /^<svg [^]*<\/svg>\n$/);
    assert.match(
      text.get("html") ?? "",
      /^<!doctype html>[^]*Content-Security-Policy[^]*The smallest cut[^]*<\/html>\n$/,
    );
  });

  test("the cut that is offered closes the path on the cluster too, and what stops it is named", async () => {
    const query = ["--from", `User ${JANE}`, "--to", "node"];
    const { cut } = await paths(...query, "--cut");
    assert.deepEqual(
      cut?.changes.map(({ does }) => does),
      ["enforce Pod Security level baseline in Namespace development"],
    );
    assert.deepEqual(cut?.left, []);
    const labels = { [ENFORCE]: "baseline" };
    const type = "application/merge-patch+json";
    await plane.admin.send("PATCH", "/api/v1/namespaces/development", { metadata: { labels } }, type);
    const closed = await live("paths", ...query);
    assert.equal(closed.code, 0);
    assert.match(closed.stdout, /Pod Security level baseline of Namespace development stops 1 step/);
    assert.match(await admitted({ securityContext: { privileged: true } }), /^403 .*violates PodSecurity "baseline/);
  });

  test("a role for system:anonymous is a path from outside, until the API server takes no such requests", async () => {
    const production = `/apis/${RBAC}/v1/namespaces/production`;
    await plane.admin.post(`${production}/roles`, {
      metadata: { name: "open" },
      rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["list"] }],
    });
    await plane.admin.post(`${production}/rolebindings`, {
      metadata: { name: "open" },
      roleRef: { kind: "Role", name: "open", apiGroup: RBAC },
      subjects: [{ kind: "User", name: "system:anonymous", apiGroup: RBAC }],
    });
    const listed = async (): Promise<number> => {
      const nobody = new ApiClient({ url: plane.url, ca: plane.ca.certificate });
      const { status } = await nobody.get("/api/v1/namespaces/production/secrets");
      nobody.close();
      return status;
    };
    const { paths: found } = await paths("--from", "outside");
    assert.deepEqual(
      found.map(({ goal, steps }) => `${goal}: ${steps.map(({ kind }) => kind).join(" ")}`),
      ["Secret production/db: anonymous-access holds-role list-secrets use-power"],
    );
    assert.equal(await listed(), 200);
    await plane.restartApiServer({ controllers: true, flags: { "anonymous-auth": "false" } });
    const { paths: left, stopped } = await paths("--from", "outside");
    assert.deepEqual(left, []);
    assert.ok(stopped.some(({ by }) => by.startsWith("kube-apiserver, which refuses requests without credentials")));
    assert.equal(await listed(), 401);
  });
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { captured } from "./testing/captured-run.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";

const DEVELOPER = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { namespace: development, name: developer }
rules:
- apiGroups: ["apps", ""]
  resources: ["deployments", "pods", "services"]
  verbs: ["get", "list", "watch", "create", "update"]
- apiGroups: [""]
  resources: ["pods/log"]
  verbs: ["get", "list"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { namespace: development, name: developer-binding }
subjects:
- { kind: User, name: jane, apiGroup: rbac.authorization.k8s.io }
roleRef: { kind: Role, name: developer, apiGroup: rbac.authorization.k8s.io }
`;
const WIDER = DEVELOPER.replace('"pods/log"', '"pods/log", "pods/exec"');
const files = { "rbac.yaml": DEVELOPER, "wider.yaml": WIDER, "broken.yaml": "kind: [" };
const JANE = ["--user", "jane", "-n", "development"];

suite("redoubt rbac can-i", () => {
  const table: readonly (readonly [readonly string[], number])[] = [
    [["create", "pods"], 0],
    [["update", "deployments.apps"], 0],
    [["get", "pods/log"], 0],
    [["get", "pods", "web", "--subresource", "log"], 0],
    [["watch", "pods/log"], 1],
    [["create", "pods/exec"], 1],
    [["get", "secrets"], 1],
    [["delete", "pods"], 1],
    [["list", "nodes"], 1],
    [["get", "/version"], 0],
    [["get", "/metrics"], 1],
  ];
  for (const [question, code] of table) {
    test(`says ${code === 0 ? "yes" : "no"} to ${question.join(" ")} for the guide's developer`, async (context) => {
      const folder = scratchFolder(context, files);
      const answer = await captured(["rbac", "can-i", ...question, ...JANE, "-f", `${folder}/rbac.yaml`]);
      assert.equal(answer.code, code);
      assert.equal(answer.stdout.split("\n")[0], code === 0 ? "yes" : "no");
    });
  }
  test("names the rule and the binding with their lines", async (context) => {
    const folder = scratchFolder(context, files);
    const { stdout } = await captured(["rbac", "can-i", "list", "pods/log", ...JANE, "-f", `${folder}/rbac.yaml`]);
    assert.match(stdout, /RoleBinding development\/developer-binding gives .* to User jane \(.*rbac\.yaml:16:3\)/);
    assert.match(stdout, /rule 1 of Role development\/developer: .* \(.*rbac\.yaml:8:3\)/);
  });
  test("answers 3 when a no rests on what could not be read, and a yes stays one", async (context) => {
    const folder = scratchFolder(context, files);
    const ask = (verb: string): ReturnType<typeof captured> =>
      captured(["rbac", "can-i", verb, "pods", ...JANE, "-f", `${folder}/rbac.yaml`, "-f", `${folder}/broken.yaml`]);
    assert.equal((await ask("delete")).code, 3);
    assert.equal((await ask("create")).code, 0);
  });
  test("lists everything in a namespace", async (context) => {
    const folder = scratchFolder(context, files);
    const { stdout } = await captured(["rbac", "can-i", "--list", ...JANE, "-f", `${folder}/rbac.yaml`, "-o", "json"]);
    const { rules }: { rules: readonly { binding: string }[] } = JSON.parse(stdout);
    assert.equal(rules.filter(({ binding }) => binding === "RoleBinding development/developer-binding").length, 2);
  });
  test("refuses questions that are none", async () => {
    for (const words of [
      ["create"],
      ["create", "pods", "a", "b"],
      ["get", "/healthz", "x"],
      ["get", "pods", "--cluster-wide"],
    ])
      assert.equal((await captured(["rbac", "can-i", ...words, ...JANE], { stdin: DEVELOPER })).code, 2);
    assert.equal((await captured(["rbac", "can-i", "get", "pods"], { stdin: DEVELOPER })).code, 2);
  });
});

suite("other questions", () => {
  test("who-can lists who may, cluster-admin among them", async () => {
    const some = await captured("rbac who-can get pods/log -n development", { stdin: DEVELOPER });
    assert.equal(some.code, 0);
    assert.match(some.stdout, /User jane +development/);
    const masters = await captured("rbac who-can eat pods -n development -o json", { stdin: DEVELOPER });
    assert.equal(masters.code, 0);
    assert.match(masters.stdout, /Group system:masters/);
  });
  test("subjects says what rights open", async () => {
    const { stdout } = await captured("rbac subjects", { stdin: DEVELOPER });
    assert.match(stdout, /User jane +development +Role development\/developer +run Pods as any ServiceAccount/);
  });
  test("roles-of includes what every user holds", async () => {
    const { stdout, code } = await captured("rbac roles-of --user jane", { stdin: DEVELOPER });
    assert.equal(code, 0);
    assert.match(stdout, /Role development\/developer +development +User jane/);
    assert.match(stdout, /ClusterRole system:basic-user +whole cluster +Group system:authenticated/);
  });
  test("diff tells a gained right from a lost one", async (context) => {
    const folder = scratchFolder(context, files);
    const gained = await captured(["rbac", "diff", `${folder}/rbac.yaml`, `${folder}/wider.yaml`]);
    assert.equal(gained.code, 1);
    assert.equal(
      gained.stdout,
      'User jane in namespace development\n  + {APIGroups:[""], Resources:["pods/exec"], Verbs:["get" "list"]}\n',
    );
    const lost = await captured(["rbac", "diff", `${folder}/wider.yaml`, `${folder}/rbac.yaml`]);
    assert.equal(lost.code, 0);
    assert.match(lost.stdout, / {2}- /);
    assert.equal((await captured(["rbac", "diff", `${folder}/wider.yaml`])).code, 2);
  });
  for (const format of ["dot", "mermaid", "svg", "json"])
    test(`graph draws ${format}`, async () => {
      const { stdout, code } = await captured(["rbac", "graph", "-o", format], { stdin: DEVELOPER });
      assert.equal(code, 0);
      assert.match(stdout, /developer-binding/);
      assert.doesNotMatch(stdout, /system:discovery/);
    });
});

suite("redoubt paths", () => {
  test("shows what the guide's developer opens, and 1 change that closes it", async () => {
    const { code, stdout } = await captured("paths --cut", { stdin: DEVELOPER });
    assert.equal(code, 1);
    assert.match(stdout, /User jane to root on a node of choice/);
    assert.match(stdout, /enforce Pod Security level baseline in Namespace development/);
    assert.match(stdout, /proved/);
  });
  test("answers 0 where there is no path, and 3 where not all could be read", async (context) => {
    const folder = scratchFolder(context, {
      ...files,
      "empty.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n",
    });
    assert.equal((await captured(["paths", `${folder}/empty.yaml`])).code, 0);
    assert.equal((await captured(["paths", `${folder}/empty.yaml`, `${folder}/broken.yaml`])).code, 3);
  });
  test("refuses names that nothing has", async () => {
    const { code, stderr } = await captured(["paths", "--from", "User joan"], { stdin: DEVELOPER });
    assert.equal(code, 2);
    assert.match(stderr, /nothing here is called "User joan"; names are as paths print them/);
    const near = await captured(["paths", "--from", "JANE", "--to", "Secret nowhere/none"], { stdin: DEVELOPER });
    assert.equal(near.code, 2);
    assert.match(near.stderr, /nothing here is called "JANE" or "Secret nowhere\/none"; did you mean "User jane"\?/);
  });
  for (const format of ["json", "dot", "mermaid", "svg", "html"])
    test(`writes ${format}`, async () => {
      const { code, stdout } = await captured(["paths", "-o", format], { stdin: DEVELOPER });
      assert.equal(code, 1);
      assert.match(stdout, /root on a node of choice/);
    });
});

suite("redoubt rbac generate", () => {
  const event = (verb: string, resource: string, more: object = {}): string =>
    JSON.stringify({
      kind: "Event",
      stage: "ResponseComplete",
      verb,
      user: { username: "system:serviceaccount:shop:app" },
      objectRef: { resource, namespace: "shop", apiVersion: "v1" },
      responseStatus: { code: 200 },
      annotations: { "authorization.k8s.io/decision": "allow" },
      ...more,
    });
  const log = [
    event("list", "pods"),
    event("get", "configmaps"),
    event("list", "pods", { user: { username: "jane" } }),
    event("delete", "pods", { annotations: { "authorization.k8s.io/decision": "forbid" } }),
  ].join("\n");
  const ACCOUNT = ["--service-account", "shop:app"];

  test("prints the least role and binding, and what was refused", async (context) => {
    const folder = scratchFolder(context, { "audit.log": log });
    const { code, stdout, stderr } = await captured([
      "rbac",
      "generate",
      "--audit-log",
      `${folder}/audit.log`,
      ...ACCOUNT,
    ]);
    assert.equal(code, 0);
    assert.match(stdout, /kind: Role\n/);
    assert.match(stdout, /resources:\n {2}- configmaps\n/);
    assert.doesNotMatch(stdout, /delete/);
    assert.match(stderr, /3 events, 2 distinct requests, each allowed by the output: yes/);
    assert.match(stderr, /refused then, and not granted now: delete pods in namespace shop \(1 times\)/);
  });
  test("lists what is held and was never used", async (context) => {
    const rbac = DEVELOPER.replaceAll("development", "shop").replace(
      "kind: User, name: jane, apiGroup: rbac.authorization.k8s.io",
      "kind: ServiceAccount, name: app",
    );
    const folder = scratchFolder(context, { "audit.log": log, "rbac.yaml": rbac });
    const { stdout } = await captured([
      "rbac",
      "generate",
      "--audit-log",
      `${folder}/audit.log`,
      ...ACCOUNT,
      "-f",
      `${folder}/rbac.yaml`,
      "-o",
      "json",
    ]);
    const { unused }: { unused: readonly { rights: readonly string[] }[] } = JSON.parse(stdout);
    assert.match(unused[0]?.rights.join(" ") ?? "", /Resources:\["pods"\], Verbs:\["get" "watch" "create" "update"\]/);
  });
  test("reads standard input", async () => {
    const { code, stdout } = await captured(["rbac", "generate", "--audit-log", "-", ...ACCOUNT, "--width", "verbs"], {
      stdin: log,
    });
    assert.equal(code, 0);
    assert.match(stdout, /- watch/);
  });
  test("says 1 when nobody of that name did anything, 3 for broken lines, 2 without a log", async (context) => {
    const folder = scratchFolder(context, { "audit.log": log, "broken.log": `${log}\n{"cut` });
    const run = (...words: readonly string[]): ReturnType<typeof captured> => captured(["rbac", "generate", ...words]);
    assert.equal((await run("--audit-log", `${folder}/audit.log`, "--user", "nobody")).code, 1);
    assert.equal((await run("--audit-log", `${folder}/broken.log`, ...ACCOUNT)).code, 3);
    assert.equal((await run(...ACCOUNT)).code, 2);
    assert.equal((await run("--audit-log", `${folder}/missing.log`, ...ACCOUNT)).code, 2);
  });
});

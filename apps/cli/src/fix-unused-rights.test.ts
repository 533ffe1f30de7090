import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { suite, test } from "node:test";
import { gzipSync } from "node:zlib";
import { captured } from "./testing/captured-run.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";

const RBAC = `# What the app needs.
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: app, namespace: shop }
rules:
  # It reads Pods.
  - apiGroups: [""]
    resources:
      - pods # its own
      - secrets
    verbs: [get, list, watch, delete]
  - apiGroups: [apps]
    resources: [deployments]
    verbs: ["*"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: app, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: app }
subjects: [{ kind: ServiceAccount, name: app, namespace: shop }]
`;
const LOG = ["get", "list", "create"]
  .map((verb) =>
    JSON.stringify({
      kind: "Event",
      stage: "ResponseComplete",
      stageTimestamp: "2026-03-01T10:00:00Z",
      verb,
      user: { username: "system:serviceaccount:shop:app" },
      objectRef: { resource: "pods", namespace: "shop", apiVersion: "v1" },
      annotations: { "authorization.k8s.io/decision": "allow" },
    }),
  )
  .join("\n");

suite("redoubt fix --audit-log", () => {
  test("takes out what nobody used, keeps comments, and then has nothing to fix", async (context) => {
    const folder = scratchFolder(context, { "rbac.yaml": RBAC });
    writeFileSync(`${folder}/audit.log.gz`, gzipSync(LOG));
    const fix = ["fix", `${folder}/rbac.yaml`, "--audit-log", `${folder}/audit.log.gz`, "--control", "rbac-041"];
    assert.equal((await captured(fix)).code, 1);
    const { code, stderr } = await captured([...fix, "--write"]);
    assert.equal(code, 0);
    assert.match(
      stderr,
      /take out watch, delete of the verbs of rule 0, secrets of the resources of rule 0 and rule 1/,
    );
    assert.match(stderr, /what its holders do seldom may not be in the log/);
    const fixed = readFileSync(`${folder}/rbac.yaml`, "utf8");
    assert.equal(
      fixed.slice(0, fixed.indexOf("---")),
      `${RBAC.slice(0, RBAC.indexOf("      - secrets"))}    verbs: [get, list]\n`,
    );
    assert.match((await captured(fix)).stderr, /^nothing to fix/);
  });
  test("leaves a role alone whose holder the log does not show", async (context) => {
    const folder = scratchFolder(context, { "rbac.yaml": RBAC, "audit.log": LOG.replaceAll(":app", ":other") });
    const { code, stdout } = await captured([
      "fix",
      `${folder}/rbac.yaml`,
      "--audit-log",
      `${folder}/audit.log`,
      "--control",
      "RBAC-041",
    ]);
    assert.deepEqual([code, stdout], [0, ""]);
  });
  test("needs the log for its control, and a whole one", async (context) => {
    const folder = scratchFolder(context, { "rbac.yaml": RBAC, "broken.log": `${LOG}\n{"cut` });
    const fix = (...words: readonly string[]): ReturnType<typeof captured> =>
      captured(["fix", `${folder}/rbac.yaml`, "--control", "RBAC-041", ...words]);
    const without = await fix();
    assert.equal(without.code, 2);
    assert.match(without.stderr, /RBAC-041 needs --audit-log/);
    assert.equal((await fix("--audit-log", `${folder}/broken.log`)).code, 3);
    assert.equal((await fix("--audit-log", `${folder}/missing.log`)).code, 2);
  });
});

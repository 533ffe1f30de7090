import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { scriptSecrets } from "./script-secrets.ts";

const leaks: readonly [script: string, line: number][] = [
  ["echo -n hunter2 | kubectl create secret generic x --from-file=password=/dev/stdin", 1],
  ["# setup\nkubectl create secret generic x \\\n  --from-literal=password=hunter2", 3],
  ["kubectl -n shop create secret generic x --from-literal password='hunter 2'", 1],
  ["docker login -u me -p hunter2 registry.example.com", 1],
  ["export DB_PASSWORD=hunter2", 1],
  ["DB_PASSWORD=hunter2 ./migrate", 1],
  ["vault kv put secret/db user=shop password=hunter2", 1],
  ["printf '%s' hunter2 | docker login --password-stdin -u me", 1],
];
const clean = [
  'echo -n "$PASSWORD" | kubectl create secret generic x --from-file=password=/dev/stdin',
  "kubectl create secret generic x --from-literal=password=$(pass show db)",
  'kubectl create secret generic x --from-literal=password="${DB_PASSWORD}"',
  "docker login -u me --password-stdin < token",
  'PASSWORD="$(openssl rand -base64 24)"',
  "PASSWORD=",
  "PASSWORD_FILE=/run/secrets/password",
  "export TOKEN_URL=https://example.com/token",
  "echo done | tee log",
  "kubectl get secret x -o yaml",
  "kubectl create secret generic x --from-literal=password=<password>",
  "# echo -n hunter2 | kubeseal --raw",
  "docker run -p 8080:80 web",
];

suite("secrets in scripts", () => {
  for (const [script, line] of leaks)
    test(`found: ${script.split("\n")[0] ?? ""}`, () => {
      const found = scriptSecrets(script);
      assert.deepEqual(
        found.map((secret) => secret.line),
        [line],
      );
      assert.ok(!JSON.stringify(found).includes("hunter"), "the value itself is never shown");
    });
  for (const script of clean) test(`not found: ${script}`, () => assert.deepEqual(scriptSecrets(script), []));
});

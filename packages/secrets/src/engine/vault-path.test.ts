import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type VaultMount, vaultKeyProblem, vaultReadPath } from "./vault-path.ts";

const mount = (path: string | undefined, version: "v1" | "v2" = "v2"): VaultMount => ({ path, version });

const cases: readonly [mount: VaultMount, key: string, reads: string, problem: string | undefined][] = [
  [mount("secret"), "database", "secret/data/database", undefined],
  [mount("secret"), "team/database", "secret/data/team/database", undefined],
  [mount("secret"), "secret/database", "secret/data/database", undefined],
  [mount("secret"), "secret/data/database", "secret/data/database", "doubled"],
  [mount("secret"), "data/database", "secret/data/data/database", "data-twice"],
  [mount("secret"), "dataset/database", "secret/data/dataset/database", undefined],
  [mount("secret"), "secrets/database", "secret/data/secrets/database", undefined],
  [mount("team/kv"), "team/kv/data/database", "team/kv/data/database", "doubled"],
  [mount("secret", "v1"), "secret/database", "secret/database", undefined],
  [mount("secret", "v1"), "data/database", "secret/data/database", undefined],
  [mount(undefined), "secret/database", "secret/data/database", undefined],
  [mount(undefined), "secret/data/database", "secret/data/database", undefined],
  [mount(undefined), "secret", "secret/data", "mount-only"],
  [mount(undefined, "v1"), "secret/database", "secret/database", undefined],
];

suite("the path that External Secrets reads from Vault", () => {
  for (const [given, key, reads, problem] of cases)
    test(`${key} in ${given.path ?? "no mount"} (${given.version})`, () => {
      assert.equal(vaultReadPath(given, key), reads);
      const found = vaultKeyProblem(given, key);
      assert.equal(found?.kind, problem);
      if (found?.kind === "doubled") assert.equal(vaultReadPath(given, found.shortened), reads);
    });
});

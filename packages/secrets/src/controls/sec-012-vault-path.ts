import type { Control, Failure } from "@redoubt/control";
import { type ClusterSnapshot, type KubeObject, type Path, listAt, stringAt } from "@redoubt/kube";
import { type VaultMount, vaultKeyProblem } from "../engine/vault-path.ts";
import { externalSecretsOf, findStore, providerOf, storeReferences } from "../model/external-secret.ts";

const STORE = `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
  namespace: shop
spec:
  provider:
    vault:
      server: https://vault.example.com:8200
      path: secret
      version: v2
      auth:
        kubernetes:
          mountPath: kubernetes
          role: shop
---
`;

export const vaultPathOnce: Control = {
  id: "SEC-012",
  title: "Vault keys do not repeat the mount or data/",
  layer: "application",
  item: "secrets-at-rest",
  severity: "medium",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K03" }],
  rationale:
    "External Secrets builds the path itself: the store's path, then data/ for KV version 2, then the key. A key that repeats them reads another place than it says, or works only because the operator guesses what was meant.",
  remediation:
    "Write the key as vault kv get takes it, without the mount: with path secret, secret/data/database is just database.",
  examples: {
    failing: `${STORE}apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: database
  namespace: shop
spec:
  secretStoreRef:
    name: vault
  data:
  - secretKey: password
    remoteRef:
      key: secret/data/database
      property: password
`,
    passing: `${STORE}apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: database
  namespace: shop
spec:
  secretStoreRef:
    name: vault
  data:
  - secretKey: password
    remoteRef:
      key: database
      property: password
`,
  },
  fixable: true,
  check(snapshot, report) {
    for (const secret of externalSecretsOf(snapshot)) {
      const mount = mountOf(snapshot, secret);
      if (mount === undefined) continue;
      const failures = keysOf(secret).flatMap(({ key, path }) => failureFor(mount, key, path));
      if (failures.length === 0) report.pass(secret);
      for (const failure of failures) report.fail(secret, failure);
    }
  },
};

function mountOf(snapshot: ClusterSnapshot, secret: KubeObject<object>): VaultMount | undefined {
  const [reference] = storeReferences(secret);
  const store = reference === undefined ? undefined : findStore(snapshot, reference, secret.namespace);
  const provider = store === undefined ? undefined : providerOf(store);
  if (store === undefined || provider?.name !== "vault") return undefined;
  const version = stringAt(store.value, [...provider.path, "version"]) ?? "v2";
  return { path: stringAt(store.value, [...provider.path, "path"]), version: version === "v1" ? "v1" : "v2" };
}

function keysOf({ value }: KubeObject<object>): readonly { key: string; path: Path }[] {
  const places: Path[] = [
    ...listAt(value, ["spec", "data"]).map((_, index): Path => ["spec", "data", index, "remoteRef", "key"]),
    ...listAt(value, ["spec", "dataFrom"]).map((_, index): Path => ["spec", "dataFrom", index, "extract", "key"]),
    ...listAt(value, ["spec", "dataFrom"]).map((_, index): Path => ["spec", "dataFrom", index, "key"]),
  ];
  return places.flatMap((path) => {
    const key = stringAt(value, path);
    return key === undefined ? [] : [{ key, path }];
  });
}

function failureFor(mount: VaultMount, key: string, path: Path): readonly Failure[] {
  const problem = vaultKeyProblem(mount, key);
  if (problem === undefined) return [];
  switch (problem.kind) {
    case "doubled":
      return [
        {
          message: `key ${JSON.stringify(key)} repeats the store's path and the data/ of KV version 2, both of which External Secrets adds itself (doubled, ${mount.path ?? ""}/data/${key}); it takes the repetition away again and reads ${problem.reads}: write ${JSON.stringify(problem.shortened)}`,
          path,
          fix: {
            description: `Shortens the key to ${problem.shortened}, which reads the same place.`,
            edits: [{ op: "set", path, value: problem.shortened }],
          },
        },
      ];
    case "data-twice":
      return [
        {
          message: `key ${JSON.stringify(key)} begins with data/, which External Secrets adds itself: it reads ${problem.reads}, where nothing lies unless a folder is really called data; write ${JSON.stringify(problem.shortened)}`,
          path,
          severity: "high",
        },
      ];
    case "mount-only":
      break;
  }
  return [
    {
      message: `the store has no path, so key ${JSON.stringify(key)} is taken for the mount and ${problem.reads} is read, which is no secret`,
      path,
      severity: "high",
    },
  ];
}

import type { Control } from "@redoubt/control";
import { type Path, isJsonObject } from "@redoubt/kube";
import { storesOf } from "../model/external-secret.ts";

const EXAMPLE = (namespace: string): string => `apiVersion: external-secrets.io/v1
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
          serviceAccountRef:
            name: vault-auth
${namespace}`;

export const storeStaysInNamespace: Control = {
  id: "SEC-018",
  title: "A SecretStore uses accounts and Secrets of its own namespace",
  layer: "application",
  item: "secrets-at-rest",
  severity: "medium",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K03" }],
  rationale:
    "A namespaced store must not borrow another namespace's identity; External Secrets refuses one that names another namespace, and the store never becomes ready.",
  remediation: "Remove the namespace from the reference, or use a ClusterSecretStore with conditions.",
  examples: { failing: EXAMPLE("            namespace: platform\n"), passing: EXAMPLE("") },
  fixable: false,
  check(snapshot, report) {
    for (const store of storesOf(snapshot)) {
      if (store.kind !== "SecretStore") continue;
      const foreign = namespacesIn(store.value, []).filter(({ namespace }) => namespace !== store.namespace);
      if (foreign.length === 0) report.pass(store);
      for (const { namespace, path } of foreign)
        report.fail(store, {
          message: `${path.at(-2) ?? "a reference"} names namespace ${namespace}, but a SecretStore in ${store.namespace} may only use its own`,
          path,
        });
    }
  },
};

/** References (`...Ref`, `caProvider`) below spec.provider that name a namespace. Vault's own `namespace` is not one. */
function namespacesIn(value: unknown, path: Path): readonly { namespace: string; path: Path }[] {
  if (path.length > 12) return [];
  if (Array.isArray(value)) return value.flatMap((item: unknown, index) => namespacesIn(item, [...path, index]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const last = path.at(-1);
    if (key === "namespace" && typeof item === "string" && typeof last === "string" && /Ref$|^caProvider$/.test(last))
      return [{ namespace: item, path: [...path, key] }];
    return namespacesIn(item, [...path, key]);
  });
}

import type { Control } from "@redoubt/control";
import { type KubeObject, type Path, valueAt, isJsonObject } from "@redoubt/kube";
import { providerOf, storesOf } from "../model/external-secret.ts";

/** Below a provider: where a login lies that does not expire by itself. */
const STATIC_LOGINS: Readonly<Record<string, readonly { readonly path: Path; readonly what: string }[]>> = {
  vault: [
    { path: ["auth", "tokenSecretRef"], what: "a Vault token from a Secret" },
    { path: ["auth", "appRole", "secretRef"], what: "an AppRole secret id from a Secret" },
    { path: ["auth", "userPass", "secretRef"], what: "a user name and password" },
    { path: ["auth", "ldap", "secretRef"], what: "an LDAP password" },
  ],
  aws: [{ path: ["auth", "secretRef"], what: "an AWS access key from a Secret" }],
  gcpsm: [{ path: ["auth", "secretRef"], what: "a Google service account key from a Secret" }],
  azurekv: [{ path: ["authSecretRef"], what: "an Azure client secret from a Secret" }],
};

const EXAMPLE = (auth: string): string => `apiVersion: external-secrets.io/v1
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
${auth}`;

export const storeLoginShortLived: Control = {
  id: "SEC-015",
  title: "Secret stores are opened with short-lived workload identity",
  layer: "application",
  item: "secrets-at-rest",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.007" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "A token or key in a Secret opens the store for whoever reads that one Secret, from anywhere, until somebody notices. A ServiceAccount's token is bound to the cluster and expires.",
  remediation:
    "Use the provider's workload identity: Vault's kubernetes or jwt auth, IRSA or Pod Identity, Workload Identity.",
  examples: {
    failing: EXAMPLE(`        tokenSecretRef:
          name: vault-token
          key: token
`),
    passing: EXAMPLE(`        kubernetes:
          mountPath: kubernetes
          role: shop
          serviceAccountRef:
            name: vault-auth
`),
  },
  fixable: false,
  check(snapshot, report) {
    for (const store of storesOf(snapshot)) {
      const provider = providerOf(store);
      if (provider === undefined || !Object.hasOwn(STATIC_LOGINS, provider.name)) continue;
      const logins = (STATIC_LOGINS[provider.name] ?? []).filter(({ path }) =>
        isSet(store, [...provider.path, ...path]),
      );
      if (logins.length === 0) report.pass(store);
      for (const { path, what } of logins)
        report.fail(store, {
          message: `this store logs in with ${what}, which does not expire by itself`,
          path: [...provider.path, ...path],
        });
    }
  },
};

function isSet({ value }: KubeObject<object>, path: Path): boolean {
  return isJsonObject(value) && isJsonObject(valueAt(value, path));
}

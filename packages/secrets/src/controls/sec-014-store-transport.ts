import type { Control } from "@redoubt/control";
import { type Path, isJsonObject } from "@redoubt/kube";
import { providerOf, storesOf } from "../model/external-secret.ts";

const EXAMPLE = (server: string): string => `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
  namespace: shop
spec:
  provider:
    vault:
      server: ${server}
      path: secret
      version: v2
      auth:
        kubernetes:
          mountPath: kubernetes
          role: shop
`;

export const storeTransportEncrypted: Control = {
  id: "SEC-014",
  title: "Secret stores are reached over TLS",
  layer: "application",
  item: "secrets-at-rest",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1557" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale: "Over plain HTTP the operator's login and every secret it reads can be seen and changed on the way.",
  remediation: "Use an https:// address, with caBundle or caProvider where the certificate is from a CA of your own.",
  examples: { failing: EXAMPLE("http://vault.vault.svc:8200"), passing: EXAMPLE("https://vault.vault.svc:8200") },
  fixable: false,
  check(snapshot, report) {
    for (const store of storesOf(snapshot)) {
      const provider = providerOf(store);
      if (provider === undefined) continue;
      const plain = stringsIn(store.value, []).filter(
        ({ text }) => /^http:\/\//i.test(text) && !/^http:\/\/(?:localhost|127\.|\[::1\])/i.test(text),
      );
      if (plain.length === 0) report.pass(store);
      for (const { text, path } of plain)
        report.fail(store, {
          message: `provider ${provider.name} is reached at ${hostOf(text)} over plain HTTP`,
          path,
        });
    }
  },
};

/** Every string below spec.provider, with its path. */
function stringsIn(value: unknown, path: Path): readonly { text: string; path: Path }[] {
  if (typeof value === "string") return path[0] === "spec" && path[1] === "provider" ? [{ text: value, path }] : [];
  if (path.length > 12) return [];
  if (Array.isArray(value)) return value.flatMap((item: unknown, index) => stringsIn(item, [...path, index]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => stringsIn(item, [...path, key]));
}

/** The address without a login or query that may be part of it. */
function hostOf(url: string): string {
  return /^http:\/\/(?:[^@/]*@)?([^/?#]*)/i.exec(url)?.[1] ?? "";
}

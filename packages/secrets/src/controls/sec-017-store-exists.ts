import type { Control } from "@redoubt/control";
import { externalSecretsOf, findStore, storeReferences, storesOf } from "../model/external-secret.ts";

const STORE = (namespace: string): string => `apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
  namespace: ${namespace}
spec:
  provider:
    vault:
      server: https://vault.example.com:8200
      path: secret
      version: v2
---
apiVersion: external-secrets.io/v1
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
`;

export const storeReferencesResolve: Control = {
  id: "SEC-017",
  title: "External secrets name a store that they can use",
  layer: "application",
  item: "secrets-at-rest",
  severity: "medium",
  references: [],
  rationale:
    "A SecretStore serves its own namespace only, and the kind must be right. An ExternalSecret without its store makes no Secret, or leaves an old one unrefreshed.",
  remediation: "Name a SecretStore of the same namespace, or set kind: ClusterSecretStore.",
  examples: { failing: STORE("platform"), passing: STORE("shop") },
  fixable: false,
  check(snapshot, report) {
    for (const secret of externalSecretsOf(snapshot))
      for (const reference of storeReferences(secret)) {
        if (findStore(snapshot, reference, secret.namespace) !== undefined) {
          report.pass(secret);
          continue;
        }
        const namesake = storesOf(snapshot).find(({ name }) => name === reference.name);
        const path = [...reference.path, "name"];
        if (namesake === undefined)
          report.unknown(secret, {
            message: `${reference.kind} ${reference.name} is not among what was given`,
            needs: `the ${reference.kind}, as a file or from a live cluster`,
            path,
          });
        else if (namesake.kind !== reference.kind)
          report.fail(secret, {
            message: `${reference.name} is a ${namesake.kind}, not a ${reference.kind}: set secretStoreRef.kind`,
            path,
          });
        else
          report.fail(secret, {
            message: `SecretStore ${reference.name} is in namespace ${namesake.namespace}: one in ${secret.namespace} cannot use it`,
            path,
          });
      }
  },
};

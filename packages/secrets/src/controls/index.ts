import type { Control } from "@redoubt/control";
import { noPlainSecretsInFiles } from "./sec-001-plain-secret.ts";
import { noAccountTokenSecrets } from "./sec-002-account-token-secret.ts";
import { noWellKnownPasswords } from "./sec-003-well-known-password.ts";
import { noCredentialsInConfigMaps } from "./sec-004-credential-in-config-map.ts";
import { noSecretsInAnnotations } from "./sec-005-last-applied.ts";
import { secretAccepted } from "./sec-006-secret-accepted.ts";
import { sealedItemsSealed } from "./sec-007-sealed-items.ts";
import { strictSealingScope } from "./sec-008-sealing-scope.ts";
import { noPlainValuesInTemplates } from "./sec-009-sealed-template.ts";
import { sealedIdentityComplete } from "./sec-010-sealed-identity.ts";
import { noPlainSiblings } from "./sec-011-plain-sibling.ts";
import { vaultPathOnce } from "./sec-012-vault-path.ts";
import { refreshIntervalSane } from "./sec-013-refresh-interval.ts";
import { storeTransportEncrypted } from "./sec-014-store-transport.ts";
import { storeLoginShortLived } from "./sec-015-store-static-login.ts";
import { clusterStoreLimited } from "./sec-016-cluster-store-conditions.ts";
import { storeReferencesResolve } from "./sec-017-store-exists.ts";
import { storeStaysInNamespace } from "./sec-018-store-namespaces.ts";
import { externalSecretPolicies } from "./sec-019-external-secret-policies.ts";
import { externalSecretsVersion } from "./sec-020-external-secrets-version.ts";
import { noSecretsInScripts } from "./sec-021-secret-in-script.ts";
import { sealedSecretsRelease } from "./sec-022-sealed-secrets-release.ts";

/** Every control of this layer, in id order. */
export const controls: readonly Control[] = [
  noPlainSecretsInFiles,
  noAccountTokenSecrets,
  noWellKnownPasswords,
  noCredentialsInConfigMaps,
  noSecretsInAnnotations,
  secretAccepted,
  sealedItemsSealed,
  strictSealingScope,
  noPlainValuesInTemplates,
  sealedIdentityComplete,
  noPlainSiblings,
  vaultPathOnce,
  refreshIntervalSane,
  storeTransportEncrypted,
  storeLoginShortLived,
  clusterStoreLimited,
  storeReferencesResolve,
  storeStaysInNamespace,
  externalSecretPolicies,
  externalSecretsVersion,
  noSecretsInScripts,
  sealedSecretsRelease,
];

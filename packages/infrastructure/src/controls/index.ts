import type { Control } from "@redoubt/control";
import { secretsEncryptedOnWrite } from "./inf-001-identity-first.ts";
import { encryptionCoversSecrets } from "./inf-002-secrets-covered.ts";
import { strongEncryptionProvider } from "./inf-003-strong-provider.ts";
import { noEncryptionKeysInFiles } from "./inf-004-keys-in-file.ts";
import { encryptionConfigurationValid } from "./inf-005-encryption-config-valid.ts";
import { encryptionConfigured } from "./inf-006-encryption-given.ts";
import { apiServerAccess } from "./inf-007-api-server-access.ts";
import { admissionPlugins } from "./inf-008-admission-plugins.ts";
import { auditFlags } from "./inf-009-audit-flags.ts";
import { apiServerTransport } from "./inf-010-api-server-transport.ts";
import { controllerCredentials } from "./inf-011-controller-credentials.ts";
import { componentPorts } from "./inf-012-component-ports.ts";
import { etcdTransport } from "./inf-013-etcd-transport.ts";
import { kubeletAccess } from "./inf-014-kubelet-access.ts";
import { kubeletHardening } from "./inf-015-kubelet-hardening.ts";
import { apiVersionsServed } from "./inf-016-api-versions.ts";
import { versionSkew } from "./inf-017-version-skew.ts";
import { dashboardClosed } from "./inf-018-dashboard.ts";

/** Every control of this layer, in id order. */
export const controls: readonly Control[] = [
  secretsEncryptedOnWrite,
  encryptionCoversSecrets,
  strongEncryptionProvider,
  noEncryptionKeysInFiles,
  encryptionConfigurationValid,
  encryptionConfigured,
  apiServerAccess,
  admissionPlugins,
  auditFlags,
  apiServerTransport,
  controllerCredentials,
  componentPorts,
  etcdTransport,
  kubeletAccess,
  kubeletHardening,
  apiVersionsServed,
  versionSkew,
  dashboardClosed,
];

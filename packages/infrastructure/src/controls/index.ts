import type { Control } from "@redoubt/control";
import { flagControl } from "../engine/flag-control.ts";
import { kubeletControl } from "../engine/kubelet-control.ts";
import { nodeFileControl } from "../engine/node-file-control.ts";
import { API_SERVER_SETTINGS } from "../settings/api-server.ts";
import { CONTROLLER_MANAGER_SETTINGS } from "../settings/controller-manager.ts";
import { KUBELET_SETTINGS } from "../settings/kubelet.ts";
import { NODE_FILE_SETTINGS } from "../settings/node-files.ts";
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
import { anonymousRequests } from "./inf-019-anonymous-requests.ts";
import { etcdOwnAuthority } from "./inf-037-etcd-own-authority.ts";
import { kubeProxyMetrics } from "./inf-043-kube-proxy-metrics.ts";
import { secretsStoredEncrypted } from "./inf-051-secrets-stored-encrypted.ts";
import { auditEventsRecorded } from "./inf-052-audit-events-recorded.ts";
import { kubernetesMaintained } from "./inf-053-kubernetes-maintained.ts";
import { runtimeMaintained } from "./inf-054-runtime-maintained.ts";
import { osMaintained } from "./inf-055-os-maintained.ts";
import { olderSecretsEncrypted } from "./inf-056-older-secrets-encrypted.ts";
import { oldKeysRemoved } from "./inf-057-old-keys-removed.ts";
import { strongEncryptionKeys } from "./inf-058-strong-keys.ts";

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
  anonymousRequests,
  ...API_SERVER_SETTINGS.map(flagControl),
  ...CONTROLLER_MANAGER_SETTINGS.map(flagControl),
  etcdOwnAuthority,
  ...KUBELET_SETTINGS.map(kubeletControl),
  kubeProxyMetrics,
  ...NODE_FILE_SETTINGS.map(nodeFileControl),
  secretsStoredEncrypted,
  auditEventsRecorded,
  kubernetesMaintained,
  runtimeMaintained,
  osMaintained,
  olderSecretsEncrypted,
  oldKeysRemoved,
  strongEncryptionKeys,
];

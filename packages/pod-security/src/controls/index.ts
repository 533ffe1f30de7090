import type { Control } from "@redoubt/control";
import { privilegedContainer } from "./pod-001-privileged-container.ts";
import { hostPid } from "./pod-002-host-pid.ts";
import { hostIpc } from "./pod-003-host-ipc.ts";
import { hostNetwork } from "./pod-004-host-network.ts";
import { hostPort } from "./pod-005-host-port.ts";
import { runtimeSocket } from "./pod-006-runtime-socket.ts";
import { sensitiveHostPath } from "./pod-007-sensitive-host-path.ts";
import { hostPath } from "./pod-008-host-path.ts";
import { dangerousCapabilities } from "./pod-009-dangerous-capabilities.ts";
import { procMount } from "./pod-010-proc-mount.ts";
import { seLinuxOptions } from "./pod-011-selinux-options.ts";
import { appArmorUnconfined } from "./pod-012-apparmor-unconfined.ts";
import { seccompUnconfined } from "./pod-013-seccomp-unconfined.ts";
import { unsafeSysctls } from "./pod-014-unsafe-sysctls.ts";
import { windowsHostProcess } from "./pod-015-windows-host-process.ts";
import { probeHost } from "./pod-016-probe-host.ts";
import { privilegeEscalation } from "./pod-017-privilege-escalation.ts";
import { dropCapabilities } from "./pod-018-drop-capabilities.ts";
import { addedCapabilities } from "./pod-019-added-capabilities.ts";
import { runAsNonRoot } from "./pod-020-run-as-non-root.ts";
import { runAsUser } from "./pod-021-run-as-user.ts";
import { seccompProfile } from "./pod-022-seccomp-profile.ts";
import { volumeTypes } from "./pod-023-volume-types.ts";
import { readOnlyRootFilesystem } from "./pod-024-read-only-root-filesystem.ts";
import { tokenAutomount } from "./pod-025-token-automount.ts";
import { accountTokenAutomount } from "./pod-026-account-token-automount.ts";
import { defaultServiceAccount } from "./pod-027-default-service-account.ts";
import { lowUserId } from "./pod-028-low-user-id.ts";
import { rootGroups } from "./pod-029-root-groups.ts";
import { memoryLimit } from "./pod-030-memory-limit.ts";
import { cpuLimit } from "./pod-031-cpu-limit.ts";
import { ephemeralStorageLimit } from "./pod-032-ephemeral-storage-limit.ts";
import { resourceRequests } from "./pod-033-resource-requests.ts";
import { requestAboveLimit } from "./pod-034-request-above-limit.ts";
import { secretInEnvironment } from "./pod-035-secret-in-environment.ts";
import { literalCredential } from "./pod-036-literal-credential.ts";
import { sharedProcessNamespace } from "./pod-037-shared-process-namespace.ts";
import { projectedToken } from "./pod-038-projected-token.ts";
import { hostAliases } from "./pod-039-host-aliases.ts";
import { danglingMount } from "./pod-040-dangling-mount.ts";
import { missingServiceAccount } from "./pod-041-missing-service-account.ts";
import { nakedPod } from "./pod-042-naked-pod.ts";
import { missingProbes } from "./pod-043-missing-probes.ts";
import { shellProbe } from "./pod-044-shell-probe.ts";
import { ephemeralContainer } from "./pod-045-ephemeral-container.ts";
import { staleImage } from "./pod-046-stale-image.ts";
import { profileAnnotations } from "./pod-047-profile-annotations.ts";
import { deprecatedServiceAccount } from "./pod-048-deprecated-service-account.ts";
import { nodeName } from "./pod-049-node-name.ts";
import { controlPlaneToleration } from "./pod-050-control-plane-toleration.ts";
import { systemPriority } from "./pod-051-system-priority.ts";
import { defaultNamespace } from "./pod-052-default-namespace.ts";
import { kubeSystemApplication } from "./pod-053-kube-system-application.ts";
import { sshServer } from "./pod-054-ssh-server.ts";
import { privilegedPort } from "./pod-055-privileged-port.ts";
import { hostTakeover } from "./pod-056-host-takeover.ts";
import { dockerInDocker } from "./pod-057-docker-in-docker.ts";
import { jobDeadline } from "./pod-058-job-deadline.ts";
import { namespaceEnforcement } from "./pod-059-namespace-enforcement.ts";
import { namespaceLabels } from "./pod-060-namespace-labels.ts";
import { namespaceWarnings } from "./pod-061-namespace-warnings.ts";
import { namespaceVersion } from "./pod-062-namespace-version.ts";
import { userNamespace } from "./pod-063-user-namespace.ts";
import { windowsOs } from "./pod-064-windows-os.ts";
import { hostPathPersistentVolume } from "./pod-065-host-path-volume.ts";
import { mountPropagation } from "./pod-066-mount-propagation.ts";
import { downloadedCode } from "./pod-067-downloaded-code.ts";
import { podSecurityPolicies } from "./psp-001-pod-security-policies.ts";

/** Every control of this layer, in id order. */
export const controls: readonly Control[] = [
  privilegedContainer,
  hostPid,
  hostIpc,
  hostNetwork,
  hostPort,
  runtimeSocket,
  sensitiveHostPath,
  hostPath,
  dangerousCapabilities,
  procMount,
  seLinuxOptions,
  appArmorUnconfined,
  seccompUnconfined,
  unsafeSysctls,
  windowsHostProcess,
  probeHost,
  privilegeEscalation,
  dropCapabilities,
  addedCapabilities,
  runAsNonRoot,
  runAsUser,
  seccompProfile,
  volumeTypes,
  readOnlyRootFilesystem,
  tokenAutomount,
  accountTokenAutomount,
  defaultServiceAccount,
  lowUserId,
  rootGroups,
  memoryLimit,
  cpuLimit,
  ephemeralStorageLimit,
  resourceRequests,
  requestAboveLimit,
  secretInEnvironment,
  literalCredential,
  sharedProcessNamespace,
  projectedToken,
  hostAliases,
  danglingMount,
  missingServiceAccount,
  nakedPod,
  missingProbes,
  shellProbe,
  ephemeralContainer,
  staleImage,
  profileAnnotations,
  deprecatedServiceAccount,
  nodeName,
  controlPlaneToleration,
  systemPriority,
  defaultNamespace,
  kubeSystemApplication,
  sshServer,
  privilegedPort,
  hostTakeover,
  dockerInDocker,
  jobDeadline,
  namespaceEnforcement,
  namespaceLabels,
  namespaceWarnings,
  namespaceVersion,
  userNamespace,
  windowsOs,
  hostPathPersistentVolume,
  mountPropagation,
  downloadedCode,
  podSecurityPolicies,
];

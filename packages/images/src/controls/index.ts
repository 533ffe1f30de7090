import type { Control } from "@redoubt/control";
import { noLatestTag } from "./img-001-latest-tag.ts";
import { imagesByDigest } from "./img-002-digest.ts";
import { registryNamed } from "./img-003-registry-named.ts";
import { imageReferenceValid } from "./img-004-valid-reference.ts";
import { imagesScanned } from "./img-005-scan-exists.ts";
import { scanCanFail } from "./img-006-scan-can-fail.ts";
import { scanThreshold } from "./img-007-scan-threshold.ts";
import { scanAlwaysRuns } from "./img-008-scan-always-runs.ts";
import { scanBeforeDeploy } from "./img-009-scan-before-deploy.ts";
import { jobImagesPinned } from "./img-010-job-images.ts";
import { secretsNotPrinted } from "./img-011-secrets-printed.ts";
import { buildsUnprivileged } from "./img-012-privileged-builds.ts";
import { noPipelineCredentials } from "./img-013-pipeline-credentials.ts";
import { actionsPinned } from "./img-014-pinned-actions.ts";
import { workflowPermissions } from "./img-015-workflow-permissions.ts";
import { noUntrustedCheckout } from "./img-016-untrusted-checkout.ts";
import { noScriptInjection } from "./img-017-script-injection.ts";
import { dockerfileUser } from "./img-018-dockerfile-user.ts";
import { dockerfileBase } from "./img-019-dockerfile-base.ts";
import { noUnverifiedDownloads } from "./img-020-remote-code.ts";
import { signByDigest } from "./img-021-sign-by-digest.ts";
import { signingKeyProtected } from "./img-022-signing-key.ts";
import { verificationStrict } from "./img-023-weak-verification.ts";

/** Every control of this layer, in id order. */
export const controls: readonly Control[] = [
  noLatestTag,
  imagesByDigest,
  registryNamed,
  imageReferenceValid,
  imagesScanned,
  scanCanFail,
  scanThreshold,
  scanAlwaysRuns,
  scanBeforeDeploy,
  jobImagesPinned,
  secretsNotPrinted,
  buildsUnprivileged,
  noPipelineCredentials,
  actionsPinned,
  workflowPermissions,
  noUntrustedCheckout,
  noScriptInjection,
  dockerfileUser,
  dockerfileBase,
  noUnverifiedDownloads,
  signByDigest,
  signingKeyProtected,
  verificationStrict,
];

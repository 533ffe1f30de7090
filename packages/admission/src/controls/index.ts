import type { Control } from "@redoubt/control";
import { webhooksFailClosed } from "./adm-001-fails-open.ts";
import { webhookNotBypassedByLabel } from "./adm-002-label-bypass.ts";
import { webhookCannotDeadlock } from "./adm-003-webhook-deadlock.ts";
import { webhookTimeout } from "./adm-004-webhook-timeout.ts";
import { webhookAccepted } from "./adm-005-webhook-accepted.ts";
import { matchPolicyEquivalent } from "./adm-006-match-policy.ts";
import { webhookRulesNamed } from "./adm-007-webhook-everything.ts";
import { ephemeralContainersCovered } from "./adm-008-ephemeral-containers.ts";
import { policiesBound } from "./adm-009-policy-bound.ts";
import { bindingsDeny } from "./adm-010-binding-denies.ts";
import { policiesFailClosed } from "./adm-011-policy-fails-open.ts";
import { templatesUsed } from "./adm-012-template-used.ts";
import { constraintsEnforced } from "./adm-013-constraint-enforced.ts";
import { templatesAccepted } from "./adm-014-template-accepted.ts";
import { regoFunctionsKnown } from "./adm-015-rego-unknown-function.ts";
import { regoWildcardsBound } from "./adm-016-rego-wildcards.ts";
import { regoOptionalFields } from "./adm-017-rego-optional-field.ts";
import { regoAllContainers } from "./adm-018-rego-containers.ts";
import { regoSaysEarly } from "./adm-019-rego-pods-only.ts";
import { regoVersionCurrent } from "./adm-020-rego-version.ts";
import { podSecurityExemptions } from "./adm-021-pod-security-exemptions.ts";
import { admissionGiven } from "./adm-022-admission-given.ts";

/** Every control of this layer, in id order. */
export const controls: readonly Control[] = [
  webhooksFailClosed,
  webhookNotBypassedByLabel,
  webhookCannotDeadlock,
  webhookTimeout,
  webhookAccepted,
  matchPolicyEquivalent,
  webhookRulesNamed,
  ephemeralContainersCovered,
  policiesBound,
  bindingsDeny,
  policiesFailClosed,
  templatesUsed,
  constraintsEnforced,
  templatesAccepted,
  regoFunctionsKnown,
  regoWildcardsBound,
  regoOptionalFields,
  regoAllContainers,
  regoSaysEarly,
  regoVersionCurrent,
  podSecurityExemptions,
  admissionGiven,
];

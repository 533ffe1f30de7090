import type { Control } from "@redoubt/control";
import { secretReadsLogged } from "./aud-001-secret-reads.ts";
import { sensitiveBodiesKeptOut } from "./aud-002-sensitive-bodies.ts";
import { catchAllPresent } from "./aud-003-catch-all.ts";
import { rulesReachable } from "./aud-004-unreachable-rules.ts";
import { writesNotDropped } from "./aud-005-writes-dropped.ts";
import { execLogged } from "./aud-006-exec-logged.ts";
import { rbacChangesLogged } from "./aud-007-rbac-changes.ts";
import { outcomesRecorded } from "./aud-008-outcome-stages.ts";
import { policyFieldsKnown } from "./aud-009-unknown-fields.ts";
import { auditPolicyValid } from "./aud-010-policy-valid.ts";
import { rulesMatchAsWritten } from "./aud-011-rules-match-as-written.ts";
import { auditPolicyGiven } from "./aud-012-policy-given.ts";

/** Every control of this layer, in id order. */
export const controls: readonly Control[] = [
  secretReadsLogged,
  sensitiveBodiesKeptOut,
  catchAllPresent,
  rulesReachable,
  writesNotDropped,
  execLogged,
  rbacChangesLogged,
  outcomesRecorded,
  policyFieldsKnown,
  auditPolicyValid,
  rulesMatchAsWritten,
  auditPolicyGiven,
];

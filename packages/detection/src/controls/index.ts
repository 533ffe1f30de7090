import type { Control } from "@redoubt/control";
import { macrosDefined } from "./det-001-macros-defined.ts";
import { listsDefined } from "./det-002-lists-defined.ts";
import { rulesComplete } from "./det-003-rule-complete.ts";
import { conditionsParse } from "./det-004-condition-parses.ts";
import { outputsTellWhere } from "./det-005-output-context.ts";
import { defaultRulesKept } from "./det-006-default-rule-replaced.ts";
import { rulesEnabled } from "./det-007-rule-disabled.ts";
import { noDeprecatedSyntax } from "./det-008-deprecated-syntax.ts";
import { rulesTagged } from "./det-009-rule-tags.ts";
import { sensorOnEveryNode } from "./det-010-sensor-runs.ts";
import { alertsLeaveTheCluster } from "./det-011-alerts-leave.ts";

/** Every control of this layer, in id order. */
export const controls: readonly Control[] = [
  macrosDefined,
  listsDefined,
  rulesComplete,
  conditionsParse,
  outputsTellWhere,
  defaultRulesKept,
  rulesEnabled,
  noDeprecatedSyntax,
  rulesTagged,
  sensorOnEveryNode,
  alertsLeaveTheCluster,
];

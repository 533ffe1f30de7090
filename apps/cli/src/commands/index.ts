import type { Command } from "../command.ts";
import { complete, completion, help, version } from "./about.ts";
import { checklist } from "./checklist.ts";
import { controls } from "./controls.ts";
import { explain } from "./explain.ts";
import { fix } from "./fix.ts";
import { policyBench } from "./policy-bench.ts";
import { policyCheck } from "./policy-check.ts";
import { policyCoverage } from "./policy-coverage.ts";
import { policyEval } from "./policy-eval.ts";
import { policyFmt } from "./policy-fmt.ts";
import { paths } from "./paths.ts";
import { policyParse } from "./policy-parse.ts";
import { policyTest } from "./policy-test.ts";
import { podSecurityCheck, podSecurityMigrate } from "./pod-security.ts";
import { rbacCanI, rbacDiff, rbacGraph, rbacRolesOf, rbacSubjects, rbacWhoCan } from "./rbac.ts";
import { rbacGenerate } from "./rbac-generate.ts";
import { rbacForScan } from "./rbac-for-scan.ts";
import { scan } from "./scan.ts";
import { snapshot } from "./snapshot.ts";

/** In the order of help. */
export const commands: readonly Command[] = [
  scan,
  fix,
  checklist,
  explain,
  controls,
  paths,
  podSecurityCheck,
  podSecurityMigrate,
  rbacCanI,
  rbacWhoCan,
  rbacSubjects,
  rbacRolesOf,
  rbacDiff,
  rbacGraph,
  rbacGenerate,
  policyEval,
  policyTest,
  policyCheck,
  policyFmt,
  policyCoverage,
  policyParse,
  policyBench,
  snapshot,
  rbacForScan,
  completion,
  version,
  help,
  complete,
];

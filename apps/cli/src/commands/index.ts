import type { Command } from "../command.ts";
import { complete, completion, help, version } from "./about.ts";
import { checklist } from "./checklist.ts";
import { controls } from "./controls.ts";
import { explain } from "./explain.ts";
import { fix } from "./fix.ts";
import { policyBench } from "./policy-bench.ts";
import { policyCheck } from "./policy-check.ts";
import { policyCoverage } from "./policy-coverage.ts";
import { policyDecide } from "./policy-decide.ts";
import { policyEval } from "./policy-eval.ts";
import { policyFmt } from "./policy-fmt.ts";
import { policyGenerateVap } from "./policy-generate-vap.ts";
import { paths } from "./paths.ts";
import { policyParse } from "./policy-parse.ts";
import { policyPreview } from "./policy-preview.ts";
import { policyReplay } from "./policy-replay.ts";
import { policyTest } from "./policy-test.ts";
import { policyVerify } from "./policy-verify.ts";
import { podSecurityCheck, podSecurityMigrate } from "./pod-security.ts";
import { rbacCanI, rbacDiff, rbacGraph, rbacRolesOf, rbacSubjects, rbacWhoCan } from "./rbac.ts";
import { rbacGenerate } from "./rbac-generate.ts";
import { rbacForScan } from "./rbac-for-scan.ts";
import { scan } from "./scan.ts";
import { serve } from "./serve.ts";
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
  policyVerify,
  policyDecide,
  policyPreview,
  policyReplay,
  policyGenerateVap,
  serve,
  snapshot,
  rbacForScan,
  completion,
  version,
  help,
  complete,
];

export {
  type SuiteReport,
  type Unpassed,
  formatCounts,
  formatJsonReport,
  formatReport,
  runSuite,
} from "./run-suite.ts";
export { type CaseResult, type Suite, failed, passed, skipped } from "./suite.ts";
export { SUITES } from "./suites/index.ts";

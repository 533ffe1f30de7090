export { controls } from "./controls/index.ts";
export type { TemplateEngine } from "./engine/gatekeeper/constraints.ts";
export {
  type CaseVerdict,
  type ReadObjects,
  type Suite,
  type SuiteOptions,
  type SuiteTest,
  type TestVerdict,
  enginesOf,
  isSuite,
  readSuite,
  runSuiteTest,
} from "./engine/gatekeeper/suite.ts";

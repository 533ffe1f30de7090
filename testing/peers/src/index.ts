export {
  GATOR,
  type GoTool,
  HELM,
  KUBECTL_WHO_CAN,
  KUBE_SCORE,
  OPA,
  cacheFolder,
  findGoCommand,
  findGoTool,
} from "./go-tools.ts";
export {
  type OpaAnswer,
  type OpaEvaluation,
  type OpaFailure,
  type OpaMeasurement,
  type OpaPolicy,
  type OpaResult,
  OpaRunner,
} from "./opa-runner.ts";
export { SeededRandom } from "./seeded-random.ts";

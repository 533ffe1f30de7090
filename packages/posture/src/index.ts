export { judgePodSecurity } from "./admission/judge-pod-security.ts";
export { type AssessOptions, assess } from "./assess.ts";
export { type Baseline, type BaselineState, parseBaseline, writeBaseline } from "./baseline.ts";
export { type ControlLookup, catalogue, findControl } from "./catalogue.ts";
export { CHECKLIST, type ChecklistItem, type Requirement } from "./checklist-items.ts";
export { DRIFT_CATALOGUE, driftControls } from "./drift/drift-controls.ts";
export type { DriftScope } from "./drift/pairing.ts";
export { type ExceptionList, parseExceptions } from "./exception-file.ts";
export type { Exception, ExceptionUse } from "./exception.ts";
export { type ExitCode, type GateOptions, exitCode } from "./exit-code.ts";
export { findingIdentity } from "./finding-identity.ts";
export { unifiedDiff } from "./fix/diff.ts";
export { type AppliedFix, type FixOptions, type FixPlan, type RefusedFix, fixSnapshot } from "./fix/fix-snapshot.ts";
export { type FixedFile, type WriteResult, writeFixedFiles } from "./fix/write-files.ts";
export { GRAPH_FORMATS, type Graph, type GraphEdge, type GraphFormat, type GraphNode } from "./graph/graph.ts";
export { renderGraph } from "./graph/graph-text.ts";
export { atLeast, isSeverity } from "./order.ts";
export {
  type ChecklistEvidence,
  type ChecklistResult,
  type ControlSummary,
  type Coverage,
  type ItemScore,
  type Report,
  type ReportedFinding,
  type RequirementResult,
  type Score,
  isIncomplete,
  isOpen,
  openBySeverity,
} from "./report.ts";
export { REPORT_FORMATS, type ReportFormat, isReportFormat, reporters } from "./reporters/formats.ts";
export { type Paint, type Reporter, type ReporterOptions } from "./reporters/reporter.ts";
export { checklistTable } from "./reporters/table.ts";
export type { AttackEdge, AttackGraph, AttackNode, Remedy, StoppedEdge } from "./paths/attack-graph.ts";
export { attackGraph } from "./paths/build-graph.ts";
export { type PathCut, type PricedRemedy, cutPaths } from "./paths/cut.ts";
export { EDGE_KINDS, EDGE_KIND_NAMES, type EdgeKind, type OwnEdgeKind } from "./paths/edge-kinds.ts";
export { type FoundPath, type PathQuery, type PathReport, findPaths, namesLike } from "./paths/find-paths.ts";
export { applyRemedies, describeRemedy } from "./paths/remedies.ts";
export { PATH_FORMATS, type PathFormat, renderPaths } from "./paths/render-paths.ts";

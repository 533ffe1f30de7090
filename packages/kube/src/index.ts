export {
  type Diagnostic,
  type Position,
  type Region,
  RedoubtError,
  formatDiagnostic,
  formatPlace,
} from "./diagnostic.ts";
export type { Edit } from "./edit.ts";
export type * from "./gen/types.ts";
export {
  type JsonObject,
  type JsonValue,
  type Path,
  isJsonObject,
  toFieldPath,
  toJsonPointer,
  valueAt,
} from "./json.ts";
export { asJson, integerValue, jsonText, parseJson } from "./exact-json.ts";
export {
  type Artifact,
  type ArtifactType,
  type KubeObject,
  type ObjectReference,
  type Resource,
  describeResource,
} from "./object.ts";
export type { ClusterOrigin, FileOrigin, Origin } from "./origin.ts";
export { snapshotModel } from "./snapshot-model.ts";
export { ClusterSnapshot, type SnapshotContent, type SnapshotGap, kindKey } from "./snapshot.ts";
export { type ContainerView, type Workload, toWorkload } from "./workload.ts";
export {
  type ShellAssignment,
  type ShellCommand,
  type ShellExpansion,
  type ShellRedirect,
  type ShellWord,
  parseShell,
  pipelineOf,
} from "./artifact/shell.ts";
export { booleanAt, listAt, numberAt, objectAt, stringAt, stringsAt } from "./read.ts";
export { SourceFile, SourceOrigin } from "./source/source-file.ts";
export { snapshotFromText } from "./source/snapshot-from-text.ts";
export { type LoadOptions, type LoadProgress, loadSnapshot } from "./source/load.ts";
export type { HelmOptions, Tools } from "./source/render.ts";
export {
  effectiveHostPort,
  effectiveImagePullPolicy,
  effectiveProtocol,
  effectiveRequests,
  effectiveRestartPolicy,
  effectiveServiceAccountName,
  isEmptyDir,
  mountsServiceAccountToken,
} from "./defaults.ts";
export { type EditRefusal, type EditedValue, applyToValue } from "./yaml/edit/value.ts";
export { labelKeyProblems, labelValueProblems } from "./label-syntax.ts";
export { labelSelectorProblems, matchesLabelSelector } from "./selector.ts";
export { type LabelRequirement, type ParsedLabelSelector, parseLabelSelector } from "./selector-text.ts";
export {
  type ParsedQuantity,
  type Quantity,
  type QuantityFormat,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  quantityValue,
} from "./quantity.ts";
export { type EditGroup, type EditedGroups, type EditedText, applyEditGroups, applyEdits } from "./yaml/edit.ts";
export { type YamlObjects, readYamlObjects } from "./yaml/read-values.ts";
export { type YamlStyle, writeYaml } from "./yaml/write.ts";
export {
  type ApiAnswer,
  type ApiConnection,
  type ApiStream,
  type ChangeMethod,
  type ConnectionOptions,
  type GetOptions,
  type StreamOptions,
  connect,
} from "./live/connection.ts";
export { type LiveOptions, type LiveProgress, loadLiveSnapshot, scannedResources } from "./live/live-snapshot.ts";
export { BUILT_IN_RESOURCES, customResources } from "./live/scanned-resources.ts";
export { type Discovery, type ServedResource, discover } from "./live/discovery.ts";
export { type ListFailure, type ListResult, listResource, resourcePath } from "./live/list-pages.ts";
export {
  type ReadSnapshot,
  type SnapshotOrigin,
  parseSnapshot,
  readSnapshotFile,
  writeSnapshot,
  writeSnapshotFile,
} from "./live/snapshot-file.ts";
export {
  type SecurityDifference,
  type SecurityField,
  compareSecurityFields,
  podSecurityFields,
} from "./pod-security-fields.ts";
export { isConfiguration } from "./schema/scope.ts";
export {
  type AnonymousProbeEvidence,
  type AuditProbeEvidence,
  type ClusterEvidence,
  type EvidenceData,
  type EvidenceGap,
  type EvidenceOf,
  type EvidenceOrigin,
  type FlagsEvidence,
  type KubeletConfigurationEvidence,
  type MetricSample,
  type MetricsEvidence,
  type NodeFileEvidence,
  type ServerVersionEvidence,
  type StoredSecretEvidence,
  EVIDENCE_GROUP,
  evidenceFromObject,
  toEvidence,
} from "./live/evidence.ts";
export { type EvidenceOptions, collectEvidence } from "./live/evidence-collection.ts";
export type { EtcdOptions, SecretName } from "./live/evidence-etcd.ts";
export { type NodeEvidence, type NodeEvidenceOptions, collectNodeEvidence } from "./live/evidence-node.ts";
export { appendDocument } from "./yaml/append-document.ts";

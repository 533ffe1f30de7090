export { type Diagnostic, type Position, type Region, RedoubtError, formatDiagnostic, formatPlace } from "./diagnostic.ts";
export type { Edit } from "./edit.ts";
export type * from "./gen/types.ts";
export { type JsonObject, type JsonValue, type Path, isJsonObject, toFieldPath, toJsonPointer, valueAt } from "./json.ts";
export { type Artifact, type ArtifactType, type KubeObject, type ObjectReference, type Resource, describeResource } from "./object.ts";
export type { ClusterOrigin, FileOrigin, Origin } from "./origin.ts";
export { ClusterSnapshot, kindKey } from "./snapshot.ts";
export { type ContainerView, type Workload, toWorkload } from "./workload.ts";

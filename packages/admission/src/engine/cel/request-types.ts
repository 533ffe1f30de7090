/** The types of `request` and `namespaceObject` in admission expressions, as k8s.io/apiserver declares them. */
import {
  BOOL,
  DYN,
  INT,
  listType,
  mapType,
  STRING,
  structType,
  TIMESTAMP,
  type MessageType,
  type Type,
} from "@redoubt/cel";

function message(name: string, fields: Readonly<Record<string, Type>>): readonly [string, MessageType] {
  const declared = new Map(Object.entries(fields));
  return [name, { type: structType(name), field: (field) => declared.get(field), make: undefined }];
}

const KIND = structType("kubernetes.GroupVersionKind");
const RESOURCE = structType("kubernetes.GroupVersionResource");
const STRINGS = listType(STRING);

export const REQUEST: Type = structType("kubernetes.AdmissionRequest");
export const NAMESPACE: Type = structType("kubernetes.Namespace");
export const VARIABLES = "kubernetes.variables";

export const REQUEST_TYPES: ReadonlyMap<string, MessageType> = new Map([
  message("kubernetes.GroupVersionKind", { group: STRING, version: STRING, kind: STRING }),
  message("kubernetes.GroupVersionResource", { group: STRING, version: STRING, resource: STRING }),
  message("kubernetes.UserInfo", { username: STRING, uid: STRING, groups: STRINGS, extra: mapType(STRING, STRINGS) }),
  message("kubernetes.AdmissionRequest", {
    kind: KIND,
    resource: RESOURCE,
    subResource: STRING,
    requestKind: KIND,
    requestResource: RESOURCE,
    requestSubResource: STRING,
    name: STRING,
    namespace: STRING,
    operation: STRING,
    userInfo: structType("kubernetes.UserInfo"),
    dryRun: BOOL,
    options: DYN,
  }),
  message("kubernetes.NamespaceSpec", { finalizers: STRINGS }),
  message("kubernetes.NamespaceCondition", {
    status: STRING,
    type: STRING,
    lastTransitionTime: TIMESTAMP,
    message: STRING,
    reason: STRING,
  }),
  message("kubernetes.NamespaceStatus", {
    conditions: listType(structType("kubernetes.NamespaceCondition")),
    phase: STRING,
  }),
  message("kubernetes.NamespaceMetadata", {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: mapType(STRING, STRING),
    annotations: mapType(STRING, STRING),
    UID: STRING,
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: TIMESTAMP,
    generation: INT,
    resourceVersion: STRING,
    finalizers: STRINGS,
  }),
  message("kubernetes.Namespace", {
    metadata: structType("kubernetes.NamespaceMetadata"),
    spec: structType("kubernetes.NamespaceSpec"),
    status: structType("kubernetes.NamespaceStatus"),
  }),
]);

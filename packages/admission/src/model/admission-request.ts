/** What admission judges: one request to the API server, as admission.k8s.io/v1 has it. */
import {
  BUILT_IN_RESOURCES,
  type JsonObject,
  type JsonValue,
  booleanAt,
  isJsonObject,
  objectAt,
  stringAt,
  stringsAt,
} from "@redoubt/kube";

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

export interface UserInfo {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: JsonObject;
}

export interface AdmissionRequest {
  readonly uid: string;
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  readonly subResource: string;
  /** What the client asked for, before the API server converted it; absent where that is the same. */
  readonly requestKind?: GroupVersionKind;
  readonly requestResource?: GroupVersionResource;
  readonly requestSubResource?: string;
  readonly name: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  /** CREATE, UPDATE, DELETE, CONNECT; empty for an object that is judged outside of any request. */
  readonly operation: string;
  readonly userInfo: UserInfo;
  /** undefined for DELETE and CONNECT without options. */
  readonly object: JsonObject | undefined;
  readonly oldObject: JsonObject | undefined;
  readonly options: JsonObject | undefined;
  readonly dryRun: boolean;
}

/** Why a value is no AdmissionReview. */
export interface ReviewProblem {
  readonly problem: string;
}

const OPERATIONS = new Set(["CREATE", "UPDATE", "DELETE", "CONNECT"]);

/** Reads an AdmissionReview of admission.k8s.io/v1 (or v1beta1, which has the same request). Never throws. */
export function requestFromReview(review: unknown): AdmissionRequest | ReviewProblem {
  if (!isJsonObject(review)) return { problem: "an AdmissionReview must be a mapping" };
  const apiVersion = stringAt(review, ["apiVersion"]);
  if (stringAt(review, ["kind"]) !== "AdmissionReview" || apiVersion?.startsWith("admission.k8s.io/") !== true) {
    return { problem: "kind must be AdmissionReview and apiVersion admission.k8s.io/v1" };
  }
  const request = objectAt(review, ["request"]);
  if (request === undefined) return { problem: "the review has no request" };
  return readRequest(request);
}

function readRequest(request: JsonObject): AdmissionRequest | ReviewProblem {
  const operation = stringAt(request, ["operation"]) ?? "";
  if (operation !== "" && !OPERATIONS.has(operation)) {
    return { problem: `request.operation is ${JSON.stringify(operation)}, must be CREATE, UPDATE, DELETE or CONNECT` };
  }
  for (const field of ["object", "oldObject", "options"]) {
    const value = request[field];
    if (value !== undefined && value !== null && !isJsonObject(value))
      return { problem: `request.${field} must be a mapping` };
  }
  const object = objectAt(request, ["object"]);
  const oldObject = objectAt(request, ["oldObject"]);
  if (operation === "DELETE" && oldObject === undefined)
    return { problem: "request.oldObject is missing: it is what a DELETE is about" };
  if ((operation === "CREATE" || operation === "UPDATE") && object === undefined) {
    return { problem: `request.object is missing: it is what ${operation} is about` };
  }
  const requestKind = objectAt(request, ["requestKind"]);
  const requestResource = objectAt(request, ["requestResource"]);
  const requestSubResource = stringAt(request, ["requestSubResource"]);
  return {
    uid: stringAt(request, ["uid"]) ?? "",
    kind: readKind(request["kind"]),
    resource: readResource(request["resource"]),
    subResource: stringAt(request, ["subResource"]) ?? "",
    ...(requestKind === undefined ? {} : { requestKind: readKind(requestKind) }),
    ...(requestResource === undefined ? {} : { requestResource: readResource(requestResource) }),
    ...(requestSubResource === undefined ? {} : { requestSubResource }),
    name: stringAt(request, ["name"]) ?? "",
    namespace: stringAt(request, ["namespace"]) ?? "",
    operation,
    userInfo: readUser(request["userInfo"]),
    object,
    oldObject,
    options: objectAt(request, ["options"]),
    dryRun: booleanAt(request, ["dryRun"]) ?? false,
  };
}

function readKind(value: unknown): GroupVersionKind {
  return {
    group: stringAt(value, ["group"]) ?? "",
    version: stringAt(value, ["version"]) ?? "",
    kind: stringAt(value, ["kind"]) ?? "",
  };
}

function readResource(value: unknown): GroupVersionResource {
  return {
    group: stringAt(value, ["group"]) ?? "",
    version: stringAt(value, ["version"]) ?? "",
    resource: stringAt(value, ["resource"]) ?? "",
  };
}

function readUser(value: unknown): UserInfo {
  const username = stringAt(value, ["username"]);
  const uid = stringAt(value, ["uid"]);
  const groups = stringsAt(value, ["groups"]);
  const extra = objectAt(value, ["extra"]);
  return {
    ...(username === undefined ? {} : { username }),
    ...(uid === undefined ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(extra === undefined ? {} : { extra }),
  };
}

export function isProblem(value: AdmissionRequest | ReviewProblem): value is ReviewProblem {
  return "problem" in value;
}

export function kindOf(object: unknown): GroupVersionKind {
  const apiVersion = stringAt(object, ["apiVersion"]) ?? "";
  const slash = apiVersion.indexOf("/");
  return {
    group: slash < 0 ? "" : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: stringAt(object, ["kind"]) ?? "",
  };
}

/**
 * A request for an object that exists, or that a file holds: `operation` is empty unless given. The resource is the kind's where it is
 * built in, else what API conventions make of it.
 */
export function requestForObject(object: JsonObject, operation = "", oldObject?: JsonObject): AdmissionRequest {
  const kind = kindOf(object);
  const isDelete = operation === "DELETE";
  return {
    uid: "",
    kind,
    resource: { group: kind.group, version: kind.version, resource: resourceOf(kind) },
    subResource: "",
    name: stringAt(object, ["metadata", "name"]) ?? "",
    namespace: stringAt(object, ["metadata", "namespace"]) ?? "",
    operation,
    userInfo: {},
    object: isDelete ? undefined : object,
    oldObject: isDelete ? object : oldObject,
    options: undefined,
    dryRun: false,
  };
}

const RESOURCES: ReadonlyMap<string, string> = new Map(
  BUILT_IN_RESOURCES.map(({ group, kind, resource }) => [`${group}/${kind}`, resource]),
);

/** The resource of a kind: as Kubernetes has it, else as API conventions make it. */
export function resourceOf({ group, kind }: Pick<GroupVersionKind, "group" | "kind">): string {
  const known = RESOURCES.get(`${group}/${kind}`);
  if (known !== undefined) return known;
  const lower = kind.toLowerCase();
  if (/[^aeiou]y$/.test(lower)) return `${lower.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/.test(lower) ? `${lower}es` : `${lower}s`;
}

/** The request as JSON, with the fields that the Go type always writes. */
export function requestJson(request: AdmissionRequest): JsonObject {
  const { requestKind, requestResource } = request;
  return {
    uid: request.uid,
    kind: { ...request.kind },
    resource: { ...request.resource },
    ...(request.subResource === "" ? {} : { subResource: request.subResource }),
    ...(requestKind === undefined ? {} : { requestKind: { ...requestKind } }),
    ...(requestResource === undefined ? {} : { requestResource: { ...requestResource } }),
    ...(request.name === "" ? {} : { name: request.name }),
    ...(request.namespace === "" ? {} : { namespace: request.namespace }),
    operation: request.operation,
    userInfo: userJson(request.userInfo),
    object: request.object ?? null,
    oldObject: request.oldObject ?? null,
    ...(request.dryRun ? { dryRun: true } : {}),
    options: request.options ?? null,
  };
}

export function userJson({ username, uid, groups, extra }: UserInfo): JsonObject {
  const json: Record<string, JsonValue> = {};
  if (username !== undefined && username !== "") json["username"] = username;
  if (uid !== undefined && uid !== "") json["uid"] = uid;
  if (groups !== undefined && groups.length > 0) json["groups"] = [...groups];
  if (extra !== undefined && Object.keys(extra).length > 0) json["extra"] = extra;
  return json;
}

/** The object that a request is about: what is deleted, or what is to be. */
export function subjectOf({ object, oldObject }: AdmissionRequest): JsonObject | undefined {
  return object ?? oldObject;
}

export function isNamespaceKind({ kind, group }: GroupVersionKind): boolean {
  return kind === "Namespace" && group === "";
}

/** Policies and bindings that an API server refuses, each for one thing or a few, made from ones that it takes. */
import { type JsonObject, type JsonValue, type Path, applyToValue, isJsonObject } from "@redoubt/kube";

type Change = readonly [path: Path, value: JsonValue | undefined];

const RULE: JsonObject = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] };

const VALIDATING: JsonObject = {
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingAdmissionPolicy",
  metadata: { name: "refused" },
  spec: {
    paramKind: { apiVersion: "v1", kind: "ConfigMap" },
    matchConstraints: { resourceRules: [RULE] },
    matchConditions: [{ name: "one", expression: "true" }],
    variables: [{ name: "one", expression: "1" }],
    validations: [{ expression: "true", message: "no" }],
    auditAnnotations: [{ key: "one", valueExpression: "'one'" }],
  },
};

const MUTATING: JsonObject = {
  apiVersion: "admissionregistration.k8s.io/v1beta1",
  kind: "MutatingAdmissionPolicy",
  metadata: { name: "refused" },
  spec: {
    reinvocationPolicy: "Never",
    matchConstraints: { resourceRules: [RULE] },
    mutations: [{ patchType: "ApplyConfiguration", applyConfiguration: { expression: "Object{}" } }],
  },
};

const BINDING: JsonObject = {
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingAdmissionPolicyBinding",
  metadata: { name: "refused" },
  spec: {
    policyName: "refused",
    validationActions: ["Deny"],
    paramRef: { name: "one", parameterNotFoundAction: "Deny" },
    matchResources: {},
  },
};

const MUTATING_BINDING: JsonObject = {
  apiVersion: "admissionregistration.k8s.io/v1beta1",
  kind: "MutatingAdmissionPolicyBinding",
  metadata: { name: "refused" },
  spec: { policyName: "refused" },
};

const rule = (change: JsonObject): Change => [["spec", "matchConstraints", "resourceRules", 0], { ...RULE, ...change }];
const requirement = (value: JsonObject): Change => [
  ["spec", "matchConstraints", "objectSelector"],
  { matchExpressions: [value] },
];
const spec = (field: string, value: JsonValue | undefined): Change => [["spec", field], value];

const COMMON: readonly (readonly Change[])[] = [
  [[["metadata", "name"], "Upper"]],
  [[["metadata", "name"], "x".repeat(260)]],
  [spec("matchConstraints", undefined)],
  [spec("matchConstraints", {})],
  [
    spec(
      "matchConditions",
      Array.from({ length: 65 }, (_, at) => ({ name: `c${at}`, expression: "true" })),
    ),
  ],
  [spec("matchConditions", [{ name: "", expression: " " }])],
  [spec("matchConditions", [{ name: "a b/c/d", expression: "true" }])],
  [spec("matchConditions", [{ name: `a/${"x".repeat(64)}`, expression: "true" }])],
  [
    spec(
      "matchConditions",
      ["a", "a", "/a", "A/b"].map((name) => ({ name, expression: "true" })),
    ),
  ],
  [spec("variables", [{ name: "", expression: "" }])],
  [
    spec(
      "variables",
      ["a-b", "in", "1a", "namespace"].map((name) => ({ name, expression: "1" })),
    ),
  ],
  [spec("paramKind", { apiVersion: "", kind: "" })],
  [spec("paramKind", { apiVersion: "a/b/c", kind: "Config_Map" })],
  [spec("paramKind", { apiVersion: "Group/V1", kind: "ConfigMap" })],
  [spec("paramKind", { apiVersion: "group/", kind: "x".repeat(70) })],
  [rule({ operations: [] })],
  [rule({ operations: ["*", "CREATE"] })],
  [rule({ operations: ["create", "PATCH"] })],
  [rule({ apiGroups: [], apiVersions: [], resources: [] })],
  [rule({ apiGroups: ["", "*"], apiVersions: ["v1", "*"] })],
  [rule({ apiVersions: [""], resources: [""] })],
  [rule({ resources: ["*/*", "pods"] })],
  [rule({ resources: ["*", "pods"] })],
  [rule({ resources: ["pods/*", "pods/status", "*/scale", "deployments/scale"] })],
  [rule({ scope: "Everything" })],
  [rule({ resourceNames: ["a", "a", "..", "a/b%"] })],
  [requirement({ key: "a", operator: "In" })],
  [requirement({ key: "a", operator: "Exists", values: ["b"] })],
  [requirement({ key: "a", operator: "Like", values: ["b"] })],
  [requirement({ key: "-a", operator: "In", values: ["-b", "c"] })],
  [[["spec", "matchConstraints", "namespaceSelector"], { matchLabels: { "a b": "-c" } }]],
  [[["spec", "matchConstraints", "excludeResourceRules"], [{ ...RULE, operations: [] }]]],
];

const VALIDATING_CHANGES: readonly (readonly Change[])[] = [
  ...COMMON,
  [spec("validations", undefined), spec("auditAnnotations", undefined)],
  [spec("validations", [{ expression: "" }, { expression: " \n" }])],
  [spec("validations", [{ expression: "true", message: " " }])],
  [spec("validations", [{ expression: "true", message: "a\nb" }])],
  [spec("validations", [{ expression: "true", messageExpression: " " }])],
  [spec("validations", [{ expression: "true", reason: "Because" }])],
  [
    spec(
      "auditAnnotations",
      Array.from({ length: 21 }, (_, at) => ({ key: `k${at}`, valueExpression: "'a'" })),
    ),
  ],
  [spec("auditAnnotations", [{ key: "", valueExpression: "" }])],
  [
    spec(
      "auditAnnotations",
      ["a", "a", "b/c"].map((key) => ({ key, valueExpression: "'a'" })),
    ),
  ],
  [spec("auditAnnotations", [{ key: "a", valueExpression: `'${"x".repeat(6000)}'` }])],
  [spec("failurePolicy", "Sometimes"), [["spec", "matchConstraints", "matchPolicy"], "Close"]],
];

const MUTATING_CHANGES: readonly (readonly Change[])[] = [
  ...COMMON,
  [rule({ operations: ["DELETE"] })],
  [spec("reinvocationPolicy", undefined)],
  [spec("reinvocationPolicy", "Always")],
  [spec("mutations", [])],
  [spec("mutations", [{}])],
  [spec("mutations", [{ patchType: "Merge" }])],
  [spec("mutations", [{ patchType: "JSONPatch" }])],
  [spec("mutations", [{ patchType: "JSONPatch", applyConfiguration: { expression: "Object{}" } }])],
  [spec("mutations", [{ patchType: "ApplyConfiguration", jsonPatch: { expression: "[]" } }])],
  [spec("mutations", [{ patchType: "ApplyConfiguration", applyConfiguration: { expression: " " } }])],
];

const COMMON_BINDING: readonly (readonly Change[])[] = [
  [[["metadata", "name"], "Upper"]],
  [spec("policyName", "")],
  [spec("policyName", "A_b")],
  [spec("paramRef", {})],
  [spec("paramRef", { name: "a/b", selector: {}, parameterNotFoundAction: "Deny" })],
  [spec("paramRef", { name: "..", parameterNotFoundAction: "Maybe" })],
  [spec("paramRef", { selector: { matchLabels: { "/": "" } }, parameterNotFoundAction: "Allow" })],
  [spec("matchResources", { resourceRules: [{ ...RULE, operations: ["*", "DELETE"] }] })],
  [spec("matchResources", { matchPolicy: "Close" })],
];

const BINDING_CHANGES: readonly (readonly Change[])[] = [
  ...COMMON_BINDING,
  [spec("validationActions", [])],
  [spec("validationActions", ["Deny", "Warn"])],
  [spec("validationActions", ["Audit", "Audit", "Block"])],
];

export interface RefusedPolicies {
  /** The API server's path for their kind. */
  readonly path: string;
  /** What is not refused. */
  readonly good: JsonObject;
  readonly bad: readonly JsonObject[];
}

const GROUP = "/apis/admissionregistration.k8s.io";

export const REFUSED_POLICIES: readonly RefusedPolicies[] = [
  refused(`${GROUP}/v1/validatingadmissionpolicies`, VALIDATING, VALIDATING_CHANGES),
  refused(`${GROUP}/v1beta1/mutatingadmissionpolicies`, MUTATING, MUTATING_CHANGES),
  refused(`${GROUP}/v1/validatingadmissionpolicybindings`, BINDING, BINDING_CHANGES),
  refused(`${GROUP}/v1beta1/mutatingadmissionpolicybindings`, MUTATING_BINDING, COMMON_BINDING),
];

function refused(path: string, good: JsonObject, changes: readonly (readonly Change[])[]): RefusedPolicies {
  return { path, good, bad: changes.map((each) => changed(good, each)) };
}

function changed(good: JsonObject, changes: readonly Change[]): JsonObject {
  const edits = changes.map(([path, value]) =>
    value === undefined ? ({ op: "remove", path } as const) : ({ op: "set", path, value } as const),
  );
  const result = applyToValue(good, edits);
  if (result.kind !== "edited" || !isJsonObject(result.value)) throw new TypeError("a change does not apply");
  return result.value;
}

/** Policies of the API server, validating and mutating, and their bindings: admissionregistration.k8s.io. */
import {
  type JsonObject,
  type LabelSelector,
  isJsonObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
} from "@redoubt/kube";
import type { FailurePolicy, ValidatorSource } from "../engine/cel/validator.ts";
import { type MatchResources, readMatchResources } from "./match-resources.ts";
import { readValidation } from "./template-source.ts";

export interface ParamKind {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface ParamReference {
  readonly name: string;
  readonly namespace: string;
  readonly selector: LabelSelector | undefined;
  /** Whether a request is refused when there are no parameters. */
  readonly denyNotFound: boolean;
}

interface AdmissionPolicy {
  readonly name: string;
  readonly paramKind: ParamKind | undefined;
  readonly match: MatchResources;
  readonly failurePolicy: FailurePolicy;
}

export interface ValidatingPolicy extends AdmissionPolicy {
  readonly source: ValidatorSource;
}

export interface MutationSource {
  readonly kind: "ApplyConfiguration" | "JSONPatch";
  readonly expression: string;
}

export interface MutatingPolicy extends AdmissionPolicy {
  readonly variables: ValidatorSource["variables"];
  readonly matchConditions: ValidatorSource["matchConditions"];
  readonly mutations: readonly MutationSource[];
  /** Whether it is asked again when a later policy has changed the object. */
  readonly isReinvoked: boolean;
}

export interface PolicyBinding {
  readonly name: string;
  readonly policyName: string;
  readonly match: MatchResources;
  readonly paramRef: ParamReference | undefined;
  /** `Deny`, `Warn`, `Audit`; empty for bindings of mutating policies. */
  readonly actions: readonly string[];
}

export function readValidatingPolicy(value: JsonObject): ValidatingPolicy {
  const spec = objectAt(value, ["spec"]);
  const common = readCommon(value);
  return {
    ...common,
    source: {
      variables: readNamed(spec, "variables"),
      matchConditions: readNamed(spec, "matchConditions"),
      validations: listAt(spec, ["validations"]).map(readValidation),
      auditAnnotations: listAt(spec, ["auditAnnotations"]).map((entry) => ({
        key: stringAt(entry, ["key"]) ?? "",
        valueExpression: stringAt(entry, ["valueExpression"]) ?? "",
      })),
      failurePolicy: common.failurePolicy,
      hasParams: common.paramKind !== undefined,
    },
  };
}

export function readMutatingPolicy(value: JsonObject): MutatingPolicy {
  const spec = objectAt(value, ["spec"]);
  return {
    ...readCommon(value),
    variables: readNamed(spec, "variables"),
    matchConditions: readNamed(spec, "matchConditions"),
    mutations: listAt(spec, ["mutations"]).map((entry) => {
      const kind = stringAt(entry, ["patchType"]) === "JSONPatch" ? "JSONPatch" : "ApplyConfiguration";
      const field = kind === "JSONPatch" ? "jsonPatch" : "applyConfiguration";
      return { kind, expression: stringAt(entry, [field, "expression"]) ?? "" };
    }),
    isReinvoked: stringAt(spec, ["reinvocationPolicy"]) === "IfNeeded",
  };
}

export function readPolicyBinding(value: JsonObject): PolicyBinding {
  const spec = objectAt(value, ["spec"]);
  const paramRef = objectAt(spec, ["paramRef"]);
  return {
    name: stringAt(value, ["metadata", "name"]) ?? "",
    policyName: stringAt(spec, ["policyName"]) ?? "",
    match: readMatchResources(objectAt(spec, ["matchResources"])),
    paramRef:
      paramRef === undefined
        ? undefined
        : {
            name: stringAt(paramRef, ["name"]) ?? "",
            namespace: stringAt(paramRef, ["namespace"]) ?? "",
            selector: objectAt(paramRef, ["selector"]),
            denyNotFound: stringAt(paramRef, ["parameterNotFoundAction"]) === "Deny",
          },
    actions: stringsAt(spec, ["validationActions"]),
  };
}

function readCommon(value: JsonObject): AdmissionPolicy {
  const spec = objectAt(value, ["spec"]);
  const paramKind = objectAt(spec, ["paramKind"]);
  return {
    name: stringAt(value, ["metadata", "name"]) ?? "",
    paramKind:
      paramKind === undefined
        ? undefined
        : { apiVersion: stringAt(paramKind, ["apiVersion"]) ?? "", kind: stringAt(paramKind, ["kind"]) ?? "" },
    match: readMatchResources(objectAt(spec, ["matchConstraints"])),
    failurePolicy: stringAt(spec, ["failurePolicy"]) === "Ignore" ? "Ignore" : "Fail",
  };
}

function readNamed(
  spec: JsonObject | undefined,
  field: string,
): readonly { readonly name: string; readonly expression: string }[] {
  return listAt(spec, [field])
    .filter(isJsonObject)
    .map((entry) => ({
      name: stringAt(entry, ["name"]) ?? "",
      expression: stringAt(entry, ["expression"]) ?? "",
    }));
}

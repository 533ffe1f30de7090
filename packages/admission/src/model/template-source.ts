/** What a ConstraintTemplate holds, of v1 and v1beta1: its kind, the schema of parameters, and code for one engine or two. */
import {
  type JsonObject,
  type Path,
  booleanAt,
  isJsonObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
} from "@redoubt/kube";
import type { FailurePolicy, ValidationSource } from "../engine/cel/validator.ts";

export const TARGET = "admission.k8s.gatekeeper.sh";

export interface RegoTemplateSource {
  readonly entry: string;
  readonly libraries: readonly string[];
  readonly version: "v0" | "v1";
  /** Where the entry stands in the template. */
  readonly path: Path;
}

export interface CelTemplateSource {
  readonly validations: readonly ValidationSource[];
  readonly variables: readonly { readonly name: string; readonly expression: string }[];
  readonly matchConditions: readonly { readonly name: string; readonly expression: string }[];
  readonly failurePolicy: FailurePolicy;
  readonly generateVap: boolean | undefined;
}

export interface TemplateSource {
  readonly name: string;
  /** The kind of its constraints. */
  readonly kind: string;
  readonly schema: JsonObject | undefined;
  /** Accepts fields of parameters that the schema does not know: v1beta1, and v1 with legacySchema. */
  readonly legacySchema: boolean;
  readonly rego: RegoTemplateSource | undefined;
  readonly cel: CelTemplateSource | undefined;
  /** Operations that it is for; all where empty. */
  readonly operations: readonly string[];
}

export interface TemplateProblem {
  readonly path: Path;
  readonly message: string;
}

/** Reads a template; problems say why Gatekeeper refuses it. */
export function readTemplate(value: unknown): {
  readonly source: TemplateSource;
  readonly problems: readonly TemplateProblem[];
} {
  const problems: TemplateProblem[] = [];
  const name = stringAt(value, ["metadata", "name"]) ?? "";
  const kind = stringAt(value, ["spec", "crd", "spec", "names", "kind"]) ?? "";
  if (kind === "") {
    problems.push({
      path: ["spec", "crd", "spec", "names", "kind"],
      message: `ConstraintTemplate ${quoted(name)} does not specify CRD Kind`,
    });
  } else if (name.toLowerCase() !== kind.toLowerCase()) {
    problems.push({
      path: ["metadata", "name"],
      message: `the ConstraintTemplate's name ${quoted(name)} is not equal to the lowercase of CRD's Kind: ${quoted(kind.toLowerCase())}`,
    });
  }
  const targets = listAt(value, ["spec", "targets"]);
  const [target] = targets;
  if (targets.length !== 1) problems.push({ path: ["spec", "targets"], message: "expected exactly 1 item in targets" });
  else if (stringAt(target, ["target"]) !== TARGET) {
    problems.push({ path: ["spec", "targets", 0, "target"], message: `the target must be ${TARGET}` });
  }
  const rego = readRego(target);
  const cel = readCel(target, problems);
  if (targets.length === 1 && rego === undefined && cel === undefined) {
    problems.push({
      path: ["spec", "targets", 0],
      message: "the target has neither Rego nor K8sNativeValidation code",
    });
  }
  const validation = objectAt(value, ["spec", "crd", "spec", "validation"]);
  const isBeta = stringAt(value, ["apiVersion"])?.endsWith("/v1") !== true;
  const source: TemplateSource = {
    name,
    kind,
    schema: objectAt(validation, ["openAPIV3Schema"]),
    legacySchema: booleanAt(validation, ["legacySchema"]) ?? isBeta,
    rego,
    cel,
    operations: stringsAt(target, ["operations"]),
  };
  return { source, problems };
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function readRego(target: unknown): RegoTemplateSource | undefined {
  const codes = listAt(target, ["code"]);
  const index = codes.findIndex((code) => stringAt(code, ["engine"]) === "Rego");
  const at: Path = ["spec", "targets", 0];
  if (index >= 0) {
    const source = objectAt(codes[index], ["source"]);
    const entry = stringAt(source, ["rego"]);
    if (entry === undefined) return undefined;
    const version = stringAt(source, ["version"]) === "v1" ? "v1" : "v0";
    return { entry, libraries: stringsAt(source, ["libs"]), version, path: [...at, "code", index, "source", "rego"] };
  }
  const entry = stringAt(target, ["rego"]);
  if (entry === undefined || entry === "") return undefined;
  return { entry, libraries: stringsAt(target, ["libs"]), version: "v0", path: [...at, "rego"] };
}

const RESERVED_PREFIX = "gatekeeper_internal_";

function readCel(target: unknown, problems: TemplateProblem[]): CelTemplateSource | undefined {
  const codes = listAt(target, ["code"]);
  const index = codes.findIndex((code) => stringAt(code, ["engine"]) === "K8sNativeValidation");
  const source = objectAt(codes[index], ["source"]);
  if (source === undefined) return undefined;
  const at: Path = ["spec", "targets", 0, "code", index, "source"];
  const failurePolicy = stringAt(source, ["failurePolicy"]) ?? "Fail";
  if (failurePolicy !== "Fail" && failurePolicy !== "Ignore") {
    problems.push({ path: [...at, "failurePolicy"], message: `unrecognized failure policy: ${failurePolicy}` });
  }
  const variables = named(source, "variables");
  const matchConditions = named(source, "matchCondition");
  for (const { name } of variables) {
    if (name === "params" || name === "anyObject" || name.startsWith(RESERVED_PREFIX)) {
      problems.push({ path: [...at, "variables"], message: `invalid variable definition: ${name} is reserved` });
    }
  }
  for (const { name } of matchConditions) {
    if (name.startsWith(RESERVED_PREFIX)) {
      problems.push({ path: [...at, "matchCondition"], message: `invalid match condition: ${name} is reserved` });
    }
  }
  return {
    validations: listAt(source, ["validations"]).map(readValidation),
    variables,
    matchConditions,
    failurePolicy: failurePolicy === "Ignore" ? "Ignore" : "Fail",
    generateVap: booleanAt(source, ["generateVAP"]),
  };
}

function named(source: JsonObject, field: string): readonly { readonly name: string; readonly expression: string }[] {
  return listAt(source, [field])
    .filter(isJsonObject)
    .map((entry) => ({
      name: stringAt(entry, ["name"]) ?? "",
      expression: stringAt(entry, ["expression"]) ?? "",
    }));
}

/** A validation of a template or of a ValidatingAdmissionPolicy. */
export function readValidation(value: unknown): ValidationSource {
  const message = stringAt(value, ["message"]);
  const messageExpression = stringAt(value, ["messageExpression"]);
  const reason = stringAt(value, ["reason"]);
  return {
    expression: stringAt(value, ["expression"]) ?? "",
    ...(message === undefined ? {} : { message }),
    ...(messageExpression === undefined ? {} : { messageExpression }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/**
 * What an API server refuses about its own policies and bindings apart from expressions that do not compile
 * (k8s.io/kubernetes, pkg/apis/admissionregistration/validation).
 */
import { type JsonObject, isJsonObject, labelKeyProblems, listAt, objectAt, stringAt, stringsAt } from "@redoubt/kube";
import { type FieldError, duplicate, forbidden, invalid, required, tooMany, unsupported } from "./field-error.ts";
import { matchResourcesErrors, ruleOperations, selectorErrors } from "./match-validation.ts";
import { labelNameProblems, pathSegmentProblems, subdomainProblems } from "./name-syntax.ts";

const MOST_CONDITIONS = 64;
const MOST_ANNOTATIONS = 20;
/** Bytes of an audit annotation's expression. */
const LONGEST_ANNOTATION = 5 * 1024;

const REASONS = ["Forbidden", "Invalid", "RequestEntityTooLarge"];
const ACTIONS = ["Audit", "Deny", "Warn"];
/** What a mutating policy may be for: nothing is left of an object that is deleted. */
const MUTATED_OPERATIONS = ["*", "CONNECT", "CREATE", "UPDATE"];

/** In the order in which the API server lists them. Other kinds have none. */
export function policyErrors(value: JsonObject): readonly FieldError[] {
  const spec = objectAt(value, ["spec"]) ?? {};
  const named = nameErrors(value);
  switch (stringAt(value, ["kind"])) {
    case "ValidatingAdmissionPolicy":
      return [...named, ...commonErrors(spec), ...validatingErrors(spec, stringAt(value, ["metadata", "name"]) ?? "")];
    case "MutatingAdmissionPolicy":
      return [...named, ...commonErrors(spec, MUTATED_OPERATIONS), ...mutatingErrors(spec)];
    case "ValidatingAdmissionPolicyBinding":
      return [...named, ...bindingErrors(spec), ...actionErrors(stringsAt(spec, ["validationActions"]))];
    case "MutatingAdmissionPolicyBinding":
      return [...named, ...bindingErrors(spec), ...operationErrors(spec, "matchResources", MUTATED_OPERATIONS)];
    default:
      return [];
  }
}

function nameErrors(value: JsonObject): readonly FieldError[] {
  const name = stringAt(value, ["metadata", "name"]) ?? "";
  if (name === "") return [required("metadata.name", "name or generateName is required")];
  return subdomainProblems(name).map((problem) => invalid("metadata.name", name, problem));
}

/** What validating and mutating policies have in common; `operations` are those that they may be for, where that is not all. */
function commonErrors(spec: JsonObject, operations?: readonly string[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  const failurePolicy = stringAt(spec, ["failurePolicy"]) ?? "Fail";
  if (failurePolicy !== "Fail" && failurePolicy !== "Ignore") {
    errors.push(unsupported("spec.failurePolicy", failurePolicy, ["Fail", "Ignore"]));
  }
  const paramKind = objectAt(spec, ["paramKind"]);
  if (paramKind !== undefined) errors.push(...paramKindErrors(paramKind));
  const match = objectAt(spec, ["matchConstraints"]);
  if (match === undefined) errors.push(required("spec.matchConstraints"));
  else {
    errors.push(...matchResourcesErrors(match, "spec.matchConstraints"));
    if (listAt(match, ["resourceRules"]).length === 0) errors.push(required("spec.matchConstraints.resourceRules"));
    if (operations !== undefined) errors.push(...operationErrors(spec, "matchConstraints", operations));
  }
  errors.push(...conditionErrors(listAt(spec, ["matchConditions"])));
  for (const [index, variable] of listAt(spec, ["variables"]).entries()) {
    errors.push(...variableErrors(variable, `spec.variables[${index}]`));
  }
  return errors;
}

function operationErrors(spec: JsonObject, match: string, supported: readonly string[]): readonly FieldError[] {
  return ruleOperations(objectAt(spec, [match]))
    .filter((operation) => !supported.includes(operation))
    .map((operation) => unsupported(`spec.${match}.resourceRules.operations`, operation, supported));
}

function paramKindErrors(paramKind: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const at = "spec.paramKind";
  const apiVersion = stringAt(paramKind, ["apiVersion"]) ?? "";
  const parts = apiVersion === "/" ? ["", ""] : apiVersion.split("/");
  const [group = "", version = ""] = parts.length === 1 ? ["", apiVersion] : parts;
  if (apiVersion === "") errors.push(required(`${at}.apiVersion`));
  else if (parts.length > 2) {
    errors.push(invalid(`${at}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  } else {
    const ofGroup = group === "" ? [] : subdomainProblems(group);
    if (ofGroup.length > 0) errors.push(invalid(`${at}.apiVersion`, group, ofGroup.join(",")));
    const ofVersion = labelNameProblems(version);
    if (version === "") errors.push(invalid(`${at}.apiVersion`, apiVersion, "version must be specified"));
    else if (ofVersion.length > 0) errors.push(invalid(`${at}.apiVersion`, version, ofVersion.join(",")));
  }
  const kind = stringAt(paramKind, ["kind"]) ?? "";
  const ofKind = labelNameProblems(kind.toLowerCase());
  if (kind === "") errors.push(required(`${at}.kind`));
  else if (ofKind.length > 0) {
    errors.push(invalid(`${at}.kind`, kind, `may have mixed case, but should otherwise match: ${ofKind.join(",")}`));
  }
  return errors;
}

function conditionErrors(conditions: readonly unknown[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  if (conditions.length > MOST_CONDITIONS) {
    errors.push(tooMany("spec.matchConditions", conditions.length, MOST_CONDITIONS));
  }
  for (const [index, condition] of conditions.entries()) {
    const at = `spec.matchConditions[${index}]`;
    if (textAt(condition, "expression").trim() === "") errors.push(required(`${at}.expression`));
    const name = textAt(condition, "name");
    if (name === "") errors.push(required(`${at}.name`));
    else {
      errors.push(...labelKeyProblems(name).map((problem) => invalid(`${at}.name`, name, problem)));
      if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    }
    names.add(name);
  }
  return errors;
}

const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const RESERVED =
  /^(?:true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/;

function variableErrors(variable: unknown, at: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const name = textAt(variable, "name");
  if (name.trim() === "") errors.push(required(`${at}.name`, "name is not specified"));
  else if (!IDENTIFIER.test(name) || RESERVED.test(name)) {
    errors.push(invalid(`${at}.name`, name, "must be a valid CEL identifier"));
  }
  if (textAt(variable, "expression").trim() === "") {
    errors.push(required(`${at}.expression`, "expression is not specified"));
  }
  return errors;
}

function validatingErrors(spec: JsonObject, policy: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const validations = listAt(spec, ["validations"]);
  const annotations = listAt(spec, ["auditAnnotations"]);
  if (validations.length === 0 && annotations.length === 0) {
    const detail = "validations or auditAnnotations must contain at least one item";
    return [required("spec.validations", detail), required("spec.auditAnnotations", detail)];
  }
  for (const [index, validation] of validations.entries()) {
    errors.push(...validationErrors(validation, `spec.validations[${index}]`));
  }
  if (annotations.length > MOST_ANNOTATIONS) {
    // The value is the API server's own type, whose fields are written as Go names them.
    const value = annotations.map((entry) => ({
      Key: textAt(entry, "key"),
      ValueExpression: textAt(entry, "valueExpression"),
    }));
    const detail = `must not have more than ${MOST_ANNOTATIONS} auditAnnotations`;
    errors.push(invalid("spec.auditAnnotations", value, detail));
  }
  const keys = new Set<string>();
  for (const [index, annotation] of annotations.entries()) {
    const at = `spec.auditAnnotations[${index}]`;
    const key = textAt(annotation, "key");
    const whole = `${policy}/${key}`;
    if (policy === "") errors.push(invalid(`${at}.key`, key, "requires metadata.name be non-empty"));
    else errors.push(...labelKeyProblems(whole).map((problem) => invalid(`${at}.key`, whole, problem)));
    const expression = textAt(annotation, "valueExpression").trim();
    if (expression === "") errors.push(required(`${at}.valueExpression`, "valueExpression is not specified"));
    else if (Buffer.byteLength(expression) > LONGEST_ANNOTATION) {
      errors.push(required(`${at}.valueExpression`, `must not exceed ${LONGEST_ANNOTATION} bytes in length`));
    }
    if (keys.has(key)) errors.push(duplicate(`${at}.key`, key));
    keys.add(key);
  }
  return errors;
}

function validationErrors(validation: unknown, at: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (textAt(validation, "expression").trim() === "") {
    errors.push(required(`${at}.expression`, "expression is not specified"));
  }
  const messageExpression = textAt(validation, "messageExpression");
  if (messageExpression !== "" && messageExpression.trim() === "") {
    errors.push(invalid(`${at}.messageExpression`, messageExpression, "must be non-empty if specified"));
  }
  const message = textAt(validation, "message");
  if (message !== "" && message.trim() === "") {
    errors.push(invalid(`${at}.message`, message, "must be non-empty if specified"));
  } else if (/[\n\r]/.test(message.trim())) {
    errors.push(invalid(`${at}.message`, message, "must not contain line breaks"));
  }
  const reason = stringAt(validation, ["reason"]);
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(unsupported(`${at}.reason`, reason, REASONS));
  return errors;
}

const PATCHES: Readonly<Record<string, string>> = { JSONPatch: "jsonPatch", ApplyConfiguration: "applyConfiguration" };

function mutatingErrors(spec: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const mutations = listAt(spec, ["mutations"]);
  if (mutations.length === 0) errors.push(required("spec.mutations", "mutations must contain at least one item"));
  for (const [index, mutation] of mutations.entries()) {
    errors.push(...mutationErrors(mutation, `spec.mutations[${index}]`));
  }
  const reinvocation = stringAt(spec, ["reinvocationPolicy"]) ?? "";
  const supported = ["IfNeeded", "Never"];
  if (reinvocation === "") errors.push(required("spec.reinvocationPolicy"));
  else if (!supported.includes(reinvocation)) {
    errors.push(unsupported("spec.reinvocationPolicy", reinvocation, supported));
  }
  return errors;
}

function mutationErrors(mutation: unknown, at: string): readonly FieldError[] {
  const type = textAt(mutation, "patchType");
  if (type === "") return [required(`${at}.patchType`)];
  const wanted = PATCHES[type];
  if (wanted === undefined) return [unsupported(`${at}.patchType`, type, ["ApplyConfiguration", "JSONPatch"])];
  const errors: FieldError[] = [];
  const patch = objectAt(mutation, [wanted]);
  if (patch === undefined) errors.push(required(`${at}.${wanted}`, `must be specified when patchType is ${type}`));
  else if (textAt(patch, "expression").trim() === "") errors.push(required(`${at}.${wanted}.expression`));
  const other = wanted === "jsonPatch" ? "applyConfiguration" : "jsonPatch";
  if (objectAt(mutation, [other]) !== undefined) {
    errors.push(invalid(`${at}.${other}`, `{${other}}`, `must not be specified when patchType is ${type}`));
  }
  return errors;
}

function bindingErrors(spec: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const policyName = stringAt(spec, ["policyName"]) ?? "";
  if (policyName === "") errors.push(required("spec.policyName"));
  else errors.push(...subdomainProblems(policyName).map((problem) => invalid("spec.policyName", policyName, problem)));
  const paramRef = objectAt(spec, ["paramRef"]);
  if (paramRef !== undefined) errors.push(...paramRefErrors(paramRef, "spec.paramRef"));
  const match = objectAt(spec, ["matchResources"]);
  if (match !== undefined) errors.push(...matchResourcesErrors(match, "spec.matchResources"));
  return errors;
}

function paramRefErrors(paramRef: JsonObject, at: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const name = textAt(paramRef, "name");
  const selector = objectAt(paramRef, ["selector"]);
  const exclusive = "name and selector are mutually exclusive";
  errors.push(...pathSegmentProblems(name).map((problem) => invalid(`${at}.name`, name, problem)));
  if (name !== "" && selector !== undefined) errors.push(forbidden(`${at}.name`, exclusive));
  if (selector !== undefined) {
    errors.push(...selectorErrors(selector, `${at}.selector`));
    if (name !== "") errors.push(forbidden(`${at}.selector`, exclusive));
  }
  if (name === "" && selector === undefined) errors.push(required(at, "one of name or selector must be specified"));
  const action = textAt(paramRef, "parameterNotFoundAction");
  if (action === "") errors.push(required(`${at}.parameterNotFoundAction`));
  else if (action !== "Allow" && action !== "Deny") {
    errors.push(unsupported(`${at}.parameterNotFoundAction`, action, ["Deny", "Allow"]));
  }
  return errors;
}

function actionErrors(actions: readonly string[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  const at = "spec.validationActions";
  for (const [index, action] of actions.entries()) {
    if (!ACTIONS.includes(action)) errors.push(unsupported(`${at}[${index}]`, action, ACTIONS));
    if (actions.indexOf(action) < index) errors.push(duplicate(`${at}[${index}]`, action));
  }
  if (actions.includes("Deny") && actions.includes("Warn")) {
    const why = "repeating the same validation failure information in the API response and headers serves no purpose";
    errors.push(invalid(at, [...actions], `must not contain both Deny and Warn (${why})`));
  }
  if (actions.length === 0) errors.push(required(at, "at least one validation action is required"));
  return errors;
}

function textAt(value: unknown, field: string): string {
  return isJsonObject(value) ? (stringAt(value, [field]) ?? "") : "";
}

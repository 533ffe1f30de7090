/** What an API server refuses about the requests that a policy or binding says it is for. */
import {
  type JsonObject,
  isJsonObject,
  labelKeyProblems,
  labelValueProblems,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
} from "@redoubt/kube";
import { type FieldError, duplicate, forbidden, invalid, required, unsupported } from "./field-error.ts";
import { pathSegmentProblems } from "./name-syntax.ts";

const OPERATIONS = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
const SCOPES = ["*", "Cluster", "Namespaced"];

export function matchResourcesErrors(match: JsonObject, at: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const matchPolicy = stringAt(match, ["matchPolicy"]) ?? "Equivalent";
  if (matchPolicy !== "Exact" && matchPolicy !== "Equivalent") {
    errors.push(unsupported(`${at}.matchPolicy`, matchPolicy, ["Equivalent", "Exact"]));
  }
  for (const field of ["namespaceSelector", "objectSelector"]) {
    errors.push(...selectorErrors(objectAt(match, [field]) ?? {}, `${at}.${field}`));
  }
  for (const field of ["resourceRules", "excludeResourceRules"]) {
    for (const [index, rule] of listAt(match, [field]).entries()) {
      errors.push(...ruleErrors(rule, `${at}.${field}[${index}]`));
    }
  }
  return errors;
}

/** The operations of all resource rules. */
export function ruleOperations(match: JsonObject | undefined): readonly string[] {
  return listAt(match, ["resourceRules"]).flatMap((rule) => stringsAt(rule, ["operations"]));
}

export function selectorErrors(selector: JsonObject, at: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(objectAt(selector, ["matchLabels"]) ?? {})) {
    errors.push(...labelKeyProblems(key).map((problem) => invalid(`${at}.matchLabels`, key, problem)));
    const problems = typeof value === "string" ? labelValueProblems(value) : [];
    errors.push(...problems.map((problem) => invalid(`${at}.matchLabels`, value, problem)));
  }
  for (const [index, requirement] of listAt(selector, ["matchExpressions"]).entries()) {
    errors.push(...requirementErrors(requirement, `${at}.matchExpressions[${index}]`));
  }
  return errors;
}

function requirementErrors(requirement: unknown, at: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const operator = stringAt(requirement, ["operator"]) ?? "";
  const values = stringsAt(requirement, ["values"]);
  if (operator === "In" || operator === "NotIn") {
    const detail = "must be specified when `operator` is 'In' or 'NotIn'";
    if (values.length === 0) errors.push(required(`${at}.values`, detail));
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    if (values.length > 0) errors.push(forbidden(`${at}.values`, detail));
  } else errors.push(invalid(`${at}.operator`, operator, "not a valid selector operator"));
  const key = stringAt(requirement, ["key"]) ?? "";
  errors.push(...labelKeyProblems(key).map((problem) => invalid(`${at}.key`, key, problem)));
  for (const [index, value] of values.entries()) {
    errors.push(...labelValueProblems(value).map((problem) => invalid(`${at}.values[${index}]`, value, problem)));
  }
  return errors;
}

function ruleErrors(rule: unknown, at: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const names = stringsAt(rule, ["resourceNames"]);
  for (const [index, name] of names.entries()) {
    const field = `${at}.resourceNames[${index}]`;
    errors.push(...pathSegmentProblems(name).map((problem) => invalid(field, name, problem)));
    if (names.indexOf(name) < index) errors.push(duplicate(field, name));
  }
  const operations = stringsAt(rule, ["operations"]);
  errors.push(...aloneErrors(operations, `${at}.operations`, "operations"));
  for (const [index, operation] of operations.entries()) {
    if (!OPERATIONS.includes(operation)) {
      errors.push(unsupported(`${at}.operations[${index}]`, operation, OPERATIONS));
    }
  }
  errors.push(...aloneErrors(stringsAt(rule, ["apiGroups"]), `${at}.apiGroups`, "API groups"));
  const versions = stringsAt(rule, ["apiVersions"]);
  errors.push(...aloneErrors(versions, `${at}.apiVersions`, "API versions"));
  for (const [index, version] of versions.entries()) {
    if (version === "") errors.push(required(`${at}.apiVersions[${index}]`));
  }
  errors.push(...resourceErrors(stringsAt(rule, ["resources"]), `${at}.resources`));
  const scope = isJsonObject(rule) ? (stringAt(rule, ["scope"]) ?? "*") : "*";
  if (!SCOPES.includes(scope)) errors.push(unsupported(`${at}.scope`, scope, SCOPES));
  return errors;
}

/** A list must hold something, and `*` only by itself. */
function aloneErrors(list: readonly string[], field: string, what: string): readonly FieldError[] {
  if (list.length === 0) return [required(field)];
  if (list.length === 1 || !list.includes("*")) return [];
  return [invalid(field, [...list], `if '*' is present, must not specify other ${what}`)];
}

function resourceErrors(resources: readonly string[], at: string): readonly FieldError[] {
  if (resources.length === 0) return [required(at)];
  const errors: FieldError[] = [];
  const ofAllSubresources = new Set<string>();
  const ofAllResources = new Set<string>();
  let endsInResource = false;
  for (const [index, resource] of resources.entries()) {
    const field = `${at}[${index}]`;
    if (resource === "") {
      errors.push(required(field));
      continue;
    }
    const slash = resource.indexOf("/");
    if (slash < 0) {
      // The API server keeps what it last saw, so the order counts.
      endsInResource = resource !== "*";
      continue;
    }
    const [name, sub] = [resource.slice(0, slash), resource.slice(slash + 1)];
    if (ofAllSubresources.has(name)) {
      errors.push(invalid(field, resource, `if '${name}/*' is present, must not specify ${resource}`));
    }
    if (ofAllResources.has(sub)) {
      errors.push(invalid(field, resource, `if '*/${sub}' is present, must not specify ${resource}`));
    }
    if (sub === "*") ofAllSubresources.add(name);
    if (name === "*") ofAllResources.add(sub);
  }
  if (resources.length > 1 && resources.includes("*/*")) {
    errors.push(invalid(at, [...resources], "if '*/*' is present, must not specify other resources"));
  }
  if (resources.includes("*") && endsInResource) {
    const detail = "if '*' is present, must not specify other resources without subresources";
    errors.push(invalid(at, [...resources], detail));
  }
  return errors;
}

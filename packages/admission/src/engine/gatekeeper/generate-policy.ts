/** A template with CEL code, and its constraints, as policies of the API server: what `gator` and Gatekeeper's controller make of them. */
import { type JsonObject, type JsonValue, objectAt, stringAt } from "@redoubt/kube";
import { readConstraint } from "../../model/constraint.ts";
import { type CelTemplateSource, readTemplate } from "../../model/template-source.ts";
import type { Action } from "../../model/violation.ts";
import { TEMPLATE_VARIABLES } from "./cel-template.ts";

const API_VERSION = "admissionregistration.k8s.io/v1";

/** Of a constraint's match block: a condition holds where the block, or its part, is not there. */
function condition(name: string, part: string, holds: string): JsonObject {
  const path = `params.spec.match.${part}`;
  const expression = `!has(params.spec) || !has(params.spec.match) || !has(${path}) || ${holds}`;
  return { name: `gatekeeper_internal_match_${name}`, expression };
}

function globExpression(glob: string, text: string): string {
  return (
    `(${glob}.startsWith("*") && ${glob}.endsWith("*") ? ${text}.contains(${glob}.replace("*", "")) : ` +
    `${glob}.startsWith("*") ? ${text}.endsWith(${glob}.substring(1)) : ` +
    `${glob}.endsWith("*") ? ${text}.startsWith(${glob}.substring(0, size(${glob}) - 1)) : ${glob} == ${text})`
  );
}

const OBJECT = "(object == null ? oldObject : object)";
const IN_NAMESPACE = '(has(request.namespace) && request.namespace != "")';
const IS_NAMESPACE = '(request.kind.group == "" && request.kind.kind == "Namespace")';

const MATCH_CONDITIONS: readonly JsonObject[] = [
  condition(
    "excluded_namespaces",
    "excludedNamespaces",
    `!${IN_NAMESPACE} || !params.spec.match.excludedNamespaces.exists(n, ${globExpression("n", "request.namespace")})`,
  ),
  condition(
    "namespaces",
    "namespaces",
    `!${IN_NAMESPACE} || size(params.spec.match.namespaces) == 0 || params.spec.match.namespaces.exists(n, ${globExpression("n", "request.namespace")})`,
  ),
  condition(
    "name",
    "name",
    `(has(${OBJECT}.metadata.name) && [params.spec.match.name].exists(n, [${OBJECT}.metadata.name].exists(t, ${globExpression("n", "t")}))) || ` +
      `(has(${OBJECT}.metadata.generateName) && params.spec.match.name.endsWith("*") && [params.spec.match.name].exists(n, [${OBJECT}.metadata.generateName].exists(t, ${globExpression("n", "t")})))`,
  ),
  condition(
    "kinds",
    "kinds",
    "size(params.spec.match.kinds) == 0 || params.spec.match.kinds.exists(k, " +
      '(!has(k.kinds) || size(k.kinds) == 0 || "*" in k.kinds || request.kind.kind in k.kinds) && ' +
      '(!has(k.apiGroups) || size(k.apiGroups) == 0 || "*" in k.apiGroups || request.kind.group in k.apiGroups))',
  ),
  condition(
    "scope",
    "scope",
    'params.spec.match.scope == "*" || ' +
      `(params.spec.match.scope == "Cluster" ? (${IS_NAMESPACE} || !${IN_NAMESPACE}) : (!${IS_NAMESPACE} && ${IN_NAMESPACE}))`,
  ),
  condition("source", "source", 'params.spec.match.source != "Generated"'),
];

/** A ValidatingAdmissionPolicy for a template; a string says why there can be none. */
export function policyForTemplate(value: JsonObject): JsonObject | string {
  const { source, problems } = readTemplate(value);
  const [problem] = problems;
  if (problem !== undefined) return problem.message;
  if (source.cel === undefined) {
    return "it has no K8sNativeValidation code: Rego cannot be turned into CEL";
  }
  const operations = source.operations.length === 0 ? ["CREATE", "UPDATE"] : [...source.operations];
  return {
    apiVersion: API_VERSION,
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: `gatekeeper-${source.name}` },
    spec: {
      paramKind: { apiVersion: "constraints.gatekeeper.sh/v1beta1", kind: source.kind },
      failurePolicy: source.cel.failurePolicy,
      matchConstraints: {
        resourceRules: [{ operations, apiGroups: ["*"], apiVersions: ["*"], resources: ["*"], scope: "*" }],
      },
      matchConditions: [...namedJson(source.cel.matchConditions), ...MATCH_CONDITIONS],
      variables: namedJson([...TEMPLATE_VARIABLES, ...source.cel.variables]),
      validations: validationsJson(source.cel),
    },
  };
}

function namedJson(entries: readonly { readonly name: string; readonly expression: string }[]): JsonValue[] {
  return entries.map(({ name, expression }) => ({ name, expression }));
}

function validationsJson({ validations }: CelTemplateSource): JsonValue[] {
  return validations.map(({ expression, message, messageExpression, reason }) => ({
    expression,
    ...(message === undefined ? {} : { message }),
    ...(messageExpression === undefined ? {} : { messageExpression }),
    ...(reason === undefined ? {} : { reason }),
  }));
}

const VALIDATION_ACTIONS: Readonly<Record<Action, string>> = { deny: "Deny", warn: "Warn", dryrun: "Audit" };

/** A binding for a constraint; a string says why there can be none. */
export function bindingForConstraint(value: JsonObject): JsonObject | string {
  const constraint = readConstraint(value, undefined);
  const actions = new Set(constraint.actions("validation.gatekeeper.sh").map((action) => VALIDATION_ACTIONS[action]));
  if (actions.size === 0) return "none of its actions is for admission";
  // The API server takes Deny and Warn together for a mistake.
  if (actions.has("Deny")) actions.delete("Warn");
  const match = objectAt(value, ["spec", "match"]);
  const objectSelector = objectAt(match, ["labelSelector"]);
  const namespaceSelector = objectAt(match, ["namespaceSelector"]);
  const kind = (stringAt(value, ["kind"]) ?? "").toLowerCase();
  return {
    apiVersion: API_VERSION,
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: `gatekeeper-${kind}-${constraint.name}` },
    spec: {
      policyName: `gatekeeper-${kind}`,
      paramRef: { name: constraint.name, parameterNotFoundAction: "Allow" },
      matchResources: {
        ...(objectSelector === undefined ? {} : { objectSelector }),
        ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
      },
      validationActions: [...actions],
    },
  };
}

/** A template's K8sNativeValidation code, which reads the constraint as `params`. */
import type { JsonObject } from "@redoubt/kube";
import type { AdmissionRequest } from "../../model/admission-request.ts";
import type { CelTemplateSource } from "../../model/template-source.ts";
import { ExpressionCompiler } from "../cel/expressions.ts";
import { Validator, type ValidatorResult } from "../cel/validator.ts";

/** What Gatekeeper puts before a template's own variables. */
export const TEMPLATE_VARIABLES: readonly { readonly name: string; readonly expression: string }[] = [
  {
    name: "anyObject",
    expression: 'has(request.operation) && request.operation == "DELETE" && object == null ? oldObject : object',
  },
  {
    name: "params",
    expression: "!has(params.spec) ? null : !has(params.spec.parameters) ? null: params.spec.parameters",
  },
];

/** Gatekeeper gives a template no more than one expression may cost in the API server. */
const BUDGET = 1_000_000;

export class CelTemplate {
  readonly #validator: Validator;

  constructor(source: CelTemplateSource) {
    const compiler = new ExpressionCompiler();
    for (const { name, expression } of [...TEMPLATE_VARIABLES, ...source.variables]) {
      compiler.addVariable(name, expression, { hasParams: true, hasAuthorizer: false });
    }
    const { validations, matchConditions, failurePolicy } = source;
    this.#validator = new Validator(
      { variables: [], matchConditions, validations, auditAnnotations: [], failurePolicy, hasParams: false },
      compiler,
      false,
    );
  }

  /** Why expressions do not compile; a template with such expressions still decides, by its failure policy. */
  get problems(): readonly string[] {
    return this.#validator.expressions.flatMap(({ compiled }) => (compiled.kind === "error" ? [compiled.message] : []));
  }

  review(request: AdmissionRequest, constraint: JsonObject, namespace: JsonObject | undefined): ValidatorResult {
    const object = request.operation === "DELETE" ? undefined : request.object;
    return this.#validator.validate({ request, object, params: constraint, namespace, authorize: undefined }, BUDGET);
  }
}

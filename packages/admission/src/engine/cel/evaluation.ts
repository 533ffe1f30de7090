/** Evaluates a policy's expressions for one request, within the API server's budget of costs. */
import {
  type Activation,
  type Authorize,
  CelError,
  MapValue,
  type Native,
  type Value,
  authorizerValue,
  resourceCheckValue,
} from "@redoubt/cel";
import type { JsonObject } from "@redoubt/kube";
import { type AdmissionRequest, userJson } from "../../model/admission-request.ts";
import type { Expression, NamedExpression } from "./expressions.ts";

/** The API server's budgets: for all expressions of a policy, and for its match conditions. */
export const POLICY_BUDGET = 10_000_000;
export const MATCH_CONDITIONS_BUDGET = 2_500_000;

/** What an expression gave. */
export type Outcome =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "error"; readonly message: string };

/** The whole policy is over: its budget is spent. */
export class BudgetSpent extends Error {
  constructor() {
    super("validation failed due to running out of cost budget, no further validation rules will be run");
  }
}

export interface Bindings {
  readonly request: AdmissionRequest;
  readonly object: JsonObject | undefined;
  readonly params: JsonObject | undefined;
  readonly namespace: JsonObject | undefined;
  readonly authorize: Authorize | undefined;
}

/** One pass over expressions: variables are evaluated once, when first read. */
export class Pass {
  readonly #activation: Activation;
  readonly #variables: LazyVariables;
  #budget: number;

  constructor(bindings: Bindings, variables: readonly NamedExpression[], budget: number) {
    const names = new Map<string, Native>([
      ["object", bindings.object ?? null],
      ["oldObject", bindings.request.oldObject ?? null],
      ["request", requestVariable(bindings.request)],
      ["namespaceObject", namespaceVariable(bindings.namespace)],
      ["params", bindings.params ?? null],
    ]);
    const { authorize } = bindings;
    if (authorize !== undefined) {
      const { resource, subResource, namespace, name } = bindings.request;
      names.set("authorizer", authorizerValue(authorize));
      const asked = { group: resource.group, resource: resource.resource, subresource: subResource, namespace, name };
      names.set("authorizer.requestResource", resourceCheckValue(authorize, asked));
    }
    this.#activation = { resolve: (name) => names.get(name) };
    this.#variables = new LazyVariables(variables, this.#activation);
    names.set("variables", this.#variables);
    this.#budget = budget;
  }

  get budget(): number {
    return this.#budget;
  }

  /** Throws BudgetSpent. */
  evaluate({ text, compiled }: Expression): Outcome {
    if (compiled.kind === "error") return { kind: "error", message: `compilation error: ${compiled.message}` };
    const result = compiled.program.evaluate(this.#activation);
    this.#spend(this.#variables.takeCost());
    this.#spend(result.cost);
    if (result.kind === "value") return result;
    return { kind: "error", message: `expression '${text}' resulted in error: ${result.message}` };
  }

  #spend(cost: number): void {
    if (cost > this.#budget) throw new BudgetSpent();
    this.#budget -= cost;
  }
}

class LazyVariables extends MapValue {
  readonly #expressions: ReadonlyMap<string, NamedExpression>;
  readonly #activation: Activation;
  readonly #values = new Map<string, Value>();
  #cost = 0;

  constructor(variables: readonly NamedExpression[], activation: Activation) {
    super();
    this.#expressions = new Map(variables.map((variable) => [variable.name, variable]));
    this.#activation = activation;
  }

  get size(): number {
    return this.#expressions.size;
  }

  /** What variables have cost since this was last asked. */
  takeCost(): number {
    const cost = this.#cost;
    this.#cost = 0;
    return cost;
  }

  find(key: Value): Value | undefined {
    if (typeof key !== "string") return undefined;
    const present = this.#values.get(key);
    if (present !== undefined) return present;
    const expression = this.#expressions.get(key);
    if (expression === undefined) return undefined;
    const value = this.#evaluate(expression);
    this.#values.set(key, value);
    return value;
  }

  keys(): Iterable<Value> {
    return this.#expressions.keys();
  }

  #evaluate({ name, compiled }: NamedExpression): Value {
    const quoted = JSON.stringify(name);
    if (compiled.kind === "error")
      return new CelError(`composited variable ${quoted} fails to compile: ${compiled.message}`);
    const result = compiled.program.evaluate(this.#activation);
    this.#cost += result.cost;
    if (result.kind === "value") return result.value;
    return new CelError(`composited variable ${quoted} fails to evaluate: ${result.message}`);
  }
}

/** The request as the API server hands it to expressions: the Go type's JSON. */
function requestVariable(request: AdmissionRequest): JsonObject {
  const { kind, resource, subResource, name, namespace, operation, dryRun, options } = request;
  const requestSubResource = request.requestSubResource ?? subResource;
  return {
    uid: "",
    kind: { ...kind },
    resource: { ...resource },
    ...(subResource === "" ? {} : { subResource }),
    requestKind: { ...(request.requestKind ?? kind) },
    requestResource: { ...(request.requestResource ?? resource) },
    ...(requestSubResource === "" ? {} : { requestSubResource }),
    ...(name === "" ? {} : { name }),
    ...(namespace === "" ? {} : { namespace }),
    operation,
    userInfo: userJson(request.userInfo),
    dryRun,
    options: options ?? null,
  };
}

const NAMESPACE_METADATA = new Set([
  "name",
  "generateName",
  "namespace",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "labels",
  "annotations",
  "finalizers",
]);

/** Only the fields that expressions may read. */
function namespaceVariable(namespace: JsonObject | undefined): JsonObject | null {
  if (namespace === undefined) return null;
  const { metadata, spec, status } = namespace;
  const fields =
    typeof metadata === "object" && metadata !== null && !Array.isArray(metadata) ? Object.entries(metadata) : [];
  const kept: JsonObject = Object.fromEntries(fields.filter(([key]) => NAMESPACE_METADATA.has(key)));
  if (!Object.hasOwn(kept, "creationTimestamp")) kept["creationTimestamp"] = null;
  return { metadata: kept, spec: spec ?? {}, status: status ?? {} };
}

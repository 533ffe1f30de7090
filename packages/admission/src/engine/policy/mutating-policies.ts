/** MutatingAdmissionPolicies and their bindings, as the API server's plugin puts them to work. */
import { isDeepStrictEqual } from "node:util";
import { BOOL, CelError, ListValue, type Value, listType } from "@redoubt/cel";
import { type JsonObject, isJsonObject } from "@redoubt/kube";
import {
  type MutatingPolicy,
  type MutationSource,
  type PolicyBinding,
  readMutatingPolicy,
  readPolicyBinding,
} from "../../model/admission-policy.ts";
import type { AdmissionRequest } from "../../model/admission-request.ts";
import type { Violation } from "../../model/violation.ts";
import { type Bindings, BudgetSpent, MATCH_CONDITIONS_BUDGET, Pass, POLICY_BUDGET } from "../cel/evaluation.ts";
import { type Expression, ExpressionCompiler, type ExpressionScope } from "../cel/expressions.ts";
import {
  JSON_PATCH,
  JsonPatchValue,
  OBJECT,
  PatchObject,
  patchJson,
  patchTypes,
  typeNameProblems,
} from "../cel/patch-types.ts";
import { matchConditions } from "../cel/validator.ts";
import { PatchError, type PatchOperation, applyPatch } from "../json-patch.ts";
import { collectParameters, paramKindProblem } from "./collect-parameters.ts";
import { isExemptFromPolicies, matchesResources } from "./match-resources.ts";
import { atomicPaths, mergeApplied } from "./structured-merge.ts";
import type { PolicyContext, PolicyProblem, PolicyTrace } from "./validating-policies.ts";

const KIND = "MutatingAdmissionPolicy";

interface CompiledMutation {
  readonly kind: MutationSource["kind"];
  readonly expression: Expression;
}

interface CompiledPolicy {
  readonly policy: MutatingPolicy;
  readonly compiler: ExpressionCompiler;
  readonly conditions: readonly Expression[];
  readonly mutations: readonly CompiledMutation[];
}

export interface MutatingReview {
  readonly object: JsonObject | undefined;
  /** Failures: nothing but an error refuses a request here. */
  readonly violations: readonly Violation[];
  readonly trace: readonly PolicyTrace[];
}

interface PolicyApplication {
  readonly object: JsonObject;
  readonly violations: readonly Violation[];
  readonly trace: PolicyTrace;
}

/** Why a mutation cannot be had. */
class MutationFailure extends Error {}

export class MutatingPolicies {
  readonly #policies: CompiledPolicy[] = [];
  readonly #bindings = new Map<string, PolicyBinding[]>();

  get isEmpty(): boolean {
    return this.#policies.length === 0;
  }

  addPolicy(value: JsonObject): void {
    const policy = readMutatingPolicy(value);
    const scope: ExpressionScope = { hasParams: policy.paramKind !== undefined, hasAuthorizer: true, patchTypes };
    const compiler = new ExpressionCompiler();
    for (const { name, expression } of policy.variables) compiler.addVariable(name, expression, scope);
    this.#policies.push({
      policy,
      compiler,
      conditions: policy.matchConditions.map(({ expression }) => compiler.compile(expression, [BOOL], scope)),
      mutations: policy.mutations.map(({ kind, expression }) => ({
        kind,
        expression: compiler.compile(expression, [kind === "JSONPatch" ? listType(JSON_PATCH) : OBJECT], scope),
      })),
    });
    this.#policies.sort((one, other) => (one.policy.name < other.policy.name ? -1 : 1));
  }

  addBinding(value: JsonObject): void {
    const binding = readPolicyBinding(value);
    const bindings = this.#bindings.get(binding.policyName) ?? [];
    bindings.push(binding);
    this.#bindings.set(binding.policyName, bindings);
  }

  get problems(): readonly PolicyProblem[] {
    return this.#policies.flatMap(({ policy, compiler, conditions, mutations }) =>
      [...compiler.variables, ...conditions, ...mutations.map(({ expression }) => expression)].flatMap(
        ({ text, compiled }) =>
          compiled.kind === "error"
            ? [{ kind: KIND, name: policy.name, expression: text, message: compiled.message }]
            : [],
      ),
    );
  }

  /** Applies all policies, and those that want it once more if anything changed. */
  review(request: AdmissionRequest, context: PolicyContext): MutatingReview {
    const violations: Violation[] = [];
    const trace: PolicyTrace[] = [];
    let { object } = request;
    if (object === undefined || isExemptFromPolicies(request)) return { object, violations, trace };
    for (const isAgain of [false, true]) {
      const before = object;
      for (const compiled of this.#policies) {
        if (isAgain && !compiled.policy.isReinvoked) continue;
        const current: AdmissionRequest = { ...request, object };
        const result = this.#applyPolicy(compiled, current, context);
        violations.push(...result.violations);
        if (!isAgain) trace.push(result.trace);
        ({ object } = result);
      }
      if (isDeepStrictEqual(before, object)) break;
    }
    return { object, violations, trace };
  }

  #applyPolicy(compiled: CompiledPolicy, request: AdmissionRequest, context: PolicyContext): PolicyApplication {
    const { policy } = compiled;
    const { name } = policy;
    const start = request.object ?? {};
    const failed = (reason: string): PolicyApplication => ({
      object: start,
      violations: failure(policy, undefined, `failed to configure policy: ${reason}`),
      trace: { kind: KIND, name, outcome: "failed", reason },
    });
    const matched = matchesResources(policy.match, request, context.cluster);
    if (typeof matched === "string") return failed(matched);
    if (!matched) {
      const reason = "its matchConstraints are not for this request";
      return { object: start, violations: [], trace: { kind: KIND, name, outcome: "not matched", reason } };
    }
    const problem = paramKindProblem(policy.paramKind, context.cluster);
    if (problem !== undefined) return failed(problem);
    const violations: Violation[] = [];
    let object = start;
    for (const binding of this.#bindings.get(name) ?? []) {
      const params = paramsFor(policy, binding, request, context);
      if (typeof params === "string") {
        violations.push(...failure(policy, binding, `failed to configure binding: ${params}`));
        continue;
      }
      for (const param of params) {
        const result = applyMutations(compiled, binding, { ...request, object }, param, context);
        violations.push(...result.violations);
        ({ object } = result);
      }
    }
    const isChanged = !isDeepStrictEqual(start, object);
    const outcome = violations.length > 0 ? "failed" : isChanged ? "changed" : "passed";
    return { object, violations, trace: { kind: KIND, name, outcome } };
  }
}

function paramsFor(
  { paramKind }: MutatingPolicy,
  binding: PolicyBinding,
  request: AdmissionRequest,
  { cluster }: PolicyContext,
): readonly (JsonObject | undefined)[] | string {
  const matched = matchesResources(binding.match, request, cluster);
  if (typeof matched === "string") return matched;
  return matched ? collectParameters(paramKind, binding.paramRef, request.namespace, cluster) : [];
}

function failure(policy: MutatingPolicy, binding: PolicyBinding | undefined, message: string): readonly Violation[] {
  if (policy.failurePolicy === "Ignore") return [];
  const reference = { kind: KIND, name: policy.name, ...(binding === undefined ? {} : { binding: binding.name }) };
  return [{ policy: reference, action: "deny", message, reason: "Invalid", isError: true }];
}

function applyMutations(
  { policy, compiler, conditions, mutations }: CompiledPolicy,
  binding: PolicyBinding,
  request: AdmissionRequest,
  params: JsonObject | undefined,
  { cluster, authorize }: PolicyContext,
): { readonly object: JsonObject; readonly violations: readonly Violation[] } {
  let object = request.object ?? {};
  const isNamespace = request.kind.kind === "Namespace" && request.kind.group === "";
  const namespace = isNamespace || request.namespace === "" ? undefined : cluster.namespace(request.namespace);
  const bindingsFor = (current: JsonObject): Bindings => ({ request, object: current, params, namespace, authorize });
  if (conditions.length > 0) {
    const pass = new Pass(
      { ...bindingsFor(object), namespace: undefined },
      compiler.variables,
      MATCH_CONDITIONS_BUDGET,
    );
    const matched = matchConditions(pass, conditions, policy.failurePolicy === "Fail");
    if (typeof matched === "string") return { object, violations: failure(policy, binding, matched) };
    if (!matched) return { object, violations: [] };
  }
  const violations: Violation[] = [];
  for (const mutation of mutations) {
    try {
      object = applyMutation(mutation, new Pass(bindingsFor(object), compiler.variables, POLICY_BUDGET), object);
    } catch (error) {
      if (!(error instanceof MutationFailure) && !(error instanceof BudgetSpent)) throw error;
      violations.push(...failure(policy, binding, error.message));
    }
  }
  return { object, violations };
}

function applyMutation({ kind, expression }: CompiledMutation, pass: Pass, object: JsonObject): JsonObject {
  const outcome = pass.evaluate(expression);
  if (outcome.kind === "error") throw new MutationFailure(outcome.message);
  return kind === "JSONPatch" ? applyJsonPatch(outcome.value, object) : applyConfiguration(outcome.value, object);
}

function applyConfiguration(value: Value, object: JsonObject): JsonObject {
  if (!(value instanceof PatchObject)) {
    throw new MutationFailure("unsupported return type from ApplyConfiguration expression");
  }
  const problems = typeNameProblems(value, ["Object"]);
  if (problems.length > 0) throw new MutationFailure(`type mismatch: ${problems.join("\n")}`);
  const patch = patchJson(value);
  if (patch instanceof CelError || !isJsonObject(patch)) {
    throw new MutationFailure(`invalid return type: ${patch instanceof CelError ? patch.message : "no mapping"}`);
  }
  const atomics = atomicPaths(patch);
  if (atomics.length > 0) {
    throw new MutationFailure(
      `error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(", ")}`,
    );
  }
  const merged = mergeApplied(object, patch);
  return isJsonObject(merged) ? merged : object;
}

function applyJsonPatch(value: Value, object: JsonObject): JsonObject {
  if (!(value instanceof ListValue)) {
    throw new MutationFailure("type mismatch: JSONPatchType.expression should evaluate to array");
  }
  const operations = Array.from(value, readOperation);
  try {
    const patched = applyPatch(object, operations);
    if (!isJsonObject(patched)) throw new MutationFailure("JSON Patch: the result is no object");
    return patched;
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    if (error.isTest) return object;
    throw new MutationFailure(`JSON Patch: ${error.message}`);
  }
}

function readOperation(item: Value): PatchOperation {
  if (!(item instanceof JsonPatchValue)) {
    throw new MutationFailure("type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch");
  }
  const op = item.text("op");
  const path = item.text("path");
  switch (op) {
    case "remove":
      return { op, path };
    case "move":
    case "copy":
      return { op, path, from: item.text("from") };
    case "add":
    case "replace":
    case "test":
      return { op, path, value: operand(item) };
    default:
      throw new MutationFailure(`JSON Patch: Unexpected kind: ${op}`);
  }
}

function operand(item: JsonPatchValue): NonNullable<JsonObject[string]> | null {
  const value = item.fields.get("value");
  if (value === undefined) return null;
  const problems = value instanceof PatchObject ? typeNameProblems(value, ["Object"]) : [];
  if (problems.length > 0) throw new MutationFailure(`type mismatch: ${problems.join("\n")}`);
  const json = patchJson(value);
  if (json instanceof CelError) {
    throw new MutationFailure(
      `JSONPath valueExpression evaluated to a type that could not marshal to JSON: ${json.message}`,
    );
  }
  return json;
}

/** MutatingAdmissionPolicies and their bindings, as the API server's plugin puts them to work. */
import { isDeepStrictEqual } from "node:util";
import { BOOL, listType } from "@redoubt/cel";
import { type JsonObject, isJsonObject, stringAt } from "@redoubt/kube";
import {
  type MutatingPolicy,
  type PolicyBinding,
  readMutatingPolicy,
  readPolicyBinding,
} from "../../model/admission-policy.ts";
import type { AdmissionRequest } from "../../model/admission-request.ts";
import { type ApiType, apiTypeOf, definedSchema } from "../../model/api-type.ts";
import { OVERTIME, isOvertime } from "../../model/stopwatch.ts";
import type { Violation } from "../../model/violation.ts";
import { type Bindings, BudgetSpent, MATCH_CONDITIONS_BUDGET, Pass, POLICY_BUDGET } from "../cel/evaluation.ts";
import { type Expression, ExpressionCompiler, type ExpressionScope } from "../cel/expressions.ts";
import { JSON_PATCH, OBJECT, patchTypes } from "../cel/patch-types.ts";
import { matchConditions } from "../cel/validator.ts";
import { withDefaults } from "../gatekeeper/structural-schema.ts";
import { collectParameters, paramKindProblem } from "./collect-parameters.ts";
import { inVersion } from "./equivalent-versions.ts";
import { isExemptFromPolicies, matchesResources, requestSeenBy } from "./match-resources.ts";
import { type CompiledMutation, MutationFailure, applyMutation } from "./mutation.ts";
import type { PolicyContext, PolicyProblem, PolicyTrace } from "./validating-policies.ts";

const KIND = "MutatingAdmissionPolicy";

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

export class MutatingPolicies {
  readonly #policies: CompiledPolicy[] = [];
  readonly #bindings = new Map<string, PolicyBinding[]>();
  readonly #release: number | undefined;

  /** `release` is the one of Kubernetes whose libraries expressions may use. Default: the latest known. */
  constructor(release?: number) {
    this.#release = release;
  }

  get isEmpty(): boolean {
    return this.#policies.length === 0;
  }

  addPolicy(value: JsonObject): void {
    const policy = readMutatingPolicy(value);
    const scope: ExpressionScope = { hasParams: policy.paramKind !== undefined, hasAuthorizer: true, patchTypes };
    const compiler = new ExpressionCompiler(this.#release);
    // The API server takes no variables in them.
    const early = { ...scope, hasVariables: false };
    const conditions = policy.matchConditions.map(({ expression }) => compiler.compile(expression, [BOOL], early));
    for (const { name, expression } of policy.variables) compiler.addVariable(name, expression, scope);
    this.#policies.push({
      policy,
      compiler,
      conditions,
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
          compiled.kind === "error" && text.trim() !== ""
            ? [{ kind: KIND, name: policy.name, expression: text, message: compiled.message }]
            : [],
      ),
    );
  }

  /**
   * Applies all policies, and once more those that want it where something was applied after them. Which policies are for a request, and
   * with which parameters, is settled before the first of a round has changed anything.
   */
  review(request: AdmissionRequest, context: PolicyContext): MutatingReview {
    const { object } = request;
    if (object === undefined || isExemptFromPolicies(request)) return { object, violations: [], trace: [] };
    const first = this.#invocations(request, context);
    const violations = [...first.violations];
    const round = applyAll(first.invocations, { ...request, object }, context);
    violations.push(...round.violations);
    if (violations.length > 0 || round.again.size === 0) {
      return { object: round.object, violations, trace: traceOf(first.trace, round) };
    }
    const current = { ...request, object: round.object };
    const second = this.#invocations(current, context);
    const again = second.invocations.filter((invocation) => round.again.has(keyOf(invocation)));
    const repeated = applyAll(again, current, context);
    violations.push(...second.violations, ...repeated.violations);
    const changed = new Set([...round.changed, ...repeated.changed]);
    const failed = new Set([...round.failed, ...repeated.failed]);
    return {
      object: repeated.object,
      violations,
      trace: traceOf(first.trace, { ...round, changed, failed }),
    };
  }

  #invocations(
    request: AdmissionRequest,
    context: PolicyContext,
  ): {
    readonly invocations: readonly Invocation[];
    readonly violations: readonly Violation[];
    readonly trace: readonly PolicyTrace[];
  } {
    const invocations: Invocation[] = [];
    const violations: Violation[] = [];
    const trace: PolicyTrace[] = [];
    for (const compiled of this.#policies) {
      const { policy } = compiled;
      const { name } = policy;
      const bindings = this.#bindings.get(name) ?? [];
      const skip = (outcome: "failed" | "not matched", reason: string): void => {
        trace.push({ kind: KIND, name, outcome, reason });
      };
      if (bindings.length === 0) {
        skip("not matched", "no binding puts it to work");
        continue;
      }
      const seen = requestSeenBy(policy.match, request, context.cluster);
      if (seen === false) {
        skip("not matched", "its matchConstraints are not for this request");
        continue;
      }
      const refuse = (problem: string): void => {
        violations.push(...failure(policy, undefined, `failed to configure policy: ${problem}`));
        skip("failed", problem);
      };
      if (typeof seen === "string") {
        refuse(seen);
        continue;
      }
      const problem = paramKindProblem(policy.paramKind, context.cluster);
      if (problem !== undefined) {
        refuse(problem);
        continue;
      }
      trace.push({ kind: KIND, name, outcome: "passed" });
      for (const binding of bindings) {
        const params = paramsFor(policy, binding, request, context);
        if (typeof params === "string") {
          violations.push(...failure(policy, binding, `failed to configure binding: ${params}`));
          continue;
        }
        for (const param of params) invocations.push({ compiled, seen, binding, param });
      }
    }
    return { invocations, violations, trace };
  }
}

/** A policy, put to work by a binding, with one parameter. */
interface Invocation {
  readonly compiled: CompiledPolicy;
  /** The request in the version that the policy is for, before any policy. */
  readonly seen: AdmissionRequest;
  readonly binding: PolicyBinding;
  readonly param: JsonObject | undefined;
}

interface Round {
  readonly object: JsonObject;
  readonly violations: readonly Violation[];
  /** Invocations that are to be repeated. */
  readonly again: ReadonlySet<string>;
  /** Names of policies that changed the object, and of those that failed. */
  readonly changed: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
}

function keyOf({ compiled, binding, param }: Invocation): string {
  const names = [stringAt(param, ["metadata", "namespace"]) ?? "", stringAt(param, ["metadata", "name"]) ?? ""];
  return JSON.stringify([compiled.policy.name, binding.name, ...names]);
}

function applyAll(
  invocations: readonly Invocation[],
  request: AdmissionRequest & { readonly object: JsonObject },
  context: PolicyContext,
): Round {
  const violations: Violation[] = [];
  const changed = new Set<string>();
  const failed = new Set<string>();
  const again = new Set<string>();
  let repeatable = new Set<string>();
  let isApplied = false;
  let { object } = request;
  const repeat = (): void => {
    for (const key of repeatable) again.add(key);
    repeatable = new Set();
  };
  for (const invocation of invocations) {
    const { name, isReinvoked } = invocation.compiled.policy;
    const policy = { kind: KIND, name };
    if (isOvertime(context.stopwatch)) {
      violations.push({ policy, action: "deny", isError: true, ...OVERTIME });
      failed.add(name);
      break;
    }
    const { kind } = invocation.seen;
    const isConverted = kind.version !== request.kind.version;
    const current = isConverted ? inVersion(object, kind) : object;
    const result = applyMutations(invocation, { ...invocation.seen, object: current }, context);
    violations.push(...result.violations);
    context.stopwatch?.judged(policy);
    if (result.hasFailed) failed.add(name);
    if (!result.isMatched) continue;
    isApplied ||= result.isApplied;
    if (!isDeepStrictEqual(current, result.object)) {
      changed.add(name);
      repeat();
    }
    object = isConverted ? inVersion(result.object, request.kind) : result.object;
    if (isReinvoked) repeatable.add(keyOf(invocation));
    if (result.isFatal) break;
  }
  if (isApplied) repeat();
  return { object, violations, again, changed, failed };
}

function traceOf(trace: readonly PolicyTrace[], { changed, failed }: Round): readonly PolicyTrace[] {
  return trace.map((entry) => {
    if (entry.outcome !== "passed") return entry;
    return { ...entry, outcome: failed.has(entry.name) ? "failed" : changed.has(entry.name) ? "changed" : "passed" };
  });
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

interface Mutated {
  readonly object: JsonObject;
  readonly violations: readonly Violation[];
  /** Whether the match conditions hold. */
  readonly isMatched: boolean;
  /** Whether a mutation came to an end, even if it changed nothing. */
  readonly isApplied: boolean;
  readonly hasFailed: boolean;
  /** The request is refused whatever the failure policy, and nothing else is tried. */
  readonly isFatal: boolean;
}

function applyMutations(
  { compiled: { policy, compiler, conditions, mutations }, seen, binding, param }: Invocation,
  request: AdmissionRequest & { readonly object: JsonObject },
  { cluster, authorize }: PolicyContext,
): Mutated {
  let { object } = request;
  const isNamespace = request.kind.kind === "Namespace" && request.kind.group === "";
  const namespace = isNamespace || request.namespace === "" ? undefined : cluster.namespace(request.namespace);
  const bindingsFor = (current: JsonObject): Bindings => ({
    request,
    object: current,
    params: param,
    namespace,
    authorize,
  });
  const untouched = { object, isApplied: false, isFatal: false };
  if (conditions.length > 0) {
    const pass = new Pass(
      { ...bindingsFor(object), namespace: undefined },
      compiler.variables,
      MATCH_CONDITIONS_BUDGET,
    );
    const matched = matchConditions(pass, conditions, policy.failurePolicy === "Fail");
    if (typeof matched === "string") {
      return { ...untouched, violations: failure(policy, binding, matched), isMatched: false, hasFailed: true };
    }
    if (!matched) return { ...untouched, violations: [], isMatched: false, hasFailed: false };
  }
  const violations: Violation[] = [];
  const type = apiTypeOf(request.kind, cluster) ?? UNKNOWN_TYPE;
  const schema = definedSchema(request.kind, cluster);
  const asked = seen.object ?? object;
  const result = { isMatched: true, isApplied: false, hasFailed: false, isFatal: false };
  for (const mutation of mutations) {
    try {
      const pass = new Pass(bindingsFor(object), compiler.variables, POLICY_BUDGET);
      object = defaulted(applyMutation(mutation, pass, object, asked, type), schema);
      result.isApplied = true;
    } catch (error) {
      if (!(error instanceof MutationFailure) && !(error instanceof BudgetSpent)) throw error;
      result.hasFailed = true;
      if (error instanceof MutationFailure && error.isFatal) {
        violations.push(fatal(policy, binding, error.message));
        return { ...result, object, violations, isFatal: true };
      }
      violations.push(...failure(policy, binding, error.message));
    }
  }
  return { ...result, object, violations };
}

/** The API server fills defaults in after each mutation. We know those of definitions, and not those of kinds that are built in. */
function defaulted(object: JsonObject, schema: JsonObject | undefined): JsonObject {
  const filled = schema === undefined ? object : withDefaults(schema, object);
  return isJsonObject(filled) ? filled : object;
}

/** What nobody has declared: mappings are merged, lists replaced. */
const UNKNOWN_TYPE: ApiType = { kind: "any" };

function fatal(policy: MutatingPolicy, binding: PolicyBinding, message: string): Violation {
  const reference = { kind: KIND, name: policy.name, binding: binding.name };
  return { policy: reference, isFatal: true, action: "deny", message, reason: "InternalError", isError: true };
}

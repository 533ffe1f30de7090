/** ValidatingAdmissionPolicies and their bindings, as the API server's plugin puts them to work. */
import type { Authorize } from "@redoubt/cel";
import type { JsonObject } from "@redoubt/kube";
import {
  type PolicyBinding,
  type ValidatingPolicy,
  readPolicyBinding,
  readValidatingPolicy,
} from "../../model/admission-policy.ts";
import type { AdmissionRequest } from "../../model/admission-request.ts";
import type { ClusterView } from "../../model/cluster-view.ts";
import { OVERTIME, type Stopwatch, isOvertime } from "../../model/stopwatch.ts";
import type { Action, Violation } from "../../model/violation.ts";
import { ExpressionCompiler } from "../cel/expressions.ts";
import { Validator, type ValidatorResult } from "../cel/validator.ts";
import { collectParameters, paramKindProblem } from "./collect-parameters.ts";
import { isExemptFromPolicies, matchesResources, requestSeenBy } from "./match-resources.ts";

interface CompiledPolicy {
  readonly policy: ValidatingPolicy;
  readonly validator: Validator;
}

export interface PolicyContext {
  readonly cluster: ClusterView;
  readonly authorize: Authorize | undefined;
  readonly stopwatch?: Stopwatch | undefined;
}

export interface PolicyReview {
  readonly violations: readonly Violation[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
  /** The policies that were evaluated, and for those that were not, why. */
  readonly trace: readonly PolicyTrace[];
}

/** How one policy came to say what it says. */
export interface PolicyTrace {
  readonly kind: string;
  readonly name: string;
  readonly outcome: "not matched" | "passed" | "violated" | "changed" | "failed";
  readonly reason?: string;
}

const KIND = "ValidatingAdmissionPolicy";
const FAILURE_KEY = "validation.policy.admission.k8s.io/validation_failure";
const ACTIONS: Readonly<Record<string, Action>> = { Deny: "deny", Warn: "warn", Audit: "dryrun" };

/** What the API server answers a client with; the details of many violations it leaves to audit logs. */
export function denialMessage(
  { name, binding }: { readonly name: string; readonly binding?: string },
  message: string,
) {
  const by = binding === undefined ? "" : ` with binding '${binding}'`;
  return `ValidatingAdmissionPolicy '${name}'${by} denied request: ${message}`;
}

export function warningMessage(policy: string, binding: string, message: string): string {
  return `Validation failed for ValidatingAdmissionPolicy '${policy}' with binding '${binding}': ${message}`;
}

export interface PolicyProblem {
  readonly kind: string;
  readonly name: string;
  readonly expression: string;
  readonly message: string;
}

export class ValidatingPolicies {
  readonly #policies: CompiledPolicy[] = [];
  readonly #bindings = new Map<string, PolicyBinding[]>();
  readonly #release: number | undefined;

  /** `release` is the one of Kubernetes whose libraries expressions may use. Default: the latest known. */
  constructor(release?: number) {
    this.#release = release;
  }

  addPolicy(value: JsonObject): void {
    const policy = readValidatingPolicy(value);
    this.#policies.push({
      policy,
      validator: new Validator(policy.source, new ExpressionCompiler(this.#release), true),
    });
    this.#policies.sort((one, other) => (one.policy.name < other.policy.name ? -1 : 1));
  }

  addBinding(value: JsonObject): void {
    const binding = readPolicyBinding(value);
    const bindings = this.#bindings.get(binding.policyName) ?? [];
    bindings.push(binding);
    this.#bindings.set(binding.policyName, bindings);
  }

  get isEmpty(): boolean {
    return this.#policies.length === 0;
  }

  /** Expressions that do not compile: the API server refuses the policy, and one that is there fails by its failure policy. */
  get problems(): readonly PolicyProblem[] {
    return this.#policies.flatMap(({ policy, validator }) =>
      validator.expressions.flatMap(({ text, compiled }) =>
        compiled.kind === "error" && text.trim() !== ""
          ? [{ kind: KIND, name: policy.name, expression: text, message: compiled.message }]
          : [],
      ),
    );
  }

  review(request: AdmissionRequest, context: PolicyContext): PolicyReview {
    const violations: Violation[] = [];
    const annotations: Record<string, string> = {};
    const trace: PolicyTrace[] = [];
    if (isExemptFromPolicies(request)) return { violations, auditAnnotations: annotations, trace };
    for (const compiled of this.#policies) {
      const verdict = this.#reviewOne(compiled, request, context, annotations);
      violations.push(...verdict.violations);
      trace.push(verdict.trace);
      context.stopwatch?.judged({ kind: KIND, name: compiled.policy.name });
    }
    return { violations, auditAnnotations: annotations, trace };
  }

  #reviewOne(
    compiled: CompiledPolicy,
    request: AdmissionRequest,
    context: PolicyContext,
    annotations: Record<string, string>,
  ): { readonly violations: readonly Violation[]; readonly trace: PolicyTrace } {
    const { policy } = compiled;
    const failed = (message: string): { violations: readonly Violation[]; trace: PolicyTrace } => ({
      violations: configurationError(policy, undefined, `failed to configure policy: ${message}`),
      trace: traceOf(policy.name, "failed", message),
    });
    const notMatched = (reason: string): { violations: readonly Violation[]; trace: PolicyTrace } => ({
      violations: [],
      trace: traceOf(policy.name, "not matched", reason),
    });
    const bindings = this.#bindings.get(policy.name) ?? [];
    if (bindings.length === 0) return notMatched("no binding puts it to work");
    const matched = requestSeenBy(policy.match, request, context.cluster);
    if (typeof matched === "string") return failed(matched);
    if (matched && isOvertime(context.stopwatch)) {
      const violation = { policy: referenceTo(policy, undefined), action: "deny", isError: true, ...OVERTIME } as const;
      return { violations: [violation], trace: traceOf(policy.name, "failed", OVERTIME.message) };
    }
    if (!matched) return notMatched("its matchConstraints are not for this request");
    const problem = paramKindProblem(policy.paramKind, context.cluster);
    if (problem !== undefined) return failed(problem);
    const published = new Map<string, string[]>();
    const violations: Violation[] = [];
    let isEvaluated = false;
    for (const binding of bindings) {
      const results = evaluateBinding(compiled, binding, { asked: request, seen: matched }, context);
      if (typeof results === "string") {
        violations.push(...configurationError(policy, binding, `failed to configure binding: ${results}`));
        continue;
      }
      for (const result of results) {
        isEvaluated ||= result.matched;
        violations.push(...violationsOf(policy, binding, result));
        publish(published, result.auditAnnotations);
        const [failure] = result.failures;
        if (failure !== undefined && binding.actions.includes("Audit")) {
          annotations[FAILURE_KEY] ??= failureAnnotation(policy, binding, failure);
        }
      }
    }
    for (const [key, values] of published) annotations[`${policy.name}/${key}`] ??= values.join(", ");
    if (violations.length > 0) return { violations, trace: traceOf(policy.name, "violated") };
    if (isEvaluated) return { violations, trace: traceOf(policy.name, "passed") };
    return notMatched("no binding, parameter or match condition");
  }
}

function traceOf(name: string, outcome: PolicyTrace["outcome"], reason?: string): PolicyTrace {
  return { kind: KIND, name, outcome, ...(reason === undefined ? {} : { reason }) };
}

/** One result for each parameter; a string where the binding is at fault. */
function evaluateBinding(
  { policy, validator }: CompiledPolicy,
  binding: PolicyBinding,
  { asked, seen }: { readonly asked: AdmissionRequest; readonly seen: AdmissionRequest },
  { cluster, authorize }: PolicyContext,
): readonly ValidatorResult[] | string {
  const matched = matchesResources(binding.match, asked, cluster);
  if (typeof matched === "string") return matched;
  if (!matched) return [];
  const params = collectParameters(policy.paramKind, binding.paramRef, seen.namespace, cluster);
  if (typeof params === "string") return params;
  const isNamespace = seen.kind.kind === "Namespace" && seen.kind.group === "";
  const namespace = isNamespace || seen.namespace === "" ? undefined : cluster.namespace(seen.namespace);
  return params.map((param) =>
    validator.validate({ request: seen, object: seen.object, params: param, namespace, authorize }),
  );
}

function configurationError(
  policy: ValidatingPolicy,
  binding: PolicyBinding | undefined,
  message: string,
): readonly Violation[] {
  if (policy.failurePolicy === "Ignore") return [];
  return [{ policy: referenceTo(policy, binding), action: "deny", message, reason: "Invalid", isError: true }];
}

function referenceTo({ name }: ValidatingPolicy, binding: PolicyBinding | undefined): Violation["policy"] {
  return { kind: KIND, name, ...(binding === undefined ? {} : { binding: binding.name }) };
}

function violationsOf(
  policy: ValidatingPolicy,
  binding: PolicyBinding,
  { failures, annotationFailures }: ValidatorResult,
): readonly Violation[] {
  const reference = referenceTo(policy, binding);
  const violations: Violation[] = [];
  for (const { message, reason = "Invalid", kind } of failures) {
    for (const name of binding.actions) {
      const action = ACTIONS[name];
      if (action === undefined) continue;
      violations.push({ policy: reference, action, message, reason, isError: kind === "error" });
    }
  }
  for (const message of annotationFailures) {
    violations.push({ policy: reference, action: "deny", message, reason: "Invalid", isError: true });
  }
  return violations;
}

function publish(published: Map<string, string[]>, values: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(values)) {
    const present = published.get(key) ?? [];
    if (!present.includes(value)) present.push(value);
    published.set(key, present);
  }
}

function failureAnnotation(
  { name }: ValidatingPolicy,
  { name: binding, actions }: PolicyBinding,
  { index, message }: ValidatorResult["failures"][number],
): string {
  return JSON.stringify([{ message, policy: name, binding, expressionIndex: index, validationActions: [...actions] }]);
}

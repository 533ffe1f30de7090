/** One decision over all policies: what is changed first, and then what the result is held against. */
import type { Authorize } from "@redoubt/cel";
import { type JsonObject, stringAt } from "@redoubt/kube";
import {
  type AdmissionRequest,
  isNamespaceKind,
  isProblem,
  requestForObject,
  requestFromReview,
} from "../model/admission-request.ts";
import { type ClusterView, clusterViewOf } from "../model/cluster-view.ts";
import type { EnforcementPoint } from "../model/constraint.ts";
import type { Stopwatch } from "../model/stopwatch.ts";
import type { Violation } from "../model/violation.ts";
import { expand } from "./gatekeeper/expansion.ts";
import type { ExternalDataSession } from "./gatekeeper/external-data.ts";
import type { Source } from "./gatekeeper/match.ts";
import { type VerifyImage, reviewImages } from "./images/image-policy.ts";
import { type PatchOperation, diff } from "./json-patch.ts";
import type { PolicySet } from "./policies.ts";
import { isExemptFromPolicies } from "./policy/match-resources.ts";
import { type PolicyContext, type PolicyTrace, denialMessage, warningMessage } from "./policy/validating-policies.ts";

/** What Pod Security admission says of a request; the host has the engine for it. */
export interface PodSecurityVerdict {
  readonly verdict: "allow" | "deny";
  readonly message?: string;
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

export type JudgePodSecurity = (
  request: AdmissionRequest,
  namespace: JsonObject | undefined,
) => PodSecurityVerdict | undefined;

export interface DecisionContext {
  /** Namespaces and parameters. Default: a cluster of what is built in only. */
  readonly cluster?: ClusterView;
  /** Where the decision is enforced. Default: the webhook. */
  readonly point?: EnforcementPoint;
  /** For expressions that ask what the requester may do. */
  readonly authorize?: Authorize;
  readonly podSecurity?: JudgePodSecurity;
  readonly verifyImage?: VerifyImage;
  /** Namespaces whose requests nobody judges, by their names. */
  readonly exemptNamespaces?: ReadonlySet<string>;
  /** For policies that ask providers; see decideWithProviders. */
  readonly externalData?: ExternalDataSession;
  /** Which half is asked: an API server asks twice. Default: both. */
  readonly phase?: "mutate" | "validate";
  /** For hosts that answer in time, or want to know which policies take it. Default: as long as it takes. */
  readonly stopwatch?: Stopwatch;
}

export interface Decision {
  readonly allowed: boolean;
  readonly violations: readonly Violation[];
  /** What the client is told besides. */
  readonly warnings: readonly string[];
  /** From the object of the request to `object`. */
  readonly patches: readonly PatchOperation[];
  /** The object as policies have changed it. */
  readonly object: JsonObject | undefined;
  readonly auditAnnotations: Readonly<Record<string, string>>;
  /** Why the request is refused, as the client reads it. */
  readonly message?: string;
  /** The HTTP status of a refusal. */
  readonly code?: number;
  readonly reason?: string;
  /** How each policy came to it. */
  readonly why: readonly PolicyTrace[];
}

const ALLOWED: Omit<Decision, "object"> = {
  allowed: true,
  violations: [],
  warnings: [],
  patches: [],
  auditAnnotations: {},
  why: [],
};

const NO_CLUSTER = clusterViewOf([]);

/**
 * Decides about an AdmissionReview, or about an object as if it were created. Never throws for what either holds: a review that is none
 * is refused with the reason.
 */
export function decide(subject: JsonObject, policies: PolicySet, context: DecisionContext = {}): Decision {
  const request = isReview(subject) ? requestFromReview(subject) : requestForObject(subject, "CREATE");
  if (!isProblem(request)) return decideRequest(request, policies, context);
  return { ...ALLOWED, allowed: false, object: undefined, message: request.problem, code: 400, reason: "BadRequest" };
}

export function isReview(subject: JsonObject): boolean {
  if (stringAt(subject, ["kind"]) !== "AdmissionReview") return false;
  return stringAt(subject, ["apiVersion"])?.startsWith("admission.k8s.io/") === true;
}

export function decideRequest(asked: AdmissionRequest, policies: PolicySet, context: DecisionContext = {}): Decision {
  const request = withOwnNamespace(asked);
  if (context.exemptNamespaces?.has(request.namespace) === true) {
    const reason = `namespace ${request.namespace} is exempt`;
    return {
      ...ALLOWED,
      object: request.object,
      why: [{ kind: "Namespace", name: request.namespace, outcome: "not matched", reason }],
    };
  }
  return policies.withExternalData(context.externalData, () => {
    const run = new Run(request, policies, context);
    if (context.phase !== "validate") run.mutate();
    if (context.phase !== "mutate") run.validate();
    return run.decision();
  });
}

/** A Namespace is in itself, as the API server has it. */
function withOwnNamespace(request: AdmissionRequest): AdmissionRequest {
  if (!isNamespaceKind(request.kind) || request.namespace !== "" || request.name === "") return request;
  return { ...request, namespace: request.name };
}

/** Gatekeeper's mutators, which are applied until none changes anything. */
const MUTATION = { kind: "Mutation", name: "gatekeeper" };

class Run {
  readonly #policies: PolicySet;
  readonly #context: DecisionContext;
  readonly #cluster: ClusterView;
  readonly #original: JsonObject | undefined;
  readonly #namespace: JsonObject | undefined;
  readonly #violations: Violation[] = [];
  readonly #warnings: string[] = [];
  readonly #why: PolicyTrace[] = [];
  #annotations: Readonly<Record<string, string>> = {};
  #request: AdmissionRequest;

  constructor(request: AdmissionRequest, policies: PolicySet, context: DecisionContext) {
    this.#request = request;
    this.#policies = policies;
    this.#context = context;
    this.#original = request.object;
    const cluster = context.cluster ?? NO_CLUSTER;
    const { namespace } = request;
    // A namespace that nobody has described has its name, and the label that every namespace has.
    const known = namespace === "" ? undefined : (cluster.namespace(namespace) ?? namespaceNamed(namespace));
    this.#cluster = {
      namespace: (name) => (name === namespace ? known : cluster.namespace(name)),
      objectsOf: (apiVersion, kind) => cluster.objectsOf(apiVersion, kind),
    };
    this.#namespace = isNamespaceKind(request.kind) ? undefined : known;
  }

  mutate(): void {
    const { object } = this.#request;
    if (object === undefined) return;
    const { mutating, mutators } = this.#policies;
    if (!mutating.isEmpty) {
      const review = mutating.review(this.#request, this.#policyContext());
      this.#violations.push(...review.violations);
      this.#why.push(...review.trace);
      this.#request = { ...this.#request, object: review.object };
    }
    if (!mutators.isEmpty && !this.#policies.isExcluded(this.#request.namespace, "mutation-webhook")) {
      const mutated = this.#mutated(this.#request.object ?? object, "Original");
      this.#request = { ...this.#request, object: mutated };
    }
  }

  #policyContext(): PolicyContext {
    const { authorize, stopwatch } = this.#context;
    return { cluster: this.#cluster, authorize, stopwatch };
  }

  #mutated(object: JsonObject, source: Source): JsonObject {
    const { operation, userInfo } = this.#request;
    const username = userInfo.username ?? "";
    const target = { object, namespace: this.#namespace, source, operation, username };
    const result = this.#policies.mutators.mutate(target);
    this.#context.stopwatch?.judged(MUTATION);
    for (const { kind, name } of result.applied) this.#why.push({ kind, name, outcome: "changed" });
    if (result.problem !== undefined) {
      this.#violations.push({
        policy: MUTATION,
        action: "deny",
        message: result.problem,
        reason: "InternalError",
        isError: true,
      });
    }
    return result.object;
  }

  validate(): void {
    const request = this.#request;
    const { validating, rego, images } = this.#policies;
    if (!validating.isEmpty) {
      const review = validating.review(request, this.#policyContext());
      this.#violations.push(...review.violations);
      this.#why.push(...review.trace);
      this.#annotations = review.auditAnnotations;
    }
    if (isExemptFromPolicies(request)) return;
    this.#reviewConstraints(request, "Original");
    if (!rego.isEmpty) this.#violations.push(...rego.review(request, this.#context.stopwatch));
    const { object } = request;
    if (object !== undefined) {
      const target = { object, namespace: this.#namespace, source: "Original" } as const;
      for (const policy of images) this.#violations.push(...reviewImages(policy, target, this.#context.verifyImage));
    }
    this.#reviewPodSecurity(request);
  }

  #reviewConstraints(request: AdmissionRequest, source: Source): void {
    const { point = "validation.gatekeeper.sh" } = this.#context;
    const { constraints, expansions } = this.#policies;
    if (this.#policies.isExcluded(request.namespace, point === "audit.gatekeeper.sh" ? "audit" : "webhook")) return;
    const review = { point, source, namespace: this.#namespace, stopwatch: this.#context.stopwatch };
    this.#violations.push(...constraints.review(request, review));
    if (request.object === undefined || expansions.length === 0) return;
    const generated = expand(request.object, expansions, this.#namespace, (made) => this.#mutated(made, "Generated"));
    if (typeof generated === "string") {
      const policy = { kind: "ExpansionTemplate", name: "" };
      this.#violations.push({ policy, action: "deny", message: generated, reason: "InternalError", isError: true });
      return;
    }
    for (const { object, template } of generated) {
      const implied = constraints.review(requestForObject(object, request.operation), {
        ...review,
        source: "Generated",
      });
      for (const violation of implied) {
        this.#violations.push({
          ...violation,
          action: template.enforcementAction ?? violation.action,
          message: `[Implied by ${template.name}] ${violation.message}`,
        });
      }
    }
  }

  #reviewPodSecurity(request: AdmissionRequest): void {
    const verdict = this.#context.podSecurity?.(request, this.#namespace);
    if (verdict === undefined) return;
    this.#warnings.push(...verdict.warnings);
    const annotations = Object.entries(verdict.auditAnnotations);
    this.#annotations = {
      ...this.#annotations,
      ...Object.fromEntries(annotations.map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value])),
    };
    if (verdict.verdict === "allow") return;
    const policy = { kind: "PodSecurity", name: request.namespace };
    this.#violations.push({
      policy,
      action: "deny",
      message: verdict.message ?? "",
      reason: "Forbidden",
      isError: false,
    });
  }

  decision(): Decision {
    const { object } = this.#request;
    const denials = this.#violations.filter(({ action }) => action === "deny");
    const [first] = denials;
    const isChanged = first === undefined && this.#original !== undefined && object !== undefined;
    const warnings = this.#violations.filter(({ action }) => action === "warn").map(warningText);
    return {
      allowed: first === undefined,
      violations: this.#violations,
      warnings: [...new Set([...this.#warnings, ...warnings])],
      patches: isChanged ? diff(this.#original, object) : [],
      object,
      auditAnnotations: this.#annotations,
      ...(first === undefined ? {} : refusal(denials, first)),
      why: [...this.#why, ...this.#violated()],
    };
  }

  /** The policies that are violated and have no trace of their own. */
  #violated(): readonly PolicyTrace[] {
    if (this.#violations.length === 0) return [];
    const named = new Set(this.#why.map(({ kind, name }) => `${kind}/${name}`));
    const violated = new Map(this.#violations.map(({ policy }) => [`${policy.kind}/${policy.name}`, policy]));
    const others = [...violated].filter(([key]) => !named.has(key));
    return others.map(([, { kind, name }]) => ({ kind, name, outcome: "violated" }));
  }
}

function namespaceNamed(name: string): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
  };
}

const CODES: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  RequestEntityTooLarge: 413,
  Invalid: 422,
  InternalError: 500,
  Timeout: 504,
};

function refusal(
  denials: readonly Violation[],
  { reason = "Forbidden" }: Violation,
): Pick<Decision, "message" | "code" | "reason"> {
  return { message: denials.map(refusalText).join("\n"), code: CODES[reason] ?? 422, reason };
}

/** Each as its own ecosystem words it. */
export function refusalText({ policy, message, isFatal = false }: Violation): string {
  if (isFatal) return message;
  switch (policy.kind) {
    case "ValidatingAdmissionPolicy":
      return denialMessage(policy, message);
    case "MutatingAdmissionPolicy":
      return policy.binding === undefined
        ? `policy ${JSON.stringify(policy.name)} denied request: ${message}`
        : `policy '${policy.name}' with binding '${policy.binding}' denied request: ${message}`;
    case "PodSecurity":
    case "Rego":
    case "Mutation":
      return message;
    default:
      return `[${policy.name}] ${message}`;
  }
}

function warningText(violation: Violation): string {
  const { policy, message } = violation;
  if (policy.kind !== "ValidatingAdmissionPolicy") return refusalText(violation);
  return warningMessage(policy.name, policy.binding ?? "", message);
}

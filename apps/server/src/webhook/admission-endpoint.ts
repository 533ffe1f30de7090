/** One AdmissionReview in, its answer out: no input or output but through a port, and nothing that a review holds makes it throw. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AdmissionRequest,
  type Decision,
  type DecisionContext,
  type JudgePodSecurity,
  type PolicySet,
  type ProviderPort,
  decideRequest,
  decideRequestWithProviders,
  isProblem,
  requestFromReview,
  reviewResponse,
} from "@redoubt/admission";
import { type JsonObject, objectAt, stringAt } from "@redoubt/kube";
import { type Log, type LogFields, errorText } from "../log.ts";
import type { Outcome, WebhookMetrics } from "../metrics/webhook-metrics.ts";
import type { PolicyStore } from "../policies/policy-store.ts";
import { LapTimer } from "./lap-timer.ts";
import type { Protection } from "./protection.ts";
import { readReviewJson } from "./review-json.ts";

export type Phase = "mutate" | "validate";

export interface Answer {
  readonly status: number;
  /** JSON for a review, plain text for what is none. */
  readonly type: "application/json" | "text/plain; charset=utf-8";
  readonly body: string;
}

export interface AdmissionOptions {
  readonly exemptNamespaces: ReadonlySet<string>;
  /** Levels that a review may nest. */
  readonly maxDepth: number;
  readonly protection?: Protection | undefined;
  readonly podSecurity?: JudgePodSecurity | undefined;
  /** Asks external data providers; undefined where none may be asked. */
  readonly providers?: ProviderPort | undefined;
}

interface Answered {
  readonly answer: Answer;
  readonly outcome: Outcome;
}

interface Judged {
  readonly decision: Decision;
  readonly outcome: Outcome;
}

/** A request that comes before the policies must not pass for want of them. */
const NOT_LOADED = "the admission webhook has not loaded its policies yet: try again";

/** How long a request waits for its namespace. */
const NAMESPACE_MS = 1000;
const LOOK_EVERY_MS = 5;

const LATE = "external data providers did not answer in time, and the request is refused";

const VERSIONS: ReadonlySet<string> = new Set(["admission.k8s.io/v1", "admission.k8s.io/v1beta1"]);

export class AdmissionEndpoint {
  readonly #store: PolicyStore;
  readonly #metrics: WebhookMetrics;
  readonly #log: Log;
  readonly #options: AdmissionOptions;

  constructor(store: PolicyStore, metrics: WebhookMetrics, log: Log, options: AdmissionOptions) {
    this.#store = store;
    this.#metrics = metrics;
    this.#log = log;
    this.#options = options;
  }

  /** `deadline` is the time of `performance.now()` at which the answer must be there. */
  async answer(bytes: Buffer, phase: Phase, deadline: number): Promise<Answer> {
    const start = performance.now();
    const { answer, outcome } = await this.#answer(bytes, phase, deadline);
    this.#metrics.requests.at(phase, outcome).add(1);
    this.#metrics.duration.at(phase).observe((performance.now() - start) / 1000);
    return answer;
  }

  async #answer(bytes: Buffer, phase: Phase, deadline: number): Promise<Answered> {
    const read = readReviewJson(bytes, this.#options.maxDepth);
    if (read.kind === "refused") return this.#refuse(read.message);
    const { review } = read;
    const apiVersion = stringAt(review, ["apiVersion"]) ?? "";
    const uid = stringAt(review, ["request", "uid"]) ?? "";
    if (stringAt(review, ["kind"]) !== "AdmissionReview" || !VERSIONS.has(apiVersion))
      return this.#refuse("the body is not an AdmissionReview of admission.k8s.io/v1 or v1beta1");
    if (objectAt(review, ["request"]) === undefined) return this.#refuse("the AdmissionReview has no request");
    if (uid === "" || uid.length > 256) return this.#refuse("request.uid must be a text of 1 to 256 characters");
    const { decision, outcome } = await this.#judge(review, phase, deadline);
    const response = reviewResponse(uid, decision, { apiVersion, isValidating: phase === "validate" });
    return { answer: { status: 200, type: "application/json", body: JSON.stringify(response) }, outcome };
  }

  #refuse(message: string): Answered {
    this.#log.warn("a request was refused", { reason: message });
    return { answer: { status: 400, type: "text/plain; charset=utf-8", body: `${message}\n` }, outcome: "refused" };
  }

  async #judge(review: JsonObject, phase: Phase, deadline: number): Promise<Judged> {
    const request = requestFromReview(review);
    if (isProblem(request)) return { decision: denial(request.problem, 400, "BadRequest"), outcome: "error" };
    try {
      return await this.#decide(request, phase, deadline);
    } catch (error) {
      const message = errorText(error);
      this.#log.error("a request could not be judged", { ...requestFields(request), phase, error: message });
      return {
        decision: denial(`the request could not be judged and is refused: ${message}`, 500, "InternalError"),
        outcome: "error",
      };
    }
  }

  async #decide(request: AdmissionRequest, phase: Phase, deadline: number): Promise<Judged> {
    const { exemptNamespaces, protection, podSecurity, providers } = this.#options;
    const refusal = protection?.refusal(request);
    if (refusal !== undefined) {
      this.#logDenial(request, phase, { policies: ["protection"], message: refusal });
      return { decision: denial(refusal, 403, "Forbidden"), outcome: "denied" };
    }
    if (this.#isOfNewNamespace(request) && !(await this.#awaitNamespace(request, deadline))) {
      const message = `namespace ${request.namespace} is not known to the admission webhook yet: try again`;
      return { decision: denial(message, 503, "ServiceUnavailable"), outcome: "error" };
    }
    const { revision, policies } = this.#store.current;
    if (revision === 0) return { decision: denial(NOT_LOADED, 503, "ServiceUnavailable"), outcome: "error" };
    const context = {
      cluster: this.#store.cluster,
      phase,
      exemptNamespaces,
      stopwatch: new LapTimer(deadline, this.#metrics.observePolicy),
      ...(podSecurity === undefined ? {} : { podSecurity }),
    };
    const decision =
      providers === undefined
        ? decideRequest(request, policies, context)
        : await decideInTime(request, policies, context, providers, deadline);
    for (const violation of decision.violations) this.#metrics.countViolation(violation);
    if (!decision.allowed) this.#logDecision(request, phase, decision);
    else if (this.#log.isDebug) this.#log.debug("a request was admitted", { ...requestFields(request), phase });
    return { decision, outcome: outcomeOf(decision) };
  }

  /** The labels of a namespace say which policies are for it: whoever has just made one must not be quicker than the news of it. */
  #isOfNewNamespace({ resource, namespace }: AdmissionRequest): boolean {
    if (namespace === "" || this.#options.exemptNamespaces.has(namespace)) return false;
    return !(resource.group === "" && resource.resource === "namespaces") && this.#store.lacksNamespace(namespace);
  }

  async #awaitNamespace(request: AdmissionRequest, deadline: number): Promise<boolean> {
    const end = Math.min(deadline, performance.now() + NAMESPACE_MS);
    while (this.#isOfNewNamespace(request)) {
      if (performance.now() >= end) return false;
      await sleep(LOOK_EVERY_MS);
    }
    return true;
  }

  #logDecision(request: AdmissionRequest, phase: Phase, { violations, message, code }: Decision): void {
    const denying = violations.filter(({ action }) => action === "deny");
    const policies = [...new Set(denying.map(({ policy: { kind, name } }) => `${kind}/${name}`))];
    this.#logDenial(request, phase, { policies, message, code });
  }

  /** Policies quote what they judge: of Secrets their messages stay out of the log. */
  #logDenial(request: AdmissionRequest, phase: Phase, { message, ...fields }: LogFields): void {
    const isSecret = request.kind.kind === "Secret";
    const said = isSecret ? {} : { reason: message };
    this.#log.info("a request was denied", { ...requestFields(request), phase, ...fields, ...said });
  }
}

/** Providers that have not answered by then are not waited for. */
async function decideInTime(
  request: AdmissionRequest,
  policies: PolicySet,
  context: DecisionContext,
  providers: ProviderPort,
  deadline: number,
): Promise<Decision> {
  const late = Promise.withResolvers<Decision>();
  const timer = setTimeout(() => late.resolve(denial(LATE, 504, "Timeout")), Math.max(0, deadline - performance.now()));
  try {
    return await Promise.race([decideRequestWithProviders(request, policies, context, providers), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function denial(message: string, code: number, reason: string): Decision {
  return {
    allowed: false,
    violations: [],
    warnings: [],
    patches: [],
    object: undefined,
    auditAnnotations: {},
    why: [],
    message,
    code,
    reason,
  };
}

function outcomeOf({ allowed, violations, why }: Decision): Outcome {
  if (!allowed) return violations.some(({ action, isError }) => action === "deny" && isError) ? "error" : "denied";
  return why[0]?.kind === "Namespace" ? "exempt" : "allowed";
}

function requestFields({
  uid,
  operation,
  kind,
  subResource,
  namespace,
  name,
  userInfo,
  dryRun,
}: AdmissionRequest): LogFields {
  return {
    uid,
    operation,
    kind: kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`,
    ...(subResource === "" ? {} : { subresource: subResource }),
    ...(namespace === "" ? {} : { namespace }),
    name,
    user: userInfo.username,
    ...(dryRun ? { dryRun } : {}),
  };
}

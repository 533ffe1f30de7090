/** One AdmissionReview in, its answer out: no input or output, and nothing that a review holds makes it throw. */
import {
  type AdmissionRequest,
  type Decision,
  type JudgePodSecurity,
  decideRequest,
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
}

interface Judged {
  readonly decision: Decision;
  readonly outcome: Outcome;
}

/** A request that comes before the policies must not pass for want of them. */
const NOT_LOADED = "the admission webhook has not loaded its policies yet: try again";

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
  answer(bytes: Buffer, phase: Phase, deadline: number): Answer {
    const start = performance.now();
    const { answer, outcome } = this.#answer(bytes, phase, deadline);
    this.#metrics.requests.at(phase, outcome).add(1);
    this.#metrics.duration.at(phase).observe((performance.now() - start) / 1000);
    return answer;
  }

  #answer(bytes: Buffer, phase: Phase, deadline: number): { readonly answer: Answer; readonly outcome: Outcome } {
    const read = readReviewJson(bytes, this.#options.maxDepth);
    if (read.kind === "refused") return this.#refuse(read.message);
    const { review } = read;
    const apiVersion = stringAt(review, ["apiVersion"]) ?? "";
    const uid = stringAt(review, ["request", "uid"]) ?? "";
    if (stringAt(review, ["kind"]) !== "AdmissionReview" || !VERSIONS.has(apiVersion))
      return this.#refuse("the body is not an AdmissionReview of admission.k8s.io/v1 or v1beta1");
    if (objectAt(review, ["request"]) === undefined) return this.#refuse("the AdmissionReview has no request");
    if (uid === "" || uid.length > 256) return this.#refuse("request.uid must be a text of 1 to 256 characters");
    const { decision, outcome } = this.#judge(review, phase, deadline);
    const response = reviewResponse(uid, decision, { apiVersion, isValidating: phase === "validate" });
    return { answer: { status: 200, type: "application/json", body: JSON.stringify(response) }, outcome };
  }

  #refuse(message: string): { readonly answer: Answer; readonly outcome: Outcome } {
    this.#log.warn("a request was refused", { reason: message });
    return { answer: { status: 400, type: "text/plain; charset=utf-8", body: `${message}\n` }, outcome: "refused" };
  }

  #judge(review: JsonObject, phase: Phase, deadline: number): Judged {
    const request = requestFromReview(review);
    if (isProblem(request)) return { decision: denial(request.problem, 400, "BadRequest"), outcome: "error" };
    try {
      return this.#decide(request, phase, deadline);
    } catch (error) {
      const message = errorText(error);
      this.#log.error("a request could not be judged", { ...requestFields(request), phase, error: message });
      return {
        decision: denial(`the request could not be judged and is refused: ${message}`, 500, "InternalError"),
        outcome: "error",
      };
    }
  }

  #decide(request: AdmissionRequest, phase: Phase, deadline: number): Judged {
    const { exemptNamespaces, protection, podSecurity } = this.#options;
    const refusal = protection?.refusal(request);
    if (refusal !== undefined) {
      this.#logDenial(request, phase, { policies: ["protection"], message: refusal });
      return { decision: denial(refusal, 403, "Forbidden"), outcome: "denied" };
    }
    const { revision, policies } = this.#store.current;
    if (revision === 0) return { decision: denial(NOT_LOADED, 503, "ServiceUnavailable"), outcome: "error" };
    const decision = decideRequest(request, policies, {
      cluster: this.#store.cluster,
      phase,
      exemptNamespaces,
      stopwatch: new LapTimer(deadline, this.#metrics.observePolicy),
      ...(podSecurity === undefined ? {} : { podSecurity }),
    });
    for (const violation of decision.violations) this.#metrics.countViolation(violation);
    if (!decision.allowed) this.#logDecision(request, phase, decision);
    else if (this.#log.isDebug) this.#log.debug("a request was admitted", { ...requestFields(request), phase });
    return { decision, outcome: outcomeOf(decision) };
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

/** What is asked by which path, and what is refused before a byte of a body is read. */
import { TLSSocket } from "node:tls";
import { type Log, errorText } from "../log.ts";
import { METRICS_TYPE, type WebhookMetrics } from "../metrics/webhook-metrics.ts";
import type { AdmissionEndpoint, Phase } from "./admission-endpoint.ts";
import { type ClientCheck, clientRefusal } from "./client-certificate.ts";
import { answerTime } from "./deadline.ts";
import {
  type HttpAnswer,
  type HttpRequest,
  type HttpResponse,
  TEXT,
  endSession,
  splitUrl,
  writeAnswer,
} from "./http-messages.ts";
import { type BodyLimits, BodyReader } from "./request-body.ts";

export interface RequestLimits extends BodyLimits {
  /** Milliseconds for an answer where the asker gives no timeout. */
  readonly answerTime: number;
}

export interface RouteOptions {
  readonly clients?: ClientCheck | undefined;
  readonly limits: RequestLimits;
  /** Why requests should go elsewhere; undefined once they may come. */
  notReady(): string | undefined | Promise<string | undefined>;
  writeMetrics(): string | Promise<string>;
}

const ADMISSION: ReadonlyMap<string, Phase> = new Map([
  ["/validate", "validate"],
  ["/mutate", "mutate"],
  // Where Gatekeeper's webhooks are, so that its configurations need another service only.
  ["/v1/admit", "validate"],
  ["/v1/mutate", "mutate"],
]);

export class WebhookRoutes {
  readonly #endpoint: AdmissionEndpoint;
  readonly #metrics: WebhookMetrics;
  readonly #log: Log;
  readonly #options: RouteOptions;
  readonly #bodies: BodyReader;
  readonly #clients = new WeakMap<object, { readonly refusal: string | undefined }>();
  #lastTime: { readonly timeout: string | undefined; readonly time: number } | undefined;
  #inFlight = 0;
  #isDraining = false;

  constructor(endpoint: AdmissionEndpoint, metrics: WebhookMetrics, log: Log, options: RouteOptions) {
    this.#endpoint = endpoint;
    this.#metrics = metrics;
    this.#log = log;
    this.#options = options;
    this.#bodies = new BodyReader(options.limits);
  }

  /** Requests that are being read or judged. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Bytes of the bodies of these requests. */
  get heldBytes(): number {
    return this.#bodies.held;
  }

  /** From now on the server is not ready and each answer ends its connection, so that clients go elsewhere; all are still answered. */
  drain(): void {
    this.#isDraining = true;
  }

  readonly answer = (request: HttpRequest, response: HttpResponse): void => {
    response.on("error", () => undefined);
    const { path, timeout } = splitUrl(request.url ?? "/");
    const phase = ADMISSION.get(path);
    const answering =
      phase === undefined
        ? this.#answerPath(request, response, path)
        : this.#answerReview(request, response, phase, timeout);
    answering.catch((error: unknown) => {
      this.#log.error("a request could not be answered", { error: errorText(error) });
      writeAnswer(request, response, text(500, "the request could not be answered"), true);
    });
  };

  async #answerReview(
    request: HttpRequest,
    response: HttpResponse,
    phase: Phase,
    timeout: string | undefined,
  ): Promise<void> {
    const arrived = performance.now();
    const refusal = this.#refusal(request);
    if (refusal !== undefined) {
      this.#refuse(request, response, phase, refusal);
      return;
    }
    const time = this.#answerTime(timeout);
    this.#metrics.inFlight.at().set(++this.#inFlight);
    const read = await this.#bodies.read(request, time);
    try {
      if (read.kind === "failed") this.#refuse(request, response, phase, text(read.status, read.message));
      if (read.kind !== "body") return;
      const answer = await this.#endpoint.answer(read.bytes, phase, arrived + time);
      writeAnswer(request, response, answer, this.#isDraining);
      if (this.#isDraining) endSession(response);
    } finally {
      this.#bodies.release(read);
      this.#metrics.inFlight.at().set(--this.#inFlight);
    }
  }

  /** An API server writes the same timeout with each request. */
  #answerTime(timeout: string | undefined): number {
    if (this.#lastTime === undefined || this.#lastTime.timeout !== timeout)
      this.#lastTime = { timeout, time: answerTime(timeout, this.#options.limits.answerTime) };
    return this.#lastTime.time;
  }

  #refuse(request: HttpRequest, response: HttpResponse, phase: Phase, answer: HttpAnswer): void {
    this.#metrics.requests.at(phase, "refused").add(1);
    this.#log.warn("a request was refused", { phase, reason: answer.body.trimEnd() });
    writeAnswer(request, response, answer, true);
  }

  #refusal(request: HttpRequest): HttpAnswer | undefined {
    const { method, headers } = request;
    const stranger = this.#clientRefusal(request);
    if (stranger !== undefined) return text(403, stranger);
    if (method !== "POST") return text(405, "reviews are sent by POST");
    if (!/^application\/json *(?:;|$)/i.test(headers["content-type"] ?? ""))
      return text(415, "the content type must be application/json");
    const encoding = headers["content-encoding"] ?? "identity";
    return encoding === "identity" ? undefined : text(415, "the body must not be compressed");
  }

  #clientRefusal({ socket }: HttpRequest): string | undefined {
    const { clients } = this.#options;
    if (clients === undefined) return undefined;
    if (!(socket instanceof TLSSocket)) return "the connection is not TLS";
    let checked = this.#clients.get(socket);
    if (checked === undefined) {
      checked = { refusal: clientRefusal(socket, clients) };
      this.#clients.set(socket, checked);
    }
    return checked.refusal;
  }

  async #answerPath(request: HttpRequest, response: HttpResponse, path: string): Promise<void> {
    const answer = await this.#atPath(request, path);
    writeAnswer(request, response, answer, this.#isDraining || answer.status >= 400);
  }

  async #atPath({ method }: HttpRequest, path: string): Promise<HttpAnswer> {
    if (method !== "GET" && method !== "HEAD") return text(404, "there is nothing to send here");
    switch (path) {
      case "/livez":
      case "/healthz":
        return text(200, "ok");
      case "/readyz": {
        const problem = this.#isDraining ? "shutting down" : await this.#options.notReady();
        return problem === undefined ? text(200, "ok") : text(503, problem);
      }
      case "/metrics":
        return { status: 200, type: METRICS_TYPE, body: await this.#options.writeMetrics() };
      default:
        return text(404, "there is nothing at this path");
    }
  }
}

function text(status: number, line: string): HttpAnswer {
  return { status, type: TEXT, body: `${line}\n` };
}

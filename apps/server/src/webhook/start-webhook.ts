/** The webhook as a whole: certificates, policies, the server over them, and its orderly end. */
import { setTimeout as delay } from "node:timers/promises";
import { type CertificateSource, type ServingCertificate, expiryOf } from "../certificates/serving-certificate.ts";
import { type Log, errorText } from "../log.ts";
import { WebhookMetrics } from "../metrics/webhook-metrics.ts";
import type { PoliciesInForce, PolicyStore } from "../policies/policy-store.ts";
import { AdmissionEndpoint, type AdmissionOptions } from "./admission-endpoint.ts";
import type { ClientCheck } from "./client-certificate.ts";
import { type RequestLimits, WebhookRoutes } from "./webhook-routes.ts";
import { type ConnectionLimits, WebhookServer } from "./webhook-server.ts";

export type WebhookLimits = ConnectionLimits & RequestLimits;

export interface WebhookOptions {
  readonly host: string;
  /** 0 takes one that is free. */
  readonly port: number;
  readonly store: PolicyStore;
  readonly certificates: CertificateSource;
  /** Absent where anyone may ask. */
  readonly clients?: ClientCheck | undefined;
  readonly admission: AdmissionOptions;
  readonly limits?: Partial<WebhookLimits>;
  readonly log: Log;
  readonly drain?: Partial<DrainTimes>;
  /** Ends the start, where it has not ended, and what follows policies. */
  readonly signal?: AbortSignal;
  /** Why requests should go elsewhere although policies are in force. */
  notReady?(): string | undefined;
}

export interface DrainTimes {
  /** Milliseconds for the cluster to send requests elsewhere once the server is no longer ready: all are still answered. */
  readonly leave: number;
  /** Milliseconds after that for what is being answered. */
  readonly finish: number;
}

export interface RunningWebhook {
  readonly port: number;
  readonly metrics: WebhookMetrics;
  readonly inFlight: number;
  readonly connections: number;
  /** Bytes of the bodies of requests that are being read or judged. */
  readonly heldBytes: number;
  /** Ends in order: not ready, then no new connections, then, all requests answered, closed. */
  stop(): Promise<void>;
}

export const DEFAULT_LIMITS: WebhookLimits = {
  connections: 1024,
  headerTime: 10_000,
  // An API server takes requests of 3 MiB, and sends the object as it was beside the new one.
  body: 8 * 1024 * 1024,
  allBodies: 128 * 1024 * 1024,
  answerTime: 10_000,
};

export const DEFAULT_MAX_DEPTH = 200;

const DEFAULT_DRAIN: DrainTimes = { leave: 5000, finish: 20_000 };

/**
 * Resolves once the server listens and all sources' policies are in force; until then it is not ready and denies. Rejects where
 * there is no certificate, the address is taken, or a source cannot start.
 */
export async function startWebhook(options: WebhookOptions): Promise<RunningWebhook> {
  const { store, certificates, clients, log } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const ended = new AbortController();
  const metrics = new WebhookMetrics();
  const endpoint = new AdmissionEndpoint(store, metrics, log, options.admission);
  const routes = new WebhookRoutes(endpoint, metrics, log, {
    clients,
    limits,
    notReady: () => (store.current.revision === 0 ? "policies are not loaded yet" : options.notReady?.()),
  });
  const certificateKeeper = new CertificateKeeper(metrics, log);
  const certificate = await certificates.start(
    ended.signal,
    (changed) => certificateKeeper.changed(changed),
    (error) => certificateKeeper.failed(error),
  );
  const server = new WebhookServer({ certificate, clients, limits }, metrics, routes.answer);
  certificateKeeper.shownBy(server, certificate);
  store.onSwap((policies) => {
    metrics.policiesSwapped(policies, new Date());
    logSwap(log, policies);
  });
  const stop = async ({ leave, finish }: DrainTimes): Promise<void> => {
    routes.drain();
    await delay(leave);
    const end = performance.now() + finish;
    while (routes.inFlight > 0 && performance.now() < end) await delay(10);
    await server.close();
    ended.abort();
  };
  try {
    const port = await server.listen(options.host, options.port);
    const { signal } = options;
    await store.start(signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]));
    log.info("the admission webhook is ready", { host: options.host, port });
    return {
      port,
      metrics,
      get inFlight() {
        return routes.inFlight;
      },
      get connections() {
        return server.connections;
      },
      get heldBytes() {
        return routes.heldBytes;
      },
      stop: () => stop({ ...DEFAULT_DRAIN, ...options.drain }),
    };
  } catch (error) {
    await stop({ leave: 0, finish: 0 });
    throw error;
  }
}

/** Puts certificates to use as they come. */
class CertificateKeeper {
  readonly #metrics: WebhookMetrics;
  readonly #log: Log;
  #server: WebhookServer | undefined;

  constructor(metrics: WebhookMetrics, log: Log) {
    this.#metrics = metrics;
    this.#log = log;
  }

  shownBy(server: WebhookServer, certificate: ServingCertificate): void {
    this.#server = server;
    this.#metrics.certificateExpiry.at().set(expiryOf(certificate).getTime() / 1000);
  }

  changed(certificate: ServingCertificate): void {
    try {
      const expiry = expiryOf(certificate);
      this.#server?.setCertificate(certificate);
      this.#metrics.certificateExpiry.at().set(expiry.getTime() / 1000);
      this.#metrics.certificateReloads.at("success").add(1);
      this.#log.info("the serving certificate was replaced", { expires: expiry.toISOString() });
    } catch (error) {
      this.failed(error);
    }
  }

  failed(error: unknown): void {
    this.#metrics.certificateReloads.at("failure").add(1);
    this.#log.error("the serving certificate stays as it is", { error: errorText(error) });
  }
}

function logSwap(log: Log, { revision, objects, problems }: PoliciesInForce): void {
  log.info("policies are in force", { revision, policies: objects.length, problems: problems.length });
  for (const { source, kind, name, message, line, column, isEarlierKept } of problems) {
    log.error("a policy is not in force", { source, kind, name, error: message, line, column, isEarlierKept });
  }
}

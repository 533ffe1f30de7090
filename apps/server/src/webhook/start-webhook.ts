/** The webhook as a whole: certificates, policies, the server over them, and its orderly end. */
import { setTimeout as delay } from "node:timers/promises";
import { CertificateKeeper } from "../certificates/certificate-keeper.ts";
import type { CertificateSource, ServingCertificate } from "../certificates/serving-certificate.ts";
import type { Log } from "../log.ts";
import { WebhookMetrics } from "../metrics/webhook-metrics.ts";
import { announcePolicies } from "../policies/announce-policies.ts";
import type { PolicyStore } from "../policies/policy-store.ts";
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

/** A webhook that serves, in this process or in others. */
export interface ServedWebhook {
  readonly port: number;
  readonly metrics: WebhookMetrics;
  /** Ends in order: not ready, then no new connections, then, all requests answered, closed. */
  stop(drain?: Partial<DrainTimes>): Promise<void>;
}

export interface RunningWebhook extends ServedWebhook {
  readonly inFlight: number;
  readonly connections: number;
  /** Bytes of the bodies of requests that are being read or judged. */
  readonly heldBytes: number;
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

export const DEFAULT_DRAIN: DrainTimes = { leave: 5000, finish: 20_000 };

/**
 * Resolves once the server listens and all sources' policies are in force; until then it is not ready and denies. Rejects where
 * there is no certificate, the address is taken, or a source cannot start.
 */
export async function startWebhook(options: WebhookOptions): Promise<RunningWebhook> {
  const { store, log, host } = options;
  const metrics = new WebhookMetrics();
  const keeper = new CertificateKeeper(metrics, log);
  announcePolicies(store, metrics, log);
  const webhook = await startAnswering({
    ...options,
    metrics,
    notReady: () => notReady(store, options),
    writeMetrics: () => metrics.write(),
    showCertificates: async (signal, show) => {
      const first = await options.certificates.start(
        signal,
        (changed) => keeper.changed(changed),
        (error) => keeper.failed(error),
      );
      keeper.shownBy(show, first);
      return first;
    },
  });
  log.info("the admission webhook is ready", { host, port: webhook.port });
  return webhook;
}

/** Why requests should go elsewhere; undefined once they may come. */
export function notReady(store: PolicyStore, options: Pick<WebhookOptions, "notReady">): string | undefined {
  return store.current.revision === 0 ? "policies are not loaded yet" : options.notReady?.();
}

export interface AnsweringOptions extends Pick<
  WebhookOptions,
  "host" | "port" | "store" | "clients" | "admission" | "limits" | "log" | "drain" | "signal"
> {
  readonly metrics: WebhookMetrics;
  /** Resolves to the first certificate, and calls `show` with those that follow. */
  showCertificates(signal: AbortSignal, show: (certificate: ServingCertificate) => void): Promise<ServingCertificate>;
  notReady(): string | undefined | Promise<string | undefined>;
  writeMetrics(): string | Promise<string>;
}

/** The part of the webhook that answers: a process of its own where there are several. As `startWebhook` otherwise. */
export async function startAnswering(options: AnsweringOptions): Promise<RunningWebhook> {
  const { store, clients, log, metrics } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const ended = new AbortController();
  const endpoint = new AdmissionEndpoint(store, metrics, log, options.admission);
  const routes = new WebhookRoutes(endpoint, metrics, log, {
    clients,
    limits,
    notReady: () => options.notReady(),
    writeMetrics: () => options.writeMetrics(),
  });
  let show: (certificate: ServingCertificate) => void = () => undefined;
  const certificate = await options.showCertificates(ended.signal, (changed) => show(changed));
  const server = new WebhookServer({ certificate, clients, limits }, metrics, routes.answer);
  show = (changed) => server.setCertificate(changed);
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
      stop: (drain = {}) => stop({ ...DEFAULT_DRAIN, ...options.drain, ...drain }),
    };
  } catch (error) {
    await stop({ leave: 0, finish: 0 });
    throw error;
  }
}

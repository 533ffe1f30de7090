/**
 * Requests are answered by several processes, since one of JavaScript uses one core. This one leads them: it takes the connections and hands
 * them out in turn, follows policies and certificates, and tells the others. docs/decisions has why.
 */
import cluster from "node:cluster";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CertificateKeeper } from "../certificates/certificate-keeper.ts";
import type { ServingCertificate } from "../certificates/serving-certificate.ts";
import { WebhookMetrics } from "../metrics/webhook-metrics.ts";
import { announcePolicies } from "../policies/announce-policies.ts";
import type { PoliciesInForce } from "../policies/policy-store.ts";
import {
  DEFAULT_DRAIN,
  DEFAULT_LIMITS,
  type DrainTimes,
  type ServedWebhook,
  type WebhookOptions,
  notReady,
} from "../webhook/start-webhook.ts";
import type { WebhookSettings } from "../webhook/webhook-settings.ts";
import { ClusterChanges } from "./cluster-changes.ts";
import type { Question, ToWorker } from "./messages.ts";
import { WorkerProcess } from "./worker-process.ts";

export interface PoolOptions extends Pick<
  WebhookOptions,
  "store" | "certificates" | "log" | "drain" | "signal" | "notReady"
> {
  readonly settings: WebhookSettings;
  /** How many processes answer. */
  readonly workers: number;
  /** Milliseconds that a worker may take to put policies in force; one that hangs is replaced. Default: a minute. */
  readonly applyTime?: number;
}

/** As `startWebhook`, in processes of their own. There can be one such webhook in a process. */
export async function startWorkers(options: PoolOptions): Promise<ServedWebhook> {
  const pool = new WorkerPool(options);
  try {
    return await pool.start();
  } catch (error) {
    await pool.stop({ leave: 0, finish: 0 });
    throw error;
  }
}

/** Milliseconds before a worker takes the place of one that ended soon after its own start. */
const RESTART_PAUSE = 1000;
const SOON = 10_000;
const APPLY_TIME = 60_000;
/** Milliseconds more for one that is just starting. */
const START_TIME = 60_000;
/** Milliseconds that a worker may take beyond its drain times. */
const END_TIME = 5000;

class WorkerPool {
  readonly #options: PoolOptions;
  readonly #settings: WebhookSettings;
  readonly #metrics = new WebhookMetrics();
  readonly #workers = new Set<WorkerProcess>();
  readonly #changes = new ClusterChanges();
  readonly #ended = new AbortController();
  #certificate: ServingCertificate | undefined;
  #policies: Extract<ToWorker, { readonly kind: "policies" }> | undefined;
  /** Whether a worker that ends is to be replaced. */
  #isServing = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#settings = shareOf(options.settings, options.workers);
  }

  async start(): Promise<ServedWebhook> {
    const { store, certificates, log, workers, signal } = this.#options;
    const keeper = new CertificateKeeper(this.#metrics, log);
    this.#certificate = await certificates.start(
      this.#ended.signal,
      (changed) => keeper.changed(changed),
      (error) => keeper.failed(error),
    );
    keeper.shownBy((changed) => {
      this.#certificate = changed;
      this.#broadcast({ to: "worker", kind: "certificate", certificate: changed });
    }, this.#certificate);
    announcePolicies(store, this.#metrics, log);
    store.publishBy((policies) => this.#publish(policies));
    store.onCluster((state) => {
      const changes = this.#changes.next(state);
      if (changes.length > 0) this.#broadcast({ to: "worker", kind: "cluster", changes });
    });
    cluster.setupPrimary({ exec: workerFile(), args: [], execArgv: nodeArguments(), serialization: "advanced" });
    const first = Array.from({ length: workers }, () => this.#fork());
    await store.start(signal === undefined ? this.#ended.signal : AbortSignal.any([signal, this.#ended.signal]));
    const [port = 0] = await Promise.all(first.map(({ ready }) => ready));
    this.#isServing = true;
    log.info("the admission webhook is ready", { host: this.#settings.host, port, workers });
    return { port, metrics: this.#metrics, stop: (drain) => this.stop(drain) };
  }

  async stop(given?: Partial<DrainTimes>): Promise<void> {
    this.#isServing = false;
    const drain = { ...DEFAULT_DRAIN, ...this.#options.drain, ...given };
    const workers = [...this.#workers];
    this.#broadcast({ to: "worker", kind: "stop", drain });
    const late = delay(drain.leave + drain.finish + END_TIME, undefined, { ref: false });
    await Promise.race([Promise.all(workers.map(({ exited }) => exited)), late]);
    for (const worker of this.#workers) worker.kill();
    this.#ended.abort();
  }

  /** Policies are in force once they are with all workers: what says so must not be ahead of them. */
  async #publish({ revision, objects, modules }: PoliciesInForce): Promise<void> {
    this.#policies = { to: "worker", kind: "policies", revision, objects, modules };
    this.#broadcast(this.#policies);
    await Promise.all(Array.from(this.#workers, (worker) => this.#applied(worker, revision)));
  }

  /** One worker that hangs must not keep the others' policies from changing. */
  async #applied(worker: WorkerProcess, revision: number): Promise<void> {
    const { applyTime = APPLY_TIME, log } = this.#options;
    const late = (): void => {
      log.error("a worker process does not put policies in force, and is ended", { pid: worker.pid });
      worker.kill();
    };
    const timer = setTimeout(late, applyTime + (worker.hasApplied ? 0 : START_TIME));
    try {
      await worker.applied(revision);
    } finally {
      clearTimeout(timer);
    }
  }

  #broadcast(message: ToWorker): void {
    for (const worker of this.#workers) worker.send(message);
  }

  #fork(): WorkerProcess {
    const started = performance.now();
    const worker = new WorkerProcess(cluster.fork(), {
      asked: (about) => this.#answer(about),
      ended: (ended, how) => {
        this.#workers.delete(ended);
        if (!this.#isServing) return;
        this.#options.log.error("a worker process ended, and another takes its place", { pid: ended.pid, how });
        void this.#replace(performance.now() - started < SOON ? RESTART_PAUSE : 0);
      },
    });
    this.#workers.add(worker);
    const certificate = this.#certificate;
    if (certificate !== undefined) worker.send({ to: "worker", kind: "start", settings: this.#settings, certificate });
    worker.send({ to: "worker", kind: "cluster", changes: this.#changes.all() });
    if (this.#policies !== undefined) worker.send(this.#policies);
    return worker;
  }

  async #replace(pause: number): Promise<void> {
    await delay(pause, undefined, { ref: false });
    if (this.#isServing) this.#fork();
  }

  async #answer(about: Question): Promise<string> {
    if (about === "readiness") return notReady(this.#options.store, this.#options) ?? "";
    const measured = await Promise.all(Array.from(this.#workers, (worker) => worker.metrics()));
    return this.#metrics.write(measured.filter((metrics) => metrics !== undefined));
  }
}

/** What all workers together may take is shared out among them. */
function shareOf(settings: WebhookSettings, workers: number): WebhookSettings {
  const limits = { ...DEFAULT_LIMITS, ...settings.limits };
  return {
    ...settings,
    limits: {
      ...limits,
      connections: Math.ceil(limits.connections / workers),
      allBodies: Math.max(limits.body, Math.ceil(limits.allBodies / workers)),
    },
  };
}

/** Beside this file in the sources; in a bundle this is a chunk, and the worker an entry of its own. */
function workerFile(): string {
  const isSource = import.meta.url.endsWith(".ts");
  return fileURLToPath(new URL(isSource ? "./webhook-worker.ts" : "../webhook-worker.js", import.meta.url));
}

/**
 * Node's own options, but for those of a test runner that this process may be, and for more room for new objects: a scan gains by that, while what
 * requests leave behind is little and best kept small enough for the processor's caches.
 */
function nodeArguments(): string[] {
  return process.execArgv.filter((argument) => !/^--(?:test|(?:min|max)-semi-space-size=)/.test(argument));
}

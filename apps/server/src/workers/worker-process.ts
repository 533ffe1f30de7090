import type { Worker as ClusterWorker } from "node:cluster";
import { RedoubtError } from "@redoubt/kube";
import type { MetricsSnapshot } from "../metrics/metric.ts";
import { type Question, type ToLeader, type ToWorker, isToLeader } from "./messages.ts";

/** How long a worker may take to say how it is. */
const MEASURE_TIME = 1000;

export interface WorkerEvents {
  asked(about: Question): Promise<string>;
  /** It ended; the process id is for the log. */
  ended(worker: WorkerProcess, how: string): void;
}

/** One process that answers requests, as the leader sees it. */
export class WorkerProcess {
  readonly #worker: ClusterWorker;
  readonly #events: WorkerEvents;
  readonly #ready = Promise.withResolvers<number>();
  readonly #exited = Promise.withResolvers<void>();
  readonly #measures = new Map<number, (metrics: MetricsSnapshot | undefined) => void>();
  readonly #waiting = new Set<{ readonly revision: number; readonly resolve: () => void }>();
  #measure = 0;
  #applied = 0;
  #isEnded = false;

  constructor(worker: ClusterWorker, events: WorkerEvents) {
    this.#worker = worker;
    this.#events = events;
    this.#ready.promise.catch(() => undefined);
    worker.on("message", (message: unknown) => this.#told(message));
    // A message that cannot be sent is to a worker that is ending: `exit` says so.
    worker.on("error", () => undefined);
    worker.on("exit", (code, signal) => this.#end(signal === null ? `exit code ${code}` : signal));
  }

  get pid(): number {
    return this.#worker.process.pid ?? 0;
  }

  /** The port, once policies are in force; rejects where it cannot be listened on, or the process ends before. */
  get ready(): Promise<number> {
    return this.#ready.promise;
  }

  get exited(): Promise<void> {
    return this.#exited.promise;
  }

  send(message: ToWorker): void {
    if (!this.#isEnded && this.#worker.isConnected()) this.#worker.send(message);
  }

  /** Whether any policies have come into force there. */
  get hasApplied(): boolean {
    return this.#applied > 0;
  }

  /** Resolves once policies of this revision or a later one are in force there, or the process has ended. */
  applied(revision: number): Promise<void> {
    if (this.#isEnded || this.#applied >= revision) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add({ revision, resolve }));
  }

  /** Undefined where it does not answer. */
  metrics(): Promise<MetricsSnapshot | undefined> {
    if (this.#isEnded) return Promise.resolve(undefined);
    const id = ++this.#measure;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#measured(id, undefined), MEASURE_TIME);
      this.#measures.set(id, (metrics) => {
        clearTimeout(timer);
        resolve(metrics);
      });
      this.send({ to: "worker", kind: "measure", id });
    });
  }

  kill(): void {
    this.#worker.process.kill("SIGKILL");
  }

  #told(message: unknown): void {
    if (!isToLeader(message)) return;
    switch (message.kind) {
      case "ready":
        this.#ready.resolve(message.port);
        break;
      case "failed":
        this.#ready.reject(startError(message));
        break;
      case "applied":
        this.#applied = message.revision;
        this.#settle();
        break;
      case "measured":
        this.#measured(message.id, message.metrics);
        break;
      case "ask":
        void this.#events.asked(message.about).then((text) => {
          this.send({ to: "worker", kind: "answer", id: message.id, text });
        });
        break;
    }
  }

  #measured(id: number, metrics: MetricsSnapshot | undefined): void {
    this.#measures.get(id)?.(metrics);
    this.#measures.delete(id);
  }

  #settle(): void {
    for (const waiting of this.#waiting) {
      if (!this.#isEnded && waiting.revision > this.#applied) continue;
      this.#waiting.delete(waiting);
      waiting.resolve();
    }
  }

  #end(how: string): void {
    this.#isEnded = true;
    this.#ready.reject(new Error(`a worker process ended at its start: ${how}`));
    for (const id of this.#measures.keys()) this.#measured(id, undefined);
    this.#settle();
    this.#exited.resolve();
    this.#events.ended(this, how);
  }
}

/** What a worker's own start can fail with: everything else the leader has read before. */
function startError({ code, message }: Extract<ToLeader, { readonly kind: "failed" }>): Error {
  return code === "SERVER_ADDRESS" ? new RedoubtError(code, message) : new Error(message);
}

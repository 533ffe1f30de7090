/** A process that answers requests; policies, certificates and all else come from the process that leads it. Run by WorkerPool only. */
import { type Log, createLog, errorText } from "../log.ts";
import { WebhookMetrics } from "../metrics/webhook-metrics.ts";
import type { PolicyContents, PolicySource } from "../policies/policy-source.ts";
import { PolicyStore } from "../policies/policy-store.ts";
import { type DrainTimes, type ServedWebhook, startAnswering } from "../webhook/start-webhook.ts";
import { answeringOptions } from "../webhook/webhook-settings.ts";
import { ToldCluster } from "./cluster-changes.ts";
import { type Question, type ToLeader, type ToWorker, isToWorker } from "./messages.ts";

/** The policies that the leader has put in force. */
class ToldPolicies implements PolicySource {
  readonly name = "leader";
  readonly #first = Promise.withResolvers<void>();
  #contents: PolicyContents | undefined;
  #changed: ((contents: PolicyContents) => void) | undefined;

  async start(_: AbortSignal, changed: (contents: PolicyContents) => void): Promise<void> {
    this.#changed = changed;
    await this.#first.promise;
    if (this.#contents !== undefined) changed(this.#contents);
  }

  replace(contents: PolicyContents): void {
    this.#contents = contents;
    this.#changed?.(contents);
    this.#first.resolve();
  }
}

const LEADERLESS: DrainTimes = { leave: 0, finish: 10_000 };

/** Says something to the leader; without one there is nobody to work for, and nothing is said. */
function tell(message: ToLeader, said?: () => void): void {
  if (process.connected) process.send?.(message, undefined, {}, said);
}

class Worker {
  readonly #policies = new ToldPolicies();
  readonly #cluster = new ToldCluster();
  readonly #metrics = new WebhookMetrics();
  readonly #asked = new Map<number, (text: string) => void>();
  readonly #log: Log;
  readonly #store: PolicyStore;
  readonly #webhook: Promise<ServedWebhook>;
  #show: ((certificate: Told<"certificate">["certificate"]) => void) | undefined;
  #revision = 0;
  #isServing = false;
  #questions = 0;

  constructor({ settings, certificate }: Told<"start">) {
    this.#log = createLog((line) => process.stderr.write(line), settings.logLevel);
    this.#store = new PolicyStore([this.#policies], settings.compile);
    this.#store.onSwap(() => {
      this.#metrics.forgetPolicies();
      tell({ to: "leader", kind: "applied", revision: this.#revision });
    });
    this.#webhook = startAnswering({
      ...answeringOptions(settings),
      store: this.#store,
      log: this.#log,
      metrics: this.#metrics,
      showCertificates: (_, show) => {
        this.#show = show;
        return Promise.resolve(certificate);
      },
      notReady: async () => (await this.#ask("readiness")) || undefined,
      writeMetrics: () => this.#ask("metrics"),
    });
    this.#webhook.then(
      ({ port }) => {
        this.#isServing = true;
        tell({ to: "leader", kind: "ready", port });
      },
      (error: unknown) => {
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        tell({ to: "leader", kind: "failed", code, message: errorText(error) }, () => process.exit(1));
      },
    );
  }

  told(message: Exclude<ToWorker, Told<"start">>): void {
    switch (message.kind) {
      case "certificate":
        this.#show?.(message.certificate);
        break;
      case "policies": {
        const { objects, modules, revision } = message;
        this.#revision = revision;
        this.#policies.replace({ objects, ...modules, problems: [] });
        break;
      }
      case "cluster":
        this.#store.setCluster(this.#cluster.apply(message.changes));
        break;
      case "measure":
        tell({ to: "leader", kind: "measured", id: message.id, metrics: this.#metrics.snapshot() });
        break;
      case "answer":
        this.#asked.get(message.id)?.(message.text);
        this.#asked.delete(message.id);
        break;
      case "stop":
        void this.stop(message.drain);
        break;
    }
  }

  #ask(about: Question): Promise<string> {
    return new Promise((resolve) => {
      const id = ++this.#questions;
      this.#asked.set(id, resolve);
      tell({ to: "leader", kind: "ask", id, about });
    });
  }

  /** Ends in order, and with it the process. */
  async stop(drain: DrainTimes): Promise<void> {
    if (this.#isServing) await (await this.#webhook).stop(drain);
    process.exit();
  }
}

type Told<K extends ToWorker["kind"]> = Extract<ToWorker, { readonly kind: K }>;

let worker: Worker | undefined;
process.on("message", (message: unknown) => {
  if (!isToWorker(message)) return;
  if (message.kind === "start") worker = new Worker(message);
  else worker?.told(message);
});
// Signals of a terminal come to all processes of a group: when to end is the leader's to say.
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("disconnect", () => {
  // The leader is gone, and with it what listens: what has arrived is still answered.
  setTimeout(() => process.exit(1), LEADERLESS.finish).unref();
  if (worker === undefined) process.exit(1);
  void worker.stop(LEADERLESS);
});

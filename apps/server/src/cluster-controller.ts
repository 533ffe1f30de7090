/** Everything that the server does in a cluster besides answering: where policies come from, and what is said and written about them. */
import { ProviderClient, RestingProviders } from "@redoubt/admission";
import { type ApiConnection, RedoubtError } from "@redoubt/kube";
import { type AuditSummary, auditForever } from "./audit/auditor.ts";
import { ClusterWatch, type KindName } from "./cluster/cluster-watch.ts";
import { withLease } from "./cluster/leader-election.ts";
import { pause } from "./cluster/reconciler.ts";
import type { WatchOptions } from "./cluster/watched-resource.ts";
import { ConfigMapSource } from "./configmaps/configmap-source.ts";
import { GatekeeperSource } from "./gatekeeper/gatekeeper-source.ts";
import { StatusWriter } from "./gatekeeper/status-writer.ts";
import { type Log, errorText } from "./log.ts";
import type { PolicySource } from "./policies/policy-source.ts";
import type { PolicyStore } from "./policies/policy-store.ts";
import { Registration } from "./registration/registration.ts";
import type { ConfigurationOptions } from "./registration/webhook-configurations.ts";

export interface ClusterOptions {
  /** Of the server's own Secret, Lease and ConfigMap. */
  readonly namespace: string;
  /** The name of this replica; no other may have it. */
  readonly pod: string;
  /** Whether `pod` is a Pod of that namespace, so that status of Pods that are gone can be taken away. */
  readonly isPod: boolean;
  /** Take policies from Gatekeeper's kinds, and create these where `install` says so. */
  readonly gatekeeper?: { readonly install: boolean };
  /** Take policies from ConfigMaps of these namespaces. */
  readonly configMapNamespaces: readonly string[];
  /** Kinds that Rego finds in `data.kubernetes`. */
  readonly replicated: readonly KindName[];
  readonly audit?: AuditSettings;
  /** Keep webhook configurations. */
  readonly register?: Pick<ConfigurationOptions, "client" | "failurePolicy" | "timeoutSeconds">;
  readonly exemptNamespaces: readonly string[];
}

export interface AuditSettings {
  readonly intervalMs: number;
  readonly chunk: number;
  readonly pauseMs: number;
  /** How many violations a constraint's status has. */
  readonly violations: number;
}

const READY_EVERY_MS = 100;
const NAME = "redoubt";
/** What a report of a namespace has of them: with about 400 bytes each they stay far below what etcd takes. */
const FINDINGS_OF_NAMESPACE = 500;

export class ClusterController {
  readonly #connection: ApiConnection;
  readonly #options: ClusterOptions;
  readonly #log: Log;
  readonly #gatekeeper: GatekeeperSource | undefined;
  readonly #configMaps: ConfigMapSource | undefined;
  readonly #watch: WatchOptions;
  readonly #listeners = new Set<(summary: AuditSummary) => void>();
  #registration: Registration | undefined;
  #bundle = "";
  #isReady = false;

  constructor(connection: ApiConnection, options: ClusterOptions, log: Log) {
    this.#connection = connection;
    this.#options = options;
    this.#log = log;
    this.#watch = { failed: this.#failed("a watch") };
    const { gatekeeper, configMapNamespaces, namespace } = options;
    if (gatekeeper !== undefined) {
      const failed = this.#failed("a constraint's kind");
      this.#gatekeeper = new GatekeeperSource(connection, {
        configNamespace: namespace,
        install: gatekeeper.install,
        watch: this.#watch,
        failed,
      });
    }
    if (configMapNamespaces.length > 0) {
      const failed = this.#failed("a ConfigMap's status");
      this.#configMaps = new ConfigMapSource(connection, {
        namespaces: configMapNamespaces,
        watch: this.#watch,
        failed,
      });
    }
  }

  get sources(): readonly PolicySource[] {
    return [this.#gatekeeper, this.#configMaps].filter((source) => source !== undefined);
  }

  /** Why decisions would lack something; undefined once they do not. */
  notReady(): string | undefined {
    return this.#isReady ? undefined : "the cluster's namespaces and inventory are not known yet";
  }

  /** The certificates that the API server is to trust, in PEM. */
  setBundle(bundle: string): void {
    this.#bundle = bundle;
    this.#registration?.setBundle(bundle);
  }

  /** Told of each audit that has ended. */
  onAudit(listener: (summary: AuditSummary) => void): void {
    this.#listeners.add(listener);
  }

  /** Runs until aborted, and resolves when all of it has ended. */
  async run(store: PolicyStore, signal: AbortSignal): Promise<void> {
    const { replicated, pod, namespace, isPod, audit } = this.#options;
    const watch = new ClusterWatch(this.#connection, store, {
      replicated,
      watch: this.#watch,
      failed: this.#failed("the inventory"),
    });
    const running = [
      watch.run(signal, () => {
        this.#isReady = true;
      }),
    ];
    if (this.#gatekeeper !== undefined) {
      const writer = new StatusWriter(this.#connection, this.#gatekeeper, store, {
        pod,
        ...(isPod ? { podNamespace: namespace } : {}),
        operations: ["webhook", "status", ...(audit === undefined ? [] : ["audit"])],
        failed: this.#failed("a policy's status"),
      });
      running.push(writer.run(signal));
    }
    running.push(this.#lead(store, signal));
    await Promise.all(running);
  }

  /** What only one replica does. */
  async #lead(store: PolicyStore, signal: AbortSignal): Promise<void> {
    const { namespace, pod, audit, register } = this.#options;
    if (audit === undefined && register === undefined) return;
    const lease = { namespace, name: NAME, identity: pod, failed: this.#failed("the lease") };
    const lead = async (leading: AbortSignal): Promise<void> => {
      this.#log.info("this replica leads", { lease: `${namespace}/${NAME}`, identity: pod });
      await Promise.all([this.#register(store, leading), this.#audit(store, leading)]);
    };
    await withLease(this.#connection, lease, lead, signal);
  }

  async #register(store: PolicyStore, signal: AbortSignal): Promise<void> {
    const { register, exemptNamespaces, namespace } = this.#options;
    if (register === undefined) return;
    const registration = new Registration(this.#connection, store, {
      ...register,
      exemptNamespaces,
      name: NAME,
      ownNamespace: namespace,
      watch: this.#watch,
      failed: this.#failed("the webhook's configuration"),
    });
    this.#registration = registration;
    registration.setBundle(this.#bundle);
    await registration.run(signal);
  }

  async #audit(store: PolicyStore, signal: AbortSignal): Promise<void> {
    const { audit, exemptNamespaces, namespace } = this.#options;
    if (audit === undefined) return;
    // Without namespaces and inventory it would find other things.
    while (!this.#isReady && !signal.aborted) await pause(READY_EVERY_MS, signal);
    const { violations, ...pace } = audit;
    const clock = (): number => performance.now();
    const options = {
      ...pace,
      limits: { ofPolicy: violations, ofNamespace: FINDINGS_OF_NAMESPACE },
      exemptNamespaces: new Set(exemptNamespaces),
      providers: new RestingProviders(new ProviderClient({ clock, signal }), { clock }),
      checkpoint: { namespace, name: `${NAME}-audit` },
      failed: this.#failed("the audit"),
    };
    await auditForever(
      this.#connection,
      store,
      {
        ...options,
        finished: (summary) => this.#audited(summary),
      },
      signal,
    );
  }

  #audited(summary: AuditSummary): void {
    for (const listener of this.#listeners) listener(summary);
    const { objects, violations, milliseconds, unread, problems } = summary;
    const fields = {
      objects,
      violations,
      milliseconds: Math.round(milliseconds),
      unread: unread.map(([kind, reason]) => `${kind}: ${reason}`),
      problems,
    };
    if (unread.length === 0 && problems.length === 0) this.#log.info("an audit has ended", fields);
    else this.#log.warn("an audit has ended without all of the cluster", fields);
  }

  #failed(what: string): (error: Error) => void {
    return (error) => {
      const code = error instanceof RedoubtError ? error.code : "INTERNAL";
      this.#log.warn(`${what} is behind, and is tried again`, { code, error: errorText(error) });
    };
  }
}

/** The server as a process: from options that are plain values to its end by a signal. */
import { readFile, writeFile } from "node:fs/promises";
import { type ApiConnection, RedoubtError } from "@redoubt/kube";
import { type AuthorityStore, FileAuthorityStore, MemoryAuthorityStore } from "./certificates/authority-store.ts";
import { CertificateFiles } from "./certificates/certificate-files.ts";
import { OwnAuthority } from "./certificates/own-authority.ts";
import type { CertificateSource } from "./certificates/serving-certificate.ts";
import { ClusterController, type ClusterOptions } from "./cluster-controller.ts";
import { type Log, type LogLevel, createLog, errorText } from "./log.ts";
import type { CompileOptions } from "./policies/compile-policies.ts";
import { FilesSource } from "./policies/files-source.ts";
import { PolicyStore } from "./policies/policy-store.ts";
import { SecretAuthorityStore } from "./registration/secret-authority-store.ts";
import { type DrainTimes, type WebhookLimits, startWebhook } from "./webhook/start-webhook.ts";
import { type WebhookSettings, answeringOptions } from "./webhook/webhook-settings.ts";
import { startWorkers } from "./workers/worker-pool.ts";

export interface ServeOptions {
  /** Files and folders of policies. */
  readonly policies: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Files of a certificate and its key; else an authority of our own issues one. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Where an authority of our own is kept between runs. */
  readonly authorityFile?: string;
  /** The server's DNS names and addresses, for such a certificate. */
  readonly names: readonly string[];
  /** Where the authorities that clients are to trust are written, as PEM. */
  readonly trustedFile?: string;
  /** A file of authorities that the API server's client certificate is from. */
  readonly clientAuthorities?: string;
  readonly clientNames: readonly string[];
  readonly exemptNamespaces: readonly string[];
  /** The namespace whose configuration is protected. */
  readonly protectedNamespace?: string;
  readonly policyAdmins: readonly string[];
  readonly policyAdminGroups: readonly string[];
  /** Operations that Gatekeeper's templates are for which name none themselves. */
  readonly templateOperations: readonly string[];
  /** Origins of the external data providers that policies may ask. Default: there is no external data. */
  readonly providers?: readonly string[];
  /** The cluster that policies are taken from, and told about. */
  readonly cluster?: ClusterOptions & { readonly connection: ApiConnection };
  /** Judge by Pod Security's labels too: the API server's own admission does that already. */
  readonly podSecurity: boolean;
  readonly logLevel: LogLevel;
  /** Processes that answer requests; with 1, which is the default, this one does. */
  readonly workers?: number;
  readonly limits?: Partial<WebhookLimits>;
  readonly drain?: Partial<DrainTimes>;
}

/** What a process gives a server: where lines go, and who ends it. */
export interface ServeHost {
  readonly write: (line: string) => void;
  readonly signals: Signals;
}

/** `process`, as far as a server listens to it. */
export interface Signals {
  on(signal: "SIGTERM" | "SIGHUP", listener: () => void): unknown;
  off(signal: "SIGTERM" | "SIGHUP", listener: () => void): unknown;
}

/**
 * Serves until SIGTERM, and resolves once everything that arrived is answered; SIGHUP reads policies again. Rejects with `SERVER_POLICIES`
 * where a policy of the files is not in force at the start: a rollout of it then stops, and what runs goes on.
 */
export async function serve(options: ServeOptions, { write, signals }: ServeHost): Promise<void> {
  const log = createLog(write, options.logLevel);
  const files = new FilesSource(options.policies);
  const cluster = clusterOf(options, log);
  const sources = [files, ...(cluster?.controller.sources ?? [])];
  const { providers, templateOperations: operations } = options;
  const compile: CompileOptions = {
    operations,
    evaluationLimit: EVALUATION_LIMIT,
    ...(providers === undefined ? {} : { providers }),
  };
  const store = new PolicyStore(sources, compile);
  const ended = new AbortController();
  const terminated = Promise.withResolvers<void>();
  const reload = (): void => {
    files.reload().catch((error: unknown) => {
      log.error("policies could not be read again", { error: errorText(error) });
    });
  };
  const terminate = (): void => {
    terminated.resolve();
    ended.abort();
  };
  signals.on("SIGTERM", terminate);
  signals.on("SIGHUP", reload);
  const controlling = cluster?.controller.run(store, ended.signal);
  controlling?.catch(terminated.reject);
  try {
    const settings = await settingsOf(options, compile);
    const lead = {
      store,
      log,
      certificates: certificatesOf(options, cluster),
      signal: ended.signal,
      notReady: () => cluster?.controller.notReady(),
      ...(options.drain === undefined ? {} : { drain: options.drain }),
    };
    const { workers = 1 } = options;
    const webhook = await (workers === 1
      ? startWebhook({ ...answeringOptions(settings), ...lead })
      : startWorkers({ ...lead, settings, workers }));
    cluster?.controller.onAudit((summary) => webhook.metrics.audits.ended(summary, new Date()));
    // A policy of a cluster that is wrong says so there, and keeps nobody from the others.
    const problems = store.current.problems.filter(({ source }) => source === files.name);
    if (problems.length > 0) {
      // Nobody was sent here yet who would have to go elsewhere.
      await webhook.stop({ leave: 0 });
      const listed = problems.map(({ kind, name, message }) => `${kind} ${name}: ${message}`).join("; ");
      throw new RedoubtError("SERVER_POLICIES", `not all policies can be put in force: ${listed}`);
    }
    await terminated.promise;
    log.info("the admission webhook is ending");
    await webhook.stop();
    log.info("the admission webhook has ended");
  } catch (error) {
    // Sources that wait for a cluster are told to stop, and say that they were.
    if (!ended.signal.aborted || error !== ended.signal.reason) throw error;
    log.info("the admission webhook has ended before it was ready");
  } finally {
    signals.off("SIGTERM", terminate);
    signals.off("SIGHUP", reload);
    ended.abort();
    await controlling;
  }
}

interface ServedCluster {
  readonly controller: ClusterController;
  readonly authorities: AuthorityStore;
}

function clusterOf({ cluster }: ServeOptions, log: Log): ServedCluster | undefined {
  if (cluster === undefined) return undefined;
  const { connection, namespace } = cluster;
  return {
    controller: new ClusterController(connection, cluster, log),
    authorities: new SecretAuthorityStore(connection, { namespace, name: "redoubt-ca" }),
  };
}

/** Milliseconds for one evaluation of Rego, however long the request may take. */
const EVALUATION_LIMIT = 5000;

function certificatesOf(options: ServeOptions, cluster: ServedCluster | undefined): CertificateSource {
  const { certificate, authorityFile, names, trustedFile } = options;
  if (certificate !== undefined) return new CertificateFiles(certificate.cert, certificate.key);
  const store =
    authorityFile === undefined
      ? (cluster?.authorities ?? new MemoryAuthorityStore())
      : new FileAuthorityStore(authorityFile);
  return new OwnAuthority({
    store,
    names,
    onTrusted: async (bundle) => {
      cluster?.controller.setBundle(bundle);
      if (trustedFile !== undefined) await writeFile(trustedFile, bundle);
    },
  });
}

async function settingsOf(options: ServeOptions, compile: CompileOptions): Promise<WebhookSettings> {
  const { host, port, limits = {}, exemptNamespaces, podSecurity, logLevel } = options;
  const { clientAuthorities, clientNames, protectedNamespace, policyAdmins, policyAdminGroups } = options;
  return {
    host,
    port,
    limits,
    exemptNamespaces,
    podSecurity,
    logLevel,
    compile,
    clients:
      clientAuthorities === undefined
        ? undefined
        : { authorities: await readAuthoritiesFile(clientAuthorities), names: clientNames },
    protection:
      protectedNamespace === undefined
        ? undefined
        : { namespace: protectedNamespace, users: policyAdmins, groups: policyAdminGroups },
  };
}

async function readAuthoritiesFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new RedoubtError("CONFIG_READ", `${path} cannot be read: ${errorText(cause)}`, { cause });
  }
}

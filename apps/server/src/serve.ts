/** The server as a process: from options that are plain values to its end by a signal. */
import { readFile, writeFile } from "node:fs/promises";
import { ProviderClient } from "@redoubt/admission";
import { type ApiConnection, RedoubtError } from "@redoubt/kube";
import { judgePodSecurity } from "@redoubt/posture";
import { type AuthorityStore, FileAuthorityStore, MemoryAuthorityStore } from "./certificates/authority-store.ts";
import { CertificateFiles } from "./certificates/certificate-files.ts";
import { OwnAuthority } from "./certificates/own-authority.ts";
import type { CertificateSource } from "./certificates/serving-certificate.ts";
import { ClusterController, type ClusterOptions } from "./cluster-controller.ts";
import { type Log, type LogLevel, createLog, errorText } from "./log.ts";
import { FilesSource } from "./policies/files-source.ts";
import { PolicyStore } from "./policies/policy-store.ts";
import { SecretAuthorityStore } from "./registration/secret-authority-store.ts";
import type { ClientCheck } from "./webhook/client-certificate.ts";
import { Protection } from "./webhook/protection.ts";
import { DEFAULT_MAX_DEPTH, type DrainTimes, type WebhookLimits, startWebhook } from "./webhook/start-webhook.ts";

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
  const operations = options.templateOperations;
  const sources = [files, ...(cluster?.controller.sources ?? [])];
  const { providers } = options;
  const store = new PolicyStore(sources, {
    operations,
    evaluationLimit: EVALUATION_LIMIT,
    ...(providers === undefined ? {} : { providers }),
  });
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
    const webhook = await startWebhook({
      ...options,
      store,
      log,
      certificates: certificatesOf(options, cluster),
      signal: ended.signal,
      notReady: () => cluster?.controller.notReady(),
      clients: await clientsOf(options),
      admission: {
        exemptNamespaces: new Set(options.exemptNamespaces),
        maxDepth: DEFAULT_MAX_DEPTH,
        protection: protectionOf(options),
        podSecurity: options.podSecurity ? judgePodSecurity : undefined,
        providers: providers === undefined ? undefined : new ProviderClient({ clock: () => performance.now() }),
      },
    });
    cluster?.controller.onAudit((summary) => webhook.metrics.audits.ended(summary, new Date()));
    // A policy of a cluster that is wrong says so there, and keeps nobody from the others.
    const problems = store.current.problems.filter(({ source }) => source === files.name);
    if (problems.length > 0) {
      await webhook.stop();
      const listed = problems.map(({ kind, name, message }) => `${kind} ${name}: ${message}`).join("; ");
      throw new RedoubtError("SERVER_POLICIES", `not all policies can be put in force: ${listed}`);
    }
    await terminated.promise;
    log.info("the admission webhook is ending", { inFlight: webhook.inFlight });
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

async function clientsOf({ clientAuthorities, clientNames }: ServeOptions): Promise<ClientCheck | undefined> {
  if (clientAuthorities === undefined) return undefined;
  try {
    return { authorities: await readFile(clientAuthorities, "utf8"), names: new Set(clientNames) };
  } catch (cause) {
    throw new RedoubtError("CONFIG_READ", `${clientAuthorities} cannot be read: ${errorText(cause)}`, { cause });
  }
}

function protectionOf({ protectedNamespace, policyAdmins, policyAdminGroups }: ServeOptions): Protection | undefined {
  if (protectedNamespace === undefined) return undefined;
  return new Protection({ namespace: protectedNamespace, users: policyAdmins, groups: policyAdminGroups });
}

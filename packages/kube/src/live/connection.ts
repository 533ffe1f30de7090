import { jsonText } from "../exact-json.ts";
import { existsSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { type RequestOptions, request } from "node:https";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";
import { RedoubtError } from "../diagnostic.ts";
import { splitLines } from "./split-lines.ts";
import { readTokenFile, tokenFileOf } from "./token-file.ts";

/** Which API server to speak to, and as whom: kubectl's own flags. */
export interface ConnectionOptions {
  /** Path of a kubeconfig; `KUBECONFIG` and `~/.kube/config` as kubectl reads them when absent, then the pod's own account. */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly as?: string;
  readonly asGroups?: readonly string[];
  /** For one request, retries not counted. */
  readonly requestTimeoutMs?: number;
}

/** An answer that came: any status. Network failures and timeouts are thrown. */
export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

/** An answer that goes on until the server, the network or the caller ends it; without an error where the server did. */
export interface ApiStream {
  readonly status: number;
  /** Without their line ends. Reading throws `KUBE_API_UNREACHABLE`, or `KUBE_API_TIMEOUT` where nothing came for too long. */
  readonly lines: AsyncIterable<string>;
}

export interface StreamOptions {
  /** Longest silence, after which the connection counts as lost. */
  readonly idleMs: number;
  readonly signal?: AbortSignal;
}

export interface GetOptions {
  readonly accept?: string;
  /** Send no credentials: what the API server answers to anyone. */
  readonly anonymous?: boolean;
  readonly signal?: AbortSignal;
}

export interface ApiConnection {
  /** The kubeconfig context, `in-cluster` inside a pod. */
  readonly context: string;
  readonly server: string;
  /** How many requests were sent, retries included. */
  readonly requests: number;
  /**
   * GET, repeated while the server says that it is busy (429, 5xx) or the network fails, up to five times with growing pauses
   * (the server's Retry-After when it gives one, ten seconds at most).
   *
   * @throws RedoubtError `KUBE_API_UNREACHABLE`, `KUBE_API_TIMEOUT`; the signal's reason when aborted.
   */
  get(path: string, options?: GetOptions): Promise<ApiAnswer>;
  /**
   * A request that changes the cluster, sent once: nobody knows whether one that failed was carried out. The body of a PATCH is a JSON
   * merge patch (RFC 7386).
   *
   * @throws like `get`
   */
  send(method: ChangeMethod, path: string, body?: object, signal?: AbortSignal): Promise<ApiAnswer>;
  /**
   * GET of an answer that goes on, such as a watch, sent once.
   *
   * @throws like `get`
   */
  stream(path: string, options: StreamOptions): Promise<ApiStream>;
  close(): void;
}

export type ChangeMethod = "POST" | "PUT" | "PATCH" | "DELETE";

const ATTEMPTS = 5;
const LONGEST_PAUSE_MS = 10_000;
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Opens a connection with a kubeconfig's credentials: certificates, tokens, exec plugins, or the service account of the pod it runs in.
 *
 * Its requests fail with `KUBE_CONFIG` too, when a file or plugin that gives the credentials does.
 *
 * @throws RedoubtError `KUBE_CONFIG` when there is no usable configuration.
 */
export async function connect(options: ConnectionOptions): Promise<ApiConnection> {
  // Loaded here and not above: it costs more than everything else together, and offline commands do without.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  const files = kubeconfigFiles(options);
  try {
    loadFiles(config, files, () => new KubeConfig());
  } catch (error) {
    throw new RedoubtError("KUBE_CONFIG", `the kubeconfig could not be read: ${reasonOf(error)}`, { cause: error });
  }
  if (options.context !== undefined) {
    if (config.getContextObject(options.context) === null) {
      const known = config.getContexts().map(({ name }) => name);
      throw new RedoubtError(
        "KUBE_CONFIG",
        `no context "${options.context}" in the kubeconfig; it has ${known.join(", ") || "none"}`,
      );
    }
    config.setCurrentContext(options.context);
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null || config.getCurrentContext() === LIBRARY_FALLBACK) {
    throw new RedoubtError(
      "KUBE_CONFIG",
      "no cluster to speak to: neither KUBECONFIG nor ~/.kube/config is there, and this is no pod; give --kubeconfig or --context, or scan files instead",
    );
  }
  if (!cluster.server.startsWith("https://")) {
    throw new RedoubtError(
      "KUBE_CONFIG",
      `the server of context "${config.getCurrentContext()}" is ${cluster.server}: Redoubt speaks https only`,
    );
  }
  const tokenFile = tokenFileOf(files, config.getCurrentUser()?.name);
  const context = config.getCurrentContext();
  return new HttpsConnection(context, cluster.server, options, async (target) => {
    try {
      await config.applyToHTTPSOptions(target);
    } catch (error) {
      const message = `the credentials of context "${context}" could not be had: ${reasonOf(error)}`;
      throw new RedoubtError("KUBE_CONFIG", message, { cause: error });
    }
    return tokenFile === undefined ? {} : { authorization: `Bearer ${await readTokenFile(tokenFile)}` };
  });
}

/** The context that the client library makes up, of http://localhost:8080, where it finds no configuration at all. */
const LIBRARY_FALLBACK = "loaded-context";

/**
 * The files that make up the configuration: of those in KUBECONFIG the ones that are there, as kubectl passes over the others; none
 * where only the pod's own account is left.
 */
function kubeconfigFiles(options: ConnectionOptions): readonly string[] {
  if (options.kubeconfig !== undefined) return [options.kubeconfig];
  const listed = (process.env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
  if (listed.length === 0) return [join(homedir(), ".kube", "config")].filter((file) => existsSync(file));
  const there = listed.filter((file) => existsSync(file));
  return there.length === 0 ? listed.slice(0, 1) : there;
}

/** Merges the files; the first current context counts. */
function loadFiles(config: KubeConfig, [first, ...more]: readonly string[], another: () => KubeConfig): void {
  if (first === undefined) {
    config.loadFromDefault();
    return;
  }
  config.loadFromFile(first);
  for (const file of more) {
    const next = another();
    next.loadFromFile(file);
    config.mergeConfig(next, config.getCurrentContext() !== "");
  }
}

type Authenticate = (options: RequestOptions) => Promise<Readonly<Record<string, string>>>;

class HttpsConnection implements ApiConnection {
  readonly context: string;
  readonly server: string;
  requests = 0;
  readonly #options: ConnectionOptions;
  /** Adds credentials to a request; headers that it needs besides are the answer. */
  readonly #authenticate: Authenticate;

  constructor(context: string, server: string, options: ConnectionOptions, authenticate: Authenticate) {
    this.context = context;
    this.server = server.replace(/\/+$/, "");
    this.#options = options;
    this.#authenticate = authenticate;
  }

  async get(path: string, options: GetOptions = {}): Promise<ApiAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const last = attempt === ATTEMPTS;
      options.signal?.throwIfAborted();
      let pause = Math.min(LONGEST_PAUSE_MS, 100 * 2 ** attempt);
      try {
        const { answer, retryAfter } = await this.#once(path, options);
        if (last || !isBusy(answer.status)) return answer;
        pause = retryAfter ?? pause;
      } catch (error) {
        options.signal?.throwIfAborted();
        if (last || error instanceof RedoubtError) throw unreachable(this.server, error);
      }
      await sleep(pause, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
  }

  async send(method: ChangeMethod, path: string, body?: object, signal?: AbortSignal): Promise<ApiAnswer> {
    try {
      const change = { method, ...(body === undefined ? {} : { body: jsonText(body) }) };
      return (await this.#once(path, signal === undefined ? {} : { signal }, change)).answer;
    } catch (error) {
      signal?.throwIfAborted();
      throw unreachable(this.server, error);
    }
  }

  async stream(path: string, { idleMs, signal }: StreamOptions): Promise<ApiStream> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new DOMException("no answer", "TimeoutError")), this.#timeout);
    try {
      const limits = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
      const response = await this.#open(path, {}, limits);
      response.setTimeout(idleMs, () =>
        response.destroy(new DOMException(`nothing came for ${idleMs} ms`, "TimeoutError")),
      );
      return { status: response.statusCode ?? 0, lines: this.#linesOf(response, signal) };
    } catch (error) {
      signal?.throwIfAborted();
      throw unreachable(this.server, error);
    } finally {
      clearTimeout(timer);
    }
  }

  async *#linesOf(response: IncomingMessage, signal: AbortSignal | undefined): AsyncGenerator<string> {
    try {
      yield* splitLines(response);
    } catch (error) {
      signal?.throwIfAborted();
      throw unreachable(this.server, error);
    } finally {
      response.destroy();
    }
  }

  close(): void {
    // Connections belong to agents that the credentials made; they close when idle and hold nothing open.
  }

  get #timeout(): number {
    return this.#options.requestTimeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  async #once(path: string, options: GetOptions, change?: Change): Promise<{ answer: ApiAnswer; retryAfter?: number }> {
    const { signal } = options;
    const timeout = AbortSignal.timeout(this.#timeout);
    const limits = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    const response = await this.#open(path, options, limits, change);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(Buffer.from(chunk));
    const seconds = Number(response.headers["retry-after"]);
    return {
      answer: { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") },
      ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfter: Math.min(LONGEST_PAUSE_MS, seconds * 1000) } : {}),
    };
  }

  async #open(
    path: string,
    { accept = "application/json", anonymous = false }: GetOptions,
    limits: AbortSignal,
    change?: Change,
  ): Promise<IncomingMessage> {
    const url = new URL(`${this.server}${path}`);
    const credentials: RequestOptions = { headers: { accept, "user-agent": "redoubt", ...this.#impersonation() } };
    const headers = await this.#authenticate(credentials);
    const target = anonymous ? withoutCredentials(credentials, accept) : credentials;
    this.requests += 1;
    return send(url, { ...target, signal: limits }, anonymous ? {} : headers, change);
  }

  #impersonation(): Record<string, string | string[]> {
    const { as, asGroups } = this.#options;
    return {
      ...(as === undefined ? {} : { "impersonate-user": as }),
      ...(asGroups === undefined || asGroups.length === 0 ? {} : { "impersonate-group": [...asGroups] }),
    };
  }
}

/** What a request changes. */
interface Change {
  readonly method: string;
  /** JSON. */
  readonly body?: string;
}

function send(
  url: URL,
  options: RequestOptions,
  headers: Readonly<Record<string, string>>,
  { method, body }: Change = { method: "GET" },
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, method }, resolve);
    sent.on("error", reject);
    for (const [name, value] of Object.entries(headers)) sent.setHeader(name, value);
    if (body !== undefined)
      sent.setHeader("content-type", method === "PATCH" ? "application/merge-patch+json" : "application/json");
    sent.end(body);
  });
}

/** Only what it takes to check the server's certificate: its authority and the name it must have. */
function withoutCredentials({ ca, servername, rejectUnauthorized }: RequestOptions, accept: string): RequestOptions {
  return {
    headers: { accept, "user-agent": "redoubt" },
    ...(ca === undefined ? {} : { ca }),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}

function isBusy(status: number): boolean {
  return status === 429 || status >= 500;
}

function unreachable(server: string, error: unknown): RedoubtError {
  if (error instanceof RedoubtError) return error;
  if (error instanceof Error && error.name === "TimeoutError") {
    return new RedoubtError("KUBE_API_TIMEOUT", `${server} did not answer in time`, { cause: error });
  }
  return new RedoubtError("KUBE_API_UNREACHABLE", `${server} could not be reached: ${reasonOf(error)}`, {
    cause: error,
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

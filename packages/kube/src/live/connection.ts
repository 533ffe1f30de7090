import type { IncomingMessage } from "node:http";
import { type RequestOptions, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { RedoubtError } from "../diagnostic.ts";

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
   * A request that changes the cluster, sent once: nobody knows whether one that failed was carried out.
   *
   * @throws like `get`
   */
  send(method: "POST" | "DELETE", path: string, body?: object, signal?: AbortSignal): Promise<ApiAnswer>;
  close(): void;
}

const ATTEMPTS = 5;
const LONGEST_PAUSE_MS = 10_000;
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Opens a connection with a kubeconfig's credentials: certificates, tokens, exec plugins, or the service account of the pod it runs in.
 *
 * @throws RedoubtError `KUBE_CONFIG` when there is no usable configuration.
 */
export async function connect(options: ConnectionOptions): Promise<ApiConnection> {
  // Loaded here and not above: it costs more than everything else together, and offline commands do without.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  try {
    if (options.kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(options.kubeconfig);
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
  if (cluster === null) {
    throw new RedoubtError(
      "KUBE_CONFIG",
      "no cluster to speak to: give --kubeconfig or --context, or scan files instead",
    );
  }
  return new HttpsConnection(config.getCurrentContext(), cluster.server, options, (target) =>
    config.applyToHTTPSOptions(target),
  );
}

class HttpsConnection implements ApiConnection {
  readonly context: string;
  readonly server: string;
  requests = 0;
  readonly #options: ConnectionOptions;
  readonly #authenticate: (options: RequestOptions) => Promise<void>;

  constructor(
    context: string,
    server: string,
    options: ConnectionOptions,
    authenticate: (options: RequestOptions) => Promise<void>,
  ) {
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

  async send(method: "POST" | "DELETE", path: string, body?: object, signal?: AbortSignal): Promise<ApiAnswer> {
    try {
      const change = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      return (await this.#once(path, signal === undefined ? {} : { signal }, change)).answer;
    } catch (error) {
      signal?.throwIfAborted();
      throw unreachable(this.server, error);
    }
  }

  close(): void {
    // Connections belong to agents that the credentials made; they close when idle and hold nothing open.
  }

  async #once(path: string, options: GetOptions, change?: Change): Promise<{ answer: ApiAnswer; retryAfter?: number }> {
    const { accept = "application/json", anonymous = false, signal } = options;
    const url = new URL(`${this.server}${path}`);
    const credentials: RequestOptions = { headers: { accept, "user-agent": "redoubt", ...this.#impersonation() } };
    await this.#authenticate(credentials);
    const target = anonymous ? withoutCredentials(credentials, accept) : credentials;
    this.requests += 1;
    const timeout = this.#options.requestTimeoutMs ?? DEFAULT_TIMEOUT_MS;
    const limits =
      signal === undefined ? AbortSignal.timeout(timeout) : AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    const response = await send(url, { ...target, signal: limits }, change);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(Buffer.from(chunk));
    const seconds = Number(response.headers["retry-after"]);
    return {
      answer: { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") },
      ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfter: Math.min(LONGEST_PAUSE_MS, seconds * 1000) } : {}),
    };
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
  { method, body }: Change = { method: "GET" },
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, method }, resolve);
    sent.on("error", reject);
    if (body !== undefined) sent.setHeader("content-type", "application/json");
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

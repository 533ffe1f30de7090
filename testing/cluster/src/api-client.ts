import { Agent, request } from "node:https";
import type { KeyPair } from "./certificates.ts";

/** An answer of the API server. `body` is the parsed JSON, or the text where it is none. */
export interface ApiResponse {
  readonly status: number;
  readonly body: unknown;
  /** Admission warnings (RFC 7234 `Warning` headers), in order, without their code and quotes. */
  readonly warnings: readonly string[];
}

/** A plain client of one API server with one identity: the tests' own, so that it shares nothing with the product's. */
export class ApiClient {
  readonly #url: string;
  readonly #agent: Agent;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: {
    readonly url: string;
    readonly ca: string;
    readonly clientCertificate?: KeyPair;
    readonly token?: string;
    /** Sent with every request. */
    readonly headers?: Readonly<Record<string, string>>;
  }) {
    this.#url = options.url;
    this.#agent = new Agent({
      ca: options.ca,
      keepAlive: true,
      maxSockets: 16,
      ...(options.clientCertificate === undefined
        ? {}
        : { cert: options.clientCertificate.certificate, key: options.clientCertificate.key }),
    });
    this.#headers = {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...options.headers,
    };
  }

  get(path: string): Promise<ApiResponse> {
    return this.send("GET", path);
  }

  post(path: string, body: unknown): Promise<ApiResponse> {
    return this.send("POST", path, body);
  }

  put(path: string, body: unknown): Promise<ApiResponse> {
    return this.send("PUT", path, body);
  }

  delete(path: string): Promise<ApiResponse> {
    return this.send("DELETE", path);
  }

  send(method: string, path: string, body?: unknown, contentType = "application/json"): Promise<ApiResponse> {
    const payload = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(path, this.#url),
        {
          method,
          agent: this.#agent,
          headers: {
            accept: "application/json, */*",
            ...this.#headers,
            ...(payload === undefined
              ? {}
              : { "content-type": contentType, "content-length": String(Buffer.byteLength(payload)) }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString("utf8");
            resolve({
              status: response.statusCode ?? 0,
              body: parse(text),
              warnings: warningTexts(response.headers["warning"]),
            });
          });
        },
      );
      sent.on("error", reject);
      sent.end(payload);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Node joins repeated headers with ", "; each warning is `299 - "text"` with quotes and backslashes escaped. */
function warningTexts(header: string | undefined): readonly string[] {
  if (header === undefined) return [];
  return [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) =>
    (match[1] ?? "").replaceAll(/\\(.)/g, "$1"),
  );
}

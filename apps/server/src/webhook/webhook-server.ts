/**
 * HTTPS for an API server: HTTP/1.1, and HTTP/2, by which it asks only what is on its own machine, on one port, bounded in connections, sizes and times. On Node's own
 * server: docs/decisions has why.
 */
import { once } from "node:events";
import type { ServerOptions as Http1Options } from "node:http";
import {
  type Http2SecureServer,
  type SecureServerOptions,
  type ServerHttp2Session,
  createSecureServer,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { SecureContextOptions, TLSSocket } from "node:tls";
import { RedoubtError } from "@redoubt/kube";
import type { ServingCertificate } from "../certificates/serving-certificate.ts";
import { errorText } from "../log.ts";
import type { WebhookMetrics } from "../metrics/webhook-metrics.ts";
import type { ClientCheck } from "./client-certificate.ts";
import type { HttpRequest, HttpResponse } from "./http-messages.ts";

export interface ConnectionLimits {
  readonly connections: number;
  /** Milliseconds for a TLS handshake, and for a request's headers. */
  readonly headerTime: number;
}

export interface WebhookServerOptions {
  readonly certificate: ServingCertificate;
  /** Absent where anyone may ask. */
  readonly clients?: ClientCheck | undefined;
  readonly limits: ConnectionLimits;
}

/** Longer than the 90 s that Go keeps an idle connection: it is the client's to close, or a request could meet a closed one. */
const KEEP_ALIVE = 120_000;
/** Milliseconds for the last answers of HTTP/2. */
const LAST_STREAMS = 1000;
const HEADER_BYTES = 16 * 1024;
const CONNECTION_ERRORS = { tlsClientError: "tls", clientError: "http", sessionError: "http2", drop: "limit" } as const;

export class WebhookServer {
  readonly #options: WebhookServerOptions;
  readonly #metrics: WebhookMetrics;
  readonly #server: Http2SecureServer;
  readonly #sockets = new Set<TLSSocket>();
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor(
    options: WebhookServerOptions,
    metrics: WebhookMetrics,
    onRequest: (request: HttpRequest, response: HttpResponse) => void,
  ) {
    this.#options = options;
    this.#metrics = metrics;
    this.#server = this.#createServer();
    this.#server.on("request", onRequest);
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Resolves to the port. Rejects with `SERVER_ADDRESS` where the address cannot be listened on. */
  async listen(host: string, port: number): Promise<number> {
    this.#server.listen({ host, port });
    try {
      await once(this.#server, "listening");
    } catch (cause) {
      throw new RedoubtError("SERVER_ADDRESS", `${host}, port ${port}, cannot be listened on: ${errorText(cause)}`, {
        cause,
      });
    }
    return portOf(this.#server.address());
  }

  /** New connections get this certificate; those that are open stay as they are. Throws where key and certificate are no pair. */
  setCertificate(certificate: ServingCertificate): void {
    this.#server.setSecureContext(this.#context(certificate));
  }

  /** Takes no more connections and ends those that are open, once what was written to them has gone out. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    // Of HTTP/2 what is on its way now is told to go elsewhere, and what has arrived is answered.
    for (const session of this.#sessions) session.close();
    const end = performance.now() + LAST_STREAMS;
    while (this.#sessions.size > 0 && performance.now() < end) await delay(10);
    for (const socket of this.#sockets) socket.destroySoon();
    await Promise.race([closed, delay(1000, undefined, { ref: false })]);
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #context({ key, cert }: ServingCertificate): SecureContextOptions {
    const { clients } = this.#options;
    return { key, cert, minVersion: "TLSv1.3", ...(clients === undefined ? {} : { ca: clients.authorities }) };
  }

  #createServer(): Http2SecureServer {
    const { certificate, clients, limits } = this.#options;
    const options: SecureServerOptions & Http1Options = {
      ...this.#context(certificate),
      allowHTTP1: true,
      // Health is asked without a certificate, so that its absence must not end the handshake.
      requestCert: clients !== undefined,
      rejectUnauthorized: false,
      handshakeTimeout: limits.headerTime,
      settings: { maxConcurrentStreams: 100, maxHeaderListSize: HEADER_BYTES, enablePush: false },
      maxHeaderSize: HEADER_BYTES,
      headersTimeout: limits.headerTime,
      connectionsCheckingInterval: Math.min(1000, limits.headerTime),
      keepAliveTimeout: KEEP_ALIVE,
    };
    const server = createSecureServer(options);
    server.maxConnections = limits.connections;
    server.on("secureConnection", (socket: TLSSocket) => {
      this.#onConnection(socket);
    });
    server.on("session", (session) => {
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
      session.setTimeout(KEEP_ALIVE, () => {
        session.close();
      });
    });
    for (const [event, reason] of Object.entries(CONNECTION_ERRORS)) {
      server.on(event, () => {
        this.#metrics.connectionErrors.at(reason).add(1);
      });
    }
    server.on("clientError", (error: Error, socket: Duplex) => {
      refuseConnection(error, socket);
    });
    return server;
  }

  #onConnection(socket: TLSSocket): void {
    this.#sockets.add(socket);
    this.#metrics.connections.at().set(this.#sockets.size);
    socket.setNoDelay(true);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#metrics.connections.at().set(this.#sockets.size);
    });
  }
}

const PARSE_STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** Answers what is no HTTP, and ends its connection: what follows on it cannot be told apart. */
function refuseConnection(error: Error, socket: Duplex): void {
  const code = "code" in error ? String(error.code) : "";
  // Failed handshakes come here too: there is nobody to answer.
  if (!(code.startsWith("HPE_") || code === "ERR_HTTP_REQUEST_TIMEOUT") || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = PARSE_STATUS[code] ?? "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => {
    socket.destroy();
  });
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}

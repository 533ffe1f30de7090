/**
 * A client that costs little: requests are bytes made beforehand, written to TLS connections that stay open, one at a time on each.
 * Both sides of a comparison are asked by it, so that neither waits for the client.
 */
import { once } from "node:events";
import { type TLSSocket, connect } from "node:tls";
import { HttpAnswers } from "./http-answers.ts";

export interface LoadTarget {
  readonly port: number;
  readonly path: string;
  /** PEM of the authority that the server's certificate is from. */
  readonly authority: string;
  readonly connections: number;
}

export interface Load {
  readonly bodies: readonly string[];
  readonly seconds: number;
  /** Requests a second, begun on time whether or not earlier ones are answered; undefined is as fast as the connections go. */
  readonly rate?: number;
  /** Ends before `seconds` are over. */
  readonly signal?: AbortSignal;
  /** Whether the answer to `bodies[index]` is the right one. */
  isRight(index: number, status: number, body: string): boolean;
}

export interface LoadResult {
  readonly perSecond: number;
  /** Milliseconds, from when a request was due. */
  readonly p50: number;
  readonly p99: number;
  readonly answers: number;
  readonly wrong: number;
}

/** Rejects where a connection breaks with a request on it; others are opened anew, as every client does. */
export async function runLoad(target: LoadTarget, load: Load): Promise<LoadResult> {
  const requests = load.bodies.map((body) => requestBytes(target, body));
  const run = new LoadRun(target, requests, load);
  return run.result();
}

function requestBytes({ path }: LoadTarget, body: string): Buffer {
  const bytes = Buffer.from(body);
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

interface Pending {
  readonly index: number;
  /** When the request was due. */
  readonly at: number;
}

class LoadRun {
  readonly #target: LoadTarget;
  readonly #requests: readonly Buffer[];
  readonly #load: Load;
  readonly #latencies: number[] = [];
  readonly #idle: Connection[] = [];
  readonly #ended = Promise.withResolvers<void>();
  #start = 0;
  #sent = 0;
  #wrong = 0;
  #open = 0;

  constructor(target: LoadTarget, requests: readonly Buffer[], load: Load) {
    this.#target = target;
    this.#requests = requests;
    this.#load = load;
  }

  async result(): Promise<LoadResult> {
    const { connections } = this.#target;
    await Promise.all(Array.from({ length: connections }, () => this.#connect()));
    this.#start = performance.now();
    const timer = setInterval(() => this.#fill(), 1);
    this.#fill();
    await this.#ended.promise.finally(() => clearInterval(timer));
    const elapsed = (performance.now() - this.#start) / 1000;
    for (const connection of this.#idle) connection.end();
    const sorted = Float64Array.from(this.#latencies).toSorted();
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    const answers = sorted.length;
    return { perSecond: answers / elapsed, p50: at(0.5), p99: at(0.99), answers, wrong: this.#wrong };
  }

  async #connect(): Promise<void> {
    this.#open++;
    const connection = await Connection.open(this.#target, {
      answered: ({ index, at }, status, body) => {
        this.#latencies.push(performance.now() - at);
        if (!this.#load.isRight(index, status, body)) this.#wrong++;
      },
      idle: (idle) => {
        this.#idle.push(idle);
        this.#fill();
      },
      closed: (gone) => {
        const at = this.#idle.indexOf(gone);
        if (at >= 0) this.#idle.splice(at, 1);
        this.#open--;
        this.#connect().then(() => this.#fill(), this.#ended.reject);
      },
      failed: this.#ended.reject,
    });
    this.#idle.push(connection);
  }

  /** Sends what is due on connections that are idle; once the time is over and all are, the run has ended. */
  #fill(): void {
    const { rate, seconds, signal } = this.#load;
    const now = performance.now();
    if (now >= this.#start + seconds * 1000 || signal?.aborted === true) {
      if (this.#idle.length === this.#open) this.#ended.resolve();
      return;
    }
    const due = rate === undefined ? Infinity : Math.floor(((now - this.#start) / 1000) * rate) + 1;
    while (this.#sent < due) {
      const connection = this.#idle.shift();
      if (connection === undefined) return;
      const index = this.#sent % this.#requests.length;
      const at = rate === undefined ? performance.now() : this.#start + (this.#sent / rate) * 1000;
      this.#sent++;
      connection.send(this.#requests[index] ?? Buffer.alloc(0), { index, at });
    }
  }
}

interface ConnectionEvents {
  readonly answered: (pending: Pending, status: number, body: string) => void;
  readonly idle: (connection: Connection) => void;
  /** The server wants no more on this connection, and no request is on it. */
  readonly closed: (connection: Connection) => void;
  readonly failed: (reason: Error) => void;
}

class Connection {
  readonly #socket: TLSSocket;
  #pending: Pending | undefined;
  #isEnded = false;

  private constructor(socket: TLSSocket, { answered, idle, closed, failed }: ConnectionEvents) {
    this.#socket = socket;
    const answers = new HttpAnswers(({ status, body, isLast }) => {
      const pending = this.#pending;
      if (pending === undefined) return;
      this.#pending = undefined;
      answered(pending, status, body);
      if (isLast) {
        this.end();
        closed(this);
      } else idle(this);
    });
    socket.on("data", (chunk: Buffer) => answers.add(chunk));
    socket.on("error", (error) => {
      if (!this.#isEnded) failed(error);
    });
    socket.on("end", () => {
      if (this.#isEnded) return;
      if (this.#pending !== undefined) {
        failed(new Error("the server closed a connection with a request on it"));
        return;
      }
      this.end();
      closed(this);
    });
  }

  static async open({ port, authority }: LoadTarget, events: ConnectionEvents): Promise<Connection> {
    const socket = connect({ port, host: "127.0.0.1", ca: authority, servername: "localhost" });
    socket.setNoDelay(true);
    await once(socket, "secureConnect");
    return new Connection(socket, events);
  }

  send(request: Buffer, pending: Pending): void {
    this.#pending = pending;
    this.#socket.write(request);
  }

  end(): void {
    this.#isEnded = true;
    this.#socket.destroy();
  }
}

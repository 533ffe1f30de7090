/**
 * A client that costs little: requests are bytes made beforehand, written to TLS connections that stay open, one at a time on each.
 * Both sides of a comparison are asked by it, so that neither waits for the client.
 */
import { type TLSSocket, connect } from "node:tls";
import { once } from "node:events";
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

interface Pending {
  readonly index: number;
  /** When the request was due. */
  readonly at: number;
}

/** Rejects where a connection breaks: under load nothing may. */
export async function runLoad(target: LoadTarget, load: Load): Promise<LoadResult> {
  const requests = load.bodies.map((body) => requestBytes(target, body));
  const sockets = await Promise.all(Array.from({ length: target.connections }, () => open(target)));
  const run = new LoadRun(requests, load);
  try {
    return await run.over(sockets);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

function requestBytes({ path }: LoadTarget, body: string): Buffer {
  const bytes = Buffer.from(body);
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

async function open({ port, authority }: LoadTarget): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", ca: authority, servername: "localhost" });
  socket.setNoDelay(true);
  await once(socket, "secureConnect");
  return socket;
}

class LoadRun {
  readonly #requests: readonly Buffer[];
  readonly #load: Load;
  readonly #latencies: number[] = [];
  readonly #idle: Connection[] = [];
  #wrong = 0;
  #sent = 0;

  constructor(requests: readonly Buffer[], load: Load) {
    this.#requests = requests;
    this.#load = load;
  }

  async over(sockets: readonly TLSSocket[]): Promise<LoadResult> {
    const { seconds, rate } = this.#load;
    const start = performance.now();
    const end = start + seconds * 1000;
    await new Promise<void>((resolve, reject) => {
      const onIdle = (connection: Connection): void => {
        this.#idle.push(connection);
        const now = performance.now();
        if (now < end) this.#fill(start, now);
        else if (this.#idle.length === sockets.length) resolve();
      };
      for (const socket of sockets) this.#idle.push(new Connection(socket, this.#answered, onIdle, reject));
      this.#fill(start, performance.now());
      if (rate === undefined) return;
      const timer = setInterval(() => {
        const now = performance.now();
        if (now < end) this.#fill(start, now);
        else {
          clearInterval(timer);
          if (this.#idle.length === sockets.length) resolve();
        }
      }, 1);
    });
    const elapsed = (performance.now() - start) / 1000;
    const sorted = Float64Array.from(this.#latencies).sort();
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return {
      perSecond: sorted.length / elapsed,
      p50: at(0.5),
      p99: at(0.99),
      answers: sorted.length,
      wrong: this.#wrong,
    };
  }

  readonly #answered = ({ index, at }: Pending, status: number, body: string): void => {
    this.#latencies.push(performance.now() - at);
    if (!this.#load.isRight(index, status, body)) this.#wrong++;
  };

  /** Sends what is due on connections that are idle. */
  #fill(start: number, now: number): void {
    const { rate } = this.#load;
    const due = rate === undefined ? Number.POSITIVE_INFINITY : Math.floor(((now - start) / 1000) * rate) + 1;
    while (this.#sent < due) {
      const connection = this.#idle.pop();
      if (connection === undefined) return;
      const index = this.#sent % this.#requests.length;
      const at = rate === undefined ? performance.now() : start + (this.#sent / rate) * 1000;
      this.#sent++;
      connection.send(this.#requests[index] ?? Buffer.alloc(0), { index, at });
    }
  }
}

class Connection {
  readonly #socket: TLSSocket;
  #pending: Pending | undefined;

  constructor(
    socket: TLSSocket,
    answered: (pending: Pending, status: number, body: string) => void,
    idle: (connection: Connection) => void,
    failed: (reason: Error) => void,
  ) {
    this.#socket = socket;
    const answers = new HttpAnswers((status, body) => {
      const pending = this.#pending;
      if (pending === undefined) return;
      this.#pending = undefined;
      answered(pending, status, body);
      idle(this);
    });
    socket.on("data", (chunk: Buffer) => answers.add(chunk));
    socket.on("error", failed);
    socket.on("end", () => failed(new Error("the server closed a connection")));
  }

  send(request: Buffer, pending: Pending): void {
    this.#pending = pending;
    this.#socket.write(request);
  }
}
